"""Loading a pack that is a reform: what it would mean, what it waits for, and carrying on until nothing is left."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.clock import civil_date
from tinhso.base.refusals import Refusal
from tinhso.kernel.organisation.pack.plan import Pack
from tinhso.kernel.organisation.reform.actions import NothingRuns, hand_on, prepare_reform
from tinhso.kernel.organisation.reform.part import heirs_in, moves_of
from tinhso.kernel.organisation.reform.queries import Prospect, count_running, fates, heirs_of
from tinhso.kernel.organisation.reform_models import Outcome, Reform, ReformState


class ReformUndecided(Refusal):
    """A person has not yet said what becomes of some units."""

    code = "organisation.reform_undecided"
    text = _(
        "{count} units wait for a person, so nothing was loaded. Decide or postpone each in the administration under"
        " “Reform”, then load again."
    )


def prospect_of(pack: Pack) -> Prospect:
    """Return what a checked reform would mean: nothing is changed."""
    assert pack.reform is not None, "asked of reforms only"
    heirs = heirs_in(pack)
    counts = count_running(heirs)
    return Prospect(
        header=pack.reform,
        agencies=fates(heirs),
        moves=moves_of(pack),
        counts=counts,
        questions=pack.shared["questions"],
        unheld=[(each.heir or each.agency, each.state) for _title, each in counts if not each.is_held],
    )


def prepare(pack: Pack, *, actor: Actor, at: datetime) -> None:
    """Enter the reform and its questions when the pack asks something new. Raises ReformUndecided."""
    assert pack.reform is not None, "asked of reforms only"
    questions = pack.shared["questions"]
    if not _is_prepared(pack):
        prepare_reform(pack.name, pack.shared["province"]["code"], pack.reform, questions, actor=actor, at=at)
    waiting = sum(row.outcome == Outcome.OPEN for row in questions)
    if waiting:
        raise ReformUndecided(count=waiting)


def _is_prepared(pack: Pack) -> bool:
    reform = Reform.objects.filter(pack=pack.name).first()
    if reform is None or pack.reform is None:
        return False
    said = (reform.effective, reform.keeper, reform.fields, reform.laws)
    header = pack.reform
    asked = {(row.key, row.agency, *row.candidates) for row in pack.shared["questions"]}
    kept = {(row.key, row.agency, *row.candidates) for row in reform.questions.all()}
    return said == (header.start, header.keeper, dict(header.fields), list(header.laws)) and asked == kept


def carry_on(*, actor: Actor, at: datetime, batches: int | None = None) -> int:
    """
    Hand on what runs in agencies that ended, batch after batch, of every reform that is in force; return how many batches.

    May be stopped at any moment and called again, here or by another process.
    """
    done = 0
    for reform in Reform.objects.filter(state=ReformState.RUNNING, effective__lte=civil_date(at)).order_by("effective"):
        heirs = heirs_of(reform)
        try:
            while (batches is None or done < batches) and hand_on(reform.pack, heirs, actor=actor, at=at):
                done += 1
        except NothingRuns:
            continue
    return done
