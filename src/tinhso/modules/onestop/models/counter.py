"""Numbers without gaps: one row per series and period, raised in the act's own short transaction."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import connection, models


class Counter(models.Model):
    """The last number given in a series: dossier codes of a day, receipts of a year, forms of a year."""

    series: models.CharField[str, str] = models.CharField(max_length=120, primary_key=True)
    value = models.PositiveIntegerField(default=0)
    closed_at = models.DateTimeField(
        null=True, blank=True, help_text="its book was closed: no number is given any more"
    )

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


def next_numbers(series: str, count: int) -> range:
    """Return the next `count` numbers of a series, in one statement, without gaps as `next_number` gives them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO onestop_counter (series, value) VALUES (%s, %s)"
            " ON CONFLICT (series) DO UPDATE SET value = onestop_counter.value + excluded.value RETURNING value",
            [series, count],
        )
        last = int(cursor.fetchone()[0])
    return range(last - count + 1, last + 1)


def next_open_number(series: str) -> int | None:
    """Return the next number of a series that can be closed; None once it is. One statement, locked as `next_number`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO onestop_counter (series, value) VALUES (%s, 1)"
            " ON CONFLICT (series) DO UPDATE SET value = onestop_counter.value + 1"
            " WHERE onestop_counter.closed_at IS NULL RETURNING value",
            [series],
        )
        found = cursor.fetchone()
    return int(found[0]) if found else None


def close_series(series: str, at: datetime) -> int | None:
    """
    Give no number of this series any more and return the last one; None when it was closed before.

    Waits for whoever has a number of it in hand, as they wait for each other. Two statements.
    """
    Counter.objects.bulk_create([Counter(series=series, value=0)], ignore_conflicts=True)
    if not Counter.objects.filter(series=series, closed_at__isnull=True).update(closed_at=at):
        return None
    return Counter.objects.values_list("value", flat=True).get(series=series)
