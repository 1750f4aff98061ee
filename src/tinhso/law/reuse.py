"""
Papers that are not asked for again: what the state holds already stands for them (NĐ 224/2026/NĐ-CP Đ.18 k.4).

Which text forbids asking is dated data (`figures/reuse.yaml`).
"""

from __future__ import annotations

from datetime import date

from tinhso.law.answer import Answer, Step
from tinhso.law.answer import msgid as _
from tinhso.law.figures import figure
from tinhso.law.retention import Keep, kept_until

MAY_ASK_AGAIN = frozenset({"expired", "unreadable", "wrong"})
"""Coded reasons for which a paper that is held may be asked for all the same: it is over, cannot be read, or differs."""


def may_ask_again(reason: str, *, on: date) -> Answer[bool]:
    """Tell whether a paper that is held and in force may be asked for, for this coded reason, with the text that says so."""
    rule = figure("reuse.may_not_ask", on=on)
    source = rule.steps[0].source
    if not rule.value or reason in MAY_ASK_AGAIN:
        text = _("It may be asked for again: it is over, cannot be read, or differs from what was declared.")
        return Answer(True, (*rule.steps, Step(text, source, on, {"reason": reason}, "reuse.may_ask")))
    text = _("It is held already and in force: it is not asked for again.")
    return Answer(False, (*rule.steps, Step(text, source, on, {"reason": reason}, "reuse.held")))


def last_day(issued_on: date, months: int) -> date | None:
    """Return the last day on which a result holds that is issued for so many months; None: until replaced or revoked."""
    return kept_until(issued_on, Keep(months=months)) if months > 0 else None
