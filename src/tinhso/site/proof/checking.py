"""All checks in one pass, over one view of the tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tinhso.site.proof.answered import check_answered
from tinhso.site.proof.chain import check_chain
from tinhso.site.proof.clocks import check_clocks
from tinhso.site.proof.declared import check_declared
from tinhso.site.proof.dossiers import check_dossiers
from tinhso.site.proof.files import GRACE, check_files
from tinhso.site.proof.finding import Finding
from tinhso.site.proof.money import check_figures, check_money
from tinhso.site.proof.numbers import check_numbers
from tinhso.site.proof.outbox import check_outbox
from tinhso.site.proof.places import place_of
from tinhso.site.proof.sealed import check_sealed
from tinhso.site.proof.tables import Tables
from tinhso.site.proof.years import years_away


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be checked, and how strictly."""

    database: str
    """As TINHSO_DATABASE: `sqlite`, `sqlite:///path`, `postgresql://…`."""
    data: Path
    at: datetime
    """The present moment."""
    answered: Path | None = None
    """The ledger of what clients were told."""
    drained: bool = False
    """Nothing may wait any more: the platform had a calm in which to catch up."""
    quick: bool = False
    """Files are compared by name and size only."""
    grace: float = GRACE
    """Seconds for which a file may lie that no row names."""
    elsewhere: str = ""
    """Where files lie that cannot be read from here, as it may be shown. They are not looked at."""
    files: str = ""
    """The bucket that files lie in, as TINHSO_FILES; empty for the data folder."""
    secrets: tuple[str, ...] = ()
    """Secret keys that the site is given by its environment, `sealed.secret_keys`."""


def check_all(wanted: Wanted) -> Iterator[Finding]:
    """Yield whatever is wrong, as it is found. Raises tables.Unreadable."""
    with Tables(wanted.database, wanted.data) as tables:
        if not tables.is_postgresql:
            yield from _sqlite_itself(tables)
        if wanted.answered:
            yield from check_answered(tables, wanted.answered)
        away = years_away(tables)
        yield from check_chain(tables, wanted.data, away, at=wanted.at)
        yield from check_outbox(tables, at=wanted.at, drained=wanted.drained, away=away)
        yield from check_dossiers(tables, away)
        yield from check_declared(tables, wanted.data, away)
        yield from check_clocks(tables)
        yield from check_numbers(tables, away)
        yield from check_money(tables, away)
        yield from check_figures(tables)
        yield from check_sealed(tables, wanted.data, wanted.secrets)
        yield from check_files(
            tables,
            place_of(wanted.files, wanted.data / "files"),
            grace=wanted.grace,
            quick=wanted.quick,
            elsewhere=wanted.elsewhere,
        )


def _sqlite_itself(tables: Tables) -> Iterator[Finding]:
    for (said,) in tables.rows("PRAGMA quick_check"):
        if said != "ok":
            yield Finding("database_damaged", "tinhso.sqlite3", str(said))
    for table, row, parent, _number in tables.rows("PRAGMA foreign_key_check"):
        yield Finding("reference_broken", f"{table} {row}", f"names a row of {parent} that is not there")
