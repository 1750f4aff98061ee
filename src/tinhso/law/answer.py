"""
An answer of the law: the value and the steps that led to it, each with its source.

Texts are English msgids with `{facts}`; pages translate them (`law/locale`), the law never asks for a language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar


def msgid(text: str) -> str:
    """Mark a sentence for translation and return it unchanged."""
    return text


_ = msgid


@dataclass(frozen=True, slots=True)
class Step:
    """
    One step of a reasoning.

    `code` is stable (`due.holiday`); `text` is an English msgid with `{facts}`; `source` cites the legal text; `on` is
    the civil date the step speaks of, when it speaks of one. A fact `x` in Vietnamese may have an English twin `x_en`.
    """

    text: str
    source: str = ""
    on: date | None = None
    facts: Mapping[str, Any] = field(default_factory=dict, hash=False)
    code: str = ""

    def say(self, translate: Callable[[str], str], language: str) -> str:
        """
        Return the sentence in a language: `step.say(gettext, get_language())`.

        `x_en` stands for `x` in English, decimals take the comma of Vietnamese, a fact that is a step is said too.
        """
        return translate(self.text).format(**self.facts_for(translate, language))

    def facts_for(self, translate: Callable[[str], str], language: str) -> dict[str, Any]:
        """Return the facts as one language says them."""
        english = language.startswith("en")
        chosen: dict[str, Any] = {}
        for name, value in self.facts.items():
            twin = self.facts.get(f"{name}_en") if english else None
            chosen[name] = _fact(twin or value, translate, language)
        return chosen

    def __str__(self) -> str:
        """Return the sentence in English, for logs and tests."""
        return self.say(str, "en")


def _fact(value: object, translate: Callable[[str], str], language: str) -> object:
    if isinstance(value, Step):
        return value.say(translate, language)
    if isinstance(value, Decimal):
        plain = f"{value.normalize():f}"
        return plain if language.startswith("en") else plain.replace(".", ",")
    return value


@dataclass(frozen=True, slots=True)
class Answer[T]:
    """A value of the law and the steps that led to it, in the order in which a person would explain them."""

    value: T
    steps: tuple[Step, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """Return the cited texts, each once, in the order of the steps."""
        return tuple(dict.fromkeys(step.source for step in self.steps if step.source))

    def then(self, *steps: Step) -> Answer[T]:
        """Return the same value with more steps after these."""
        return Answer(self.value, (*self.steps, *steps))


class NoAnswer(Exception):  # noqa: N818 - the law is silent or the facts do not suffice: said, not crashed
    """
    The law gives no answer to what was asked, and here is why.

    Same shape as `base.refusals.Refusal` (code, text msgid, law, facts), which an action raises in its place.
    """

    code: ClassVar[str] = "law.no_answer"
    text: ClassVar[str] = _("The law gives no answer to this.")
    law: ClassVar[str] = ""

    def __init__(self, **facts: Any) -> None:
        super().__init__(self.code)
        self.facts = facts

    def step(self) -> Step:
        """Return the same as a step, for pages that list what is wrong instead of stopping."""
        return Step(self.text, self.law, facts=self.facts, code=self.code)

    def __str__(self) -> str:
        """Return the sentence in English."""
        return self.text.format(**self.facts)


class Malformed(NoAnswer, ValueError):  # noqa: N818 - see NoAnswer
    """What was given is not written the way the standard says."""

    code = "law.malformed"
    text = _("{text} is not written correctly.")
