"""Codes of administrative procedures and of types of result, as the national databases write them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tinhso.law.answer import Malformed
from tinhso.law.answer import msgid as _
from tinhso.law.codes.agencies import AgencyCode, MalformedCode, agency_code

_PROCEDURE = re.compile(r"([0-9]\.[0-9]{6})(?:\.(.+))?")
_RESULT = re.compile(r"KQ\.([A-Z][0-9]{2})\.([0-9]{6})")
_OLD_RESULT = re.compile(r"((?:[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.)?[A-Z][0-9]{2})-KQ([0-9]{4,6})")


class MalformedProcedureCode(Malformed):
    """Not a procedure code."""

    code = "law.malformed_procedure_code"
    text = _("{text} is not a procedure code. Write it as 1.001193, with the agency after it when it is local.")


class MalformedResultType(Malformed):
    """Not a code of a type of result."""

    code = "law.malformed_result_type"
    text = _("{text} is not a code of a type of result. Write it as KQ.G01.000123.")


@dataclass(frozen=True, slots=True)
class ProcedureCode:
    """The national code and the agency whose local version it is, as the suffix wrote it."""

    national: str
    suffix: str = ""

    @property
    def agency(self) -> AgencyCode | None:
        """Return the agency of the local version, or None for the national procedure."""
        return agency_code(self.suffix) if self.suffix else None

    def __str__(self) -> str:
        return f"{self.national}.{self.suffix}" if self.suffix else self.national


def procedure_code(text: str) -> ProcedureCode:
    """
    Return a procedure code: `1.001193`, `1.012753.H19`, `1.010708.000.00.00.H56`.

    Raises MalformedProcedureCode (a ValueError).
    """
    found = _PROCEDURE.fullmatch(text.strip())
    if not found:
        raise MalformedProcedureCode(text=text)
    suffix = found[2] or ""
    try:
        if suffix:
            agency_code(suffix)
    except MalformedCode as fault:
        raise MalformedProcedureCode(text=text) from fault
    return ProcedureCode(found[1], suffix)


@dataclass(frozen=True, slots=True)
class ResultTypeCode:
    """A type of result: who keeps it and its number. Codes of dissolved ministries stay in use."""

    root: str
    number: str

    def __str__(self) -> str:
        return f"KQ.{self.root}.{self.number}"


def result_type_code(text: str) -> ResultTypeCode:
    """
    Return a type of result from `KQ.G01.000123` or the older `000.00.00.G01-KQ0123`.

    Raises MalformedResultType (a ValueError).
    """
    plain = text.strip()
    if found := _RESULT.fullmatch(plain):
        return ResultTypeCode(found[1], found[2])
    if found := _OLD_RESULT.fullmatch(plain):
        try:
            return ResultTypeCode(agency_code(found[1]).root, found[2].zfill(6))
        except MalformedCode as fault:
            raise MalformedResultType(text=text) from fault
    raise MalformedResultType(text=text)
