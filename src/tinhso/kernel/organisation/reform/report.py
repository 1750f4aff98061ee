"""What a reform would mean, in lines: for `load --dry-run`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tinhso.kernel.organisation.reform.loans import Count
from tinhso.kernel.organisation.reform.moving import Why
from tinhso.kernel.organisation.reform.queries import Prospect, tally
from tinhso.kernel.organisation.reform_models import Outcome, QuestionKind

SHOWN = 20
WHYS = {
    Why.NAMED: gettext_lazy("named in moves.csv"),
    Why.SAME_ROLES: gettext_lazy("goes on in a post with the same roles"),
    Why.HAS_IT: gettext_lazy("held two posts that became one"),
    Why.SIGNS: gettext_lazy("signs, so a person appoints"),
    Why.NO_POST: gettext_lazy("the successor has no such post; a person appoints"),
    Why.NO_SEAT: gettext_lazy("no seat is free; a person appoints"),
}


def report(found: Prospect, *, whole: bool = False) -> Iterator[str]:
    """Yield the report, section by section; long ones are cut unless the `whole` is asked for."""
    most = None if whole else SHOWN
    laws = ", ".join(found.header.laws)
    yield ""
    yield _("REFORM from {day}, by {laws}").format(day=f"{found.header.start:%d/%m/%Y}", laws=laws)
    yield from _section(_("Agencies that end: {count}"), [_agency(*each) for each in found.agencies], most)
    yield from _section(_("Officials’ posts that end: {count}"), list(_moves(found)), most)
    yield from _section(_("Running, by agency and state: {count}"), [_running(*each) for each in found.counts], most)
    yield from _section(
        _("New agencies where nobody could go on: {count}"), [" ".join(one) for one in found.unheld], most
    )
    yield from _section(_("Before a person: {count}"), list(_questions(found)), None)


def _section(title: str, lines: list[str], most: int | None) -> Iterator[str]:
    yield ""
    yield title.format(count=len(lines))
    yield from (f"  {line}" for line in lines[:most])
    if most is not None and len(lines) > most:
        yield _("  … and {more} more. Add --all to see them.").format(more=len(lines) - most)


def _agency(code: str, name: str, heir: str) -> str:
    return f"{code} {name} → {heir or _('nobody yet: a person decides')}"


def _moves(found: Prospect) -> Iterable[str]:
    for why, count in sorted(tally(found.moves).items()):
        yield f"{count}: {WHYS[Why(why)]}"
    for move in sorted(found.moves, key=lambda one: (one.is_placed, one.post_from)):
        yield f"{move.name}: {move.post_from} → {move.post_to or '—'} ({WHYS[move.why]})"


def _running(title: str, each: Count) -> str:
    return f"{title}: {each.count} · {each.agency} · {_(each.state)} → {each.heir or _('each by itself')}"


def _questions(found: Prospect) -> Iterable[str]:
    for row in found.questions:
        kind = QuestionKind(row.kind).label
        answer = Outcome(row.outcome).label if row.outcome != Outcome.DECIDED else row.answer
        yield f"[{kind}] {row.text} · {row.agency} · {', '.join(row.candidates)} · {answer}"
