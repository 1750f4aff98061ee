"""How much of a procedure must be done online: all of it since 01/07/2026, unless a reason is published (NĐ 224/2026/NĐ-CP Đ.14)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from tinhso.law.answer import Answer, NoAnswer, Step
from tinhso.law.answer import msgid as _
from tinhso.law.figures import FigureNotInForce, figure

REASONS: Mapping[str, str] = {
    "presence": _("the law asks for presence"),
    "on_site": _("something is verified on the spot"),
    "incident": _("a technical incident"),
    "technical": _("another technical problem"),
}
"""The reasons for which a part may stay offline, as the figure names them."""


class NoReason(NoAnswer):
    """It is not fully online, and nothing says why."""

    code = "online.no_reason"
    text = _("This is not fully online, and no reason of the law is given. Reasons: {known}.")
    law = "NĐ 224/2026/NĐ-CP Đ.14"


def may_be_offline(level: str, reason: str, on: date) -> Answer[bool]:
    """
    Tell whether a procedure may be as little online as it is; `level` is `full`, `partial` or `none`.

    Raises NoReason. Before the rule there was none to break.
    """
    if level == "full":
        return Answer(True, (Step(_("All of it can be done online."), code="online.full"),))
    try:
        rule = figure("onestop.offline_reasons", on=on)
    except FigureNotInForce:
        return Answer(True, (Step(_("No rule asked for more on that day."), code="online.before"),))
    known = str(rule.value).split()
    if reason not in known:
        raise NoReason(known=", ".join(known))
    facts = {"reason": Step(REASONS[reason])}
    return Answer(True, (Step(_("A part stays offline: {reason}."), NoReason.law, on, facts, "online.reason"),))
