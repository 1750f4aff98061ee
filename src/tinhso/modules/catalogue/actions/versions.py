"""
Versions of procedures by date: what a pack changes, from which day, and carrying that out.

A change holds from the day the pack names (`valid_from`), and from the day of loading where it names none or one that is
over; the version before it holds until the day before. What the pack no longer has, or has only to be shown, is nobody's to
begin from the load on, and ends with that day: dossiers filed in the morning go on by it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tinhso.kernel.organisation.pack import Change, Verb
from tinhso.modules.catalogue.models import Origin, Procedure

KIND = "procedure"
TITLE = 80
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Kept:
    """A version that is in the table, without its facts."""

    pk: int
    code: str
    name: str
    content: str
    complete: bool
    valid_from: date
    valid_to: date | None
    origin: str = Origin.PACK
    pack_content: str = ""

    @property
    def is_ours(self) -> bool:
        """Tell whether it was written in the designer and has no end: no load replaces or ends it."""
        return self.origin == Origin.PAGE and self.valid_to is None

    @property
    def from_pack(self) -> str:
        """Return the content that the pack had when this came in force; empty where it had none."""
        return self.content if self.origin == Origin.PACK else self.pack_content


@dataclass(frozen=True, slots=True)
class Steps:
    """What a load does to the table."""

    opened: tuple[Procedure, ...] = ()
    """New versions, each with its first day."""
    closed: tuple[Kept, ...] = ()
    """Versions that get another last day, because of the one that follows."""
    ended: tuple[Kept, ...] = ()
    """Versions that end with the day of loading, and are not begun until then."""
    dropped: tuple[Kept, ...] = ()
    """Versions that were never in force: announced, then changed."""
    changes: tuple[Change, ...] = ()


def compare(wanted: Mapping[str, Procedure], today: date) -> Steps:
    """Return what brings the table to what a pack wants. One statement."""
    table = _table()
    found = [
        follow(row, table.get(code, []), today) for code, row in wanted.items() if not _stands(row, table.get(code, []))
    ]
    gone = [code for code in sorted(set(table) - set(wanted)) if _ends(table[code][-1])]
    return _together([*found, *(_end(table[code], today) for code in gone)])


_COLUMNS = ("pk", "code", "name", "content", "complete", "valid_from", "valid_to", "origin", "pack_content")


def versions_of(code: str) -> list[Kept]:
    """Return the versions of one procedure, the last one last. One statement."""
    return _table(code).get(code, [])


def _table(code: str = "") -> dict[str, list[Kept]]:
    rows = Procedure.objects.filter(code=code) if code else Procedure.objects.all()
    found: dict[str, list[Kept]] = defaultdict(list)
    for values in rows.order_by("code", "valid_from", "pk").values_list(*_COLUMNS):
        found[values[1]].append(Kept(*values))
    return found


def _stands(row: Procedure, versions: list[Kept]) -> bool:
    """Tell whether nothing is to be done: it is the last version already, or the last one was written here (`WRITTEN_HERE`)."""
    return (
        bool(versions)
        and versions[-1].valid_to is None
        and (versions[-1].is_ours or versions[-1].content == row.content)
    )


def _ends(last: Kept) -> bool:
    return last.valid_to is None and not last.is_ours


def overwriting(wanted: Mapping[str, Procedure]) -> list[str]:
    """Return the codes that were written in the designer, and of which a pack brings another text than it did before."""
    ours = Procedure.objects.filter(origin=Origin.PAGE, valid_to__isnull=True)
    rows = ours.values_list("code", "content", "pack_content")
    return [code for code, content, before in rows if code in wanted and wanted[code].content not in (content, before)]


def follow(row: Procedure, versions: list[Kept], today: date) -> Steps:
    """Return what makes a row the last version of its procedure."""
    title = row.name[:TITLE]
    if not versions:
        detail = f"{title}; valid_from: {row.valid_from}" if row.valid_from > today else title
        return Steps(opened=(row,), changes=(Change("procedures", "add", KIND, row.code, detail),))
    # what was in force stays as it was: a version never begins in the past of another
    row.valid_from = max(row.valid_from, today)
    standing = [each for each in versions if each.valid_from <= today and (each.valid_to or today) >= today]
    stops = not row.complete and row.valid_from == today and any(each.complete for each in standing)
    if stops:
        row.valid_from = today + ONE_DAY
    # what began this very day was filed under: it ends before it began, and dossiers still find it by what it says
    dropped = tuple(each for each in versions if each.valid_from > today)
    before = [each for each in versions if each not in dropped][-1:]
    last = row.valid_from - ONE_DAY
    closed = tuple(replace(each, valid_to=last) for each in before if _reaches(each, dropped, row.valid_from))
    verb: Verb = "replace" if versions[-1].valid_to is None else "add"
    change = Change("procedures", verb, KIND, row.code, f"{title}; valid_from: {row.valid_from}")
    kept = {"ended": closed} if stops else {"closed": closed}
    return Steps(opened=(row,), dropped=dropped, changes=(change,), **kept)


def _reaches(before: Kept, dropped: Iterable[Kept], start: date) -> bool:
    """Tell whether a version lasts until the new one starts: it is open, overlaps it, or gave way to one that is dropped."""
    if before.valid_to is None or before.valid_to >= start:
        return True
    return any(each.valid_from == before.valid_to + ONE_DAY for each in dropped)


def _end(versions: list[Kept], today: date) -> Steps:
    """Return what ends a procedure with today: who filed this morning still has a version to go by."""
    dropped = tuple(each for each in versions if each.valid_from > today)
    ended = tuple(
        replace(each, valid_to=today)
        for each in versions
        if each not in dropped and (each.valid_to is None or each.valid_to > today)
    )
    last = versions[-1]
    change = Change("procedures", "end", KIND, last.code, f"{last.name[:TITLE]}; valid_to: {today}")
    return Steps(ended=ended, dropped=dropped, changes=(change,))


def _together(parts: Iterable[Steps]) -> Steps:
    found = list(parts)
    return Steps(
        opened=tuple(row for part in found for row in part.opened),
        closed=tuple(row for part in found for row in part.closed),
        ended=tuple(row for part in found for row in part.ended),
        dropped=tuple(row for part in found for row in part.dropped),
        changes=tuple(change for part in found for change in part.changes),
    )


def carry_out(steps: Steps) -> list[Procedure]:
    """Write the steps in bulk, old versions first: a procedure has one open version. Return the new versions."""
    Procedure.objects.filter(pk__in=[row.pk for row in steps.dropped]).delete()
    last_days: dict[date | None, list[int]] = defaultdict(list)
    for row in steps.closed:
        last_days[row.valid_to].append(row.pk)
    for last, keys in last_days.items():
        Procedure.objects.filter(pk__in=keys).update(valid_to=last)
    # on its last day it can be read and worked on, and no more begun: its form is withdrawn by the same load
    for row in steps.ended[:1]:
        Procedure.objects.filter(pk__in=[each.pk for each in steps.ended]).update(valid_to=row.valid_to, complete=False)
    return Procedure.objects.bulk_create(steps.opened, batch_size=200)
