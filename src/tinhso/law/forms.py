"""The forms of the one-stop mechanism: templates are chosen by rule and number, never by the number alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tinhso.law.answer import Answer, Step
from tinhso.law.answer import msgid as _
from tinhso.law.figures import figure


@dataclass(frozen=True, slots=True)
class Form:
    """A form: the rule that sets it, its number there, what it is for, and what it is called on paper."""

    rule: str
    number: str
    kind: str
    title: str


def _rule(rule: str, *forms: tuple[str, str, str]) -> dict[str, Form]:
    return {number: Form(rule, number, kind, title) for number, kind, title in forms}


FORMS: dict[str, dict[str, Form]] = {
    "tt01-2018": _rule(
        "tt01-2018",
        ("01", "taken", "Giấy tiếp nhận hồ sơ và hẹn trả kết quả"),
        ("02", "supplement", "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ"),
        ("03", "refused", "Phiếu từ chối tiếp nhận giải quyết hồ sơ"),
        ("04", "apology", "Phiếu xin lỗi và hẹn lại ngày trả kết quả"),
        ("05", "control", "Phiếu kiểm soát quá trình giải quyết hồ sơ"),
        ("06", "book", "Sổ theo dõi hồ sơ"),
    ),
    "tt03-2025": _rule(
        "tt03-2025",
        ("01", "taken", "Giấy tiếp nhận hồ sơ và hẹn trả kết quả"),
        ("02", "supplement", "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ"),
        ("03", "refused", "Phiếu từ chối tiếp nhận giải quyết hồ sơ"),
        ("04", "apology", "Văn bản xin lỗi và đề nghị gia hạn"),
        ("05", "stop", "Thông báo dừng giải quyết hồ sơ"),
        ("06", "control", "Phiếu kiểm soát quá trình giải quyết hồ sơ"),
        ("07", "book", "Sổ theo dõi hồ sơ"),
    ),
}
"""TT 01/2018/TT-VPCP Đ.9-10 and TT 03/2025/TT-VPCP, each with its numbers."""


def rule_on(day: date) -> Answer[str]:
    """Return the rule whose forms are printed on a day. Raises FigureNotInForce before there were any."""
    return figure("onestop.forms", on=day)


def form_for(kind: str, day: date) -> Answer[Form | None]:
    """Return the form of a kind on a day; None where the rule of that day has none, such as a notice of stopping in 2018."""
    rule = rule_on(day)
    found = next((form for form in FORMS[rule.value].values() if form.kind == kind), None)
    if found is None:
        step = Step(_("The rule of this day has no such form."), rule.sources[0], day, {"kind": kind}, "form.none")
    else:
        facts = {"number": found.number, "title": found.title}
        step = Step(_("Form {number}: {title}."), rule.sources[0], day, facts, "form.number")
    return Answer(found, (step,))


def form_numbered(number: str, day: date) -> Form | None:
    """Return the form with this number in the rule of a day, or None."""
    return FORMS[str(rule_on(day).value)].get(number)
