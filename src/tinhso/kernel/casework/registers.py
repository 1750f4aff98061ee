"""
Registers that somebody else keeps (a ministry's), asked for what would otherwise be asked of the applicant as a paper.

Who keeps what is held lends `Registers`; an adapter named by `settings.REGISTERS` speaks to them; who takes in dossiers knows
neither (NĐ 224/2026/NĐ-CP Đ.18 k.4: what a database of the state says is not asked for).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from tinhso.base.actors import Actor
from tinhso.base.registry import registry
from tinhso.kernel.casework.holdings import HeldResult


class RegisterAway(Exception):  # noqa: N818 - the register is away: that is what happened
    """It does not answer, or not in a way that can be read. Nothing is known then: it may be asked again."""


@dataclass(frozen=True, slots=True)
class Extract:
    """What a register says that stands for one result."""

    type_code: str
    title: str
    title_en: str
    number: str
    issued_on: date
    issuer: str
    valid_to: date | None = None
    lines: tuple[tuple[str, str], ...] = ()
    """What it says, line by line: a label and a value, in the register's own words."""


class RegisterServices(Protocol):
    """An adapter to the registers of others."""

    def ask(self, service: str, number: str, *, user: str, issue: str) -> Sequence[Extract]:
        """
        Return what a service says of the holder of an identity number; nothing when the register knows nothing.

        `user` is the key of the official who asks, empty when the holder does; `issue` what the question is for. Raises
        RegisterAway. Call it outside of a transaction.
        """
        ...


def register_services() -> RegisterServices | None:
    """Return the adapter that settings name; None where no register is connected."""
    return cast("RegisterServices", import_string(settings.REGISTERS)()) if settings.REGISTERS_URL else None


@dataclass(frozen=True, slots=True)
class RegisterSource:
    """A register that may answer for results of these codes."""

    code: str
    name: str
    name_en: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RegisterAnswer:
    """What the registers said: what is held now, which of them know nothing, and which did not answer."""

    found: tuple[HeldResult, ...] = ()
    nothing: tuple[RegisterSource, ...] = ()
    silent: tuple[RegisterSource, ...] = ()


class AskRegisters(Protocol):
    """Ask for results of these codes of the holder of a number, and keep what is found. Outside of a transaction."""

    def __call__(
        self, number: str, codes: Collection[str], *, issue: str, actor: Actor, at: datetime
    ) -> RegisterAnswer:
        """Return what was found. Raises Forbidden."""
        ...


class SourcesFor(Protocol):
    """Return the registers that answer for results of these codes and can be asked."""

    def __call__(self, codes: Collection[str]) -> Sequence[RegisterSource]:
        """Return them."""
        ...


@dataclass(frozen=True, slots=True)
class Registers:
    """Lent by who asks registers and keeps what they say."""

    key: str
    sources_for: SourcesFor
    ask: AskRegisters


def register_sources(codes: Collection[str]) -> list[RegisterSource]:
    """Return the registers that may be asked for results of these codes."""
    return [one for lent in registry.of(Registers) for one in lent.sources_for(codes)] if codes else []


def ask_registers(number: str, codes: Collection[str], *, issue: str, actor: Actor, at: datetime) -> RegisterAnswer:
    """Ask all of them; what is found is held from then on. Outside of a transaction. Raises Forbidden."""
    if not number or not codes:
        return RegisterAnswer()
    said = [lent.ask(number, codes, issue=issue, actor=actor, at=at) for lent in registry.of(Registers)]
    return RegisterAnswer(
        tuple(one for each in said for one in each.found),
        tuple(one for each in said for one in each.nothing),
        tuple(one for each in said for one in each.silent),
    )
