"""Registers of others that may be asked."""

from __future__ import annotations

from collections.abc import Collection

from tinhso.kernel.casework.public import RegisterSource, register_services
from tinhso.modules.holdings.models import OutsideRegister


def asked_for(codes: Collection[str]) -> list[OutsideRegister]:
    """Return the registers that answer for results of these codes; none where no exchange is connected. One statement."""
    if not codes or register_services() is None:
        return []
    wanted = {code.upper() for code in codes}
    rows = OutsideRegister.objects.filter(is_active=True).order_by("code")
    return [row for row in rows if wanted & {str(one).upper() for one in row.answers}]


def sources_for(codes: Collection[str]) -> list[RegisterSource]:
    """Return them as others see them: `casework.Registers`."""
    return [source_of(row) for row in asked_for(codes)]


def source_of(row: OutsideRegister) -> RegisterSource:
    """Return a register as others see it."""
    return RegisterSource(row.code, row.name, row.name_en, tuple(str(one).upper() for one in row.answers))
