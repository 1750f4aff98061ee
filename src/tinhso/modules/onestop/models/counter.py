"""Numbers without gaps: one row per series and period, raised in the act's own short transaction."""

from __future__ import annotations

from typing import ClassVar

from django.db import connection, models


class Counter(models.Model):
    """The last number given in a series: dossier codes of a day, receipts of a year, forms of a year."""

    series: models.CharField[str, str] = models.CharField(max_length=120, primary_key=True)
    value = models.PositiveIntegerField(default=0)

    class Meta:
        """Named constraints only."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(value__gte=0), name="onestop_counter_not_negative")
        ]

    def __str__(self) -> str:
        """Return series and value."""
        return f"{self.series}: {self.value}"


def next_number(series: str) -> int:
    """
    Return the next number of a series, from 1, without gaps: it is given back when the act fails.

    One statement on SQLite and PostgreSQL; the row lock lasts until the act commits, so acts must be short.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO onestop_counter (series, value) VALUES (%s, 1)"
            " ON CONFLICT (series) DO UPDATE SET value = onestop_counter.value + 1 RETURNING value",
            [series],
        )
        return int(cursor.fetchone()[0])
