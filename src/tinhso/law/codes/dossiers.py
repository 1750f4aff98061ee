"""
Dossier codes by a pattern that is data: `{agency}-{yymmdd}-{n:4}`.

The code never changes when the agency merges; the number is given without gaps by whoever keeps the counter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tinhso.law.answer import Answer, Malformed, NoAnswer, Step
from tinhso.law.answer import msgid as _
from tinhso.law.figures import figure

SOURCE = "TT 01/2018/TT-VPCP Đ.19"
FIELD = re.compile(r"\{([a-z]+)(?::([0-9]+))?\}")
DATES = {"yymmdd": ("%y%m%d", 6), "yyyymmdd": ("%Y%m%d", 8), "yyyy": ("%Y", 4), "yy": ("%y", 2)}
_CENTURY = 2000
_WIDEST = 12


class CounterScope(StrEnum):
    """What the number counts: the dossiers of an agency on a day, in a year, or for ever."""

    DAY = "day"
    YEAR = "year"
    AGENCY = "agency"


class MalformedPattern(Malformed):
    """A pattern from which codes could not be read back, or that would give one code twice."""

    code = "law.malformed_dossier_pattern"
    text = _("{text} is not a usable pattern for dossier codes: {why}")


class MalformedDossierCode(Malformed):
    """A code that the pattern did not make."""

    code = "law.malformed_dossier_code"
    text = _("{text} is not a dossier code. Check it against the receipt.")
    law = SOURCE


class CounterFull(NoAnswer):
    """The number no longer fits the width that the pattern gives it."""

    code = "law.dossier_counter_full"
    text = _("Number {number} does not fit the {width} digits of the dossier code. Widen the pattern.")
    law = SOURCE


@dataclass(frozen=True, slots=True)
class DossierCode:
    """A code taken apart: agency, what is known of the date (a year alone stands as 1 January), number."""

    text: str
    agency: str
    on: date | None
    number: int


@dataclass(frozen=True, slots=True)
class DossierCodePattern:
    """A pattern and what its number counts. Make one with `parse_pattern`."""

    text: str
    scope: CounterScope
    width: int
    date_field: str
    regex: re.Pattern[str]

    @classmethod
    def parse_pattern(cls, text: str, *, scope: CounterScope | str = CounterScope.DAY) -> DossierCodePattern:
        """
        Return the pattern: `{agency}`, `{n:width}`, one of `{yymmdd}` `{yyyymmdd}` `{yyyy}` `{yy}`, and separators.

        Raises MalformedPattern: unknown field, one twice, no agency or number, no date where the scope needs one.
        """
        counted = _scope(text, scope)
        fields = [(match[1], match[2]) for match in FIELD.finditer(text)]
        names = [name for name, _width in fields]
        dates = [name for name in names if name in DATES]
        literal = FIELD.sub("", text)
        _require(text, set(names) <= {"agency", "n", *DATES}, _("it has a field that is not known."))
        _require(text, names.count("agency") == 1 and names.count("n") == 1, _("it needs {{agency}} and {{n:4}} once."))
        _require(text, len(dates) <= 1, _("it has more than one date."))
        _require(text, re.fullmatch(r"[A-Z0-9./_-]*", literal) is not None, _("separators are A–Z, 0–9 and . / _ -"))
        _require(text, "}{" not in text, _("two fields need a separator between them."))
        needs = {CounterScope.DAY: ("yymmdd", "yyyymmdd"), CounterScope.YEAR: tuple(DATES), CounterScope.AGENCY: ()}
        good = not needs[counted] or (bool(dates) and dates[0] in needs[counted])
        _require(text, good, _("the counter starts again, and the date that tells the codes apart is missing."))
        width = int(dict(fields)["n"] or 0)
        _require(text, 1 <= width <= _WIDEST, _("the number needs a width from 1 to 12, as in {{n:4}}."))
        return cls(text, counted, width, dates[0] if dates else "", _regex(text))

    def render(self, *, agency: str, on: date, number: int) -> str:
        """Return the code of a dossier received by an agency on a civil date. Raises CounterFull, ValueError."""
        if number < 1:
            raise ValueError("dossiers are numbered from 1")
        if number >= 10**self.width:
            raise CounterFull(number=number, width=self.width)
        made = self.text.replace("{agency}", agency).replace(f"{{n:{self.width}}}", str(number).zfill(self.width))
        if self.date_field:
            made = made.replace(f"{{{self.date_field}}}", on.strftime(DATES[self.date_field][0]))
        if not self.matches(made):
            raise ValueError(f"{agency!r} cannot stand in a dossier code")
        return made

    def parse(self, code: str) -> DossierCode:
        """Return the code taken apart. Raises MalformedDossierCode (a ValueError)."""
        found = self.regex.fullmatch(code)
        if not found:
            raise MalformedDossierCode(text=code)
        parts = found.groupdict()
        try:
            on = read_date(self.date_field, parts.get("date", ""))
        except ValueError as fault:
            raise MalformedDossierCode(text=code) from fault
        number = int(parts["n"])
        if not number:
            raise MalformedDossierCode(text=code)
        return DossierCode(code, parts["agency"], on, number)

    def matches(self, code: str) -> bool:
        """Tell whether the pattern could have made this code."""
        try:
            self.parse(code)
        except MalformedDossierCode:
            return False
        return True

    def counter_key(self, *, agency: str, on: date) -> str:
        """Return the name of the counter that gives the next number: `H47.12:2024-01-15`, `H47.12:2024`, `H47.12`."""
        suffix = {CounterScope.DAY: f":{on.isoformat()}", CounterScope.YEAR: f":{on.year}", CounterScope.AGENCY: ""}
        return agency + suffix[self.scope]


def national_pattern(on: date) -> Answer[DossierCodePattern]:
    """Return the national pattern for dossiers received on this day. Raises FigureNotInForce before 06/01/2019."""
    pattern, counter = figure("codes.dossier_pattern", on=on), figure("codes.dossier_counter", on=on)
    return Answer(DossierCodePattern.parse_pattern(pattern.value, scope=counter.value), pattern.steps + counter.steps)


def _scope(text: str, scope: CounterScope | str) -> CounterScope:
    try:
        return CounterScope(scope)
    except ValueError as fault:
        raise MalformedPattern(text=text, why=Step(_("the counter is day, year or agency."))) from fault


def _require(text: str, good: bool, why: str) -> None:
    if not good:
        raise MalformedPattern(text=text, why=Step(why))


def _regex(text: str) -> re.Pattern[str]:
    made, end = "", 0
    for match in FIELD.finditer(text):
        made += re.escape(text[end : match.start()])
        if match[1] == "agency":
            made += r"(?P<agency>[A-Z0-9]+(?:\.[A-Z0-9]+)*)"
        elif match[1] == "n":
            made += rf"(?P<n>[0-9]{{{match[2] or 1}}})"
        else:
            made += rf"(?P<date>[0-9]{{{DATES[match[1]][1]}}})"
        end = match.end()
    return re.compile(made + re.escape(text[end:]))


def read_date(field: str, digits: str) -> date | None:
    """Return the day that these digits of a date field mean, None without a field. Raises ValueError for a day that there is not."""
    if not field:
        return None
    year_digits = len(digits) - (4 if field.endswith("mmdd") else 0)
    year = int(digits[:year_digits]) + (_CENTURY if field.startswith("yy") and year_digits == len("yy") else 0)
    month, day = (int(digits[-4:-2]), int(digits[-2:])) if field.endswith("mmdd") else (1, 1)
    return date(year, month, day)
