"""Refusals: answers that say no and why. Not errors; an error is a bug, a refusal is a sentence a person can act on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Fault:
    """One place in what was given that must change. `pointer` is a JSON Pointer (RFC 6901), `""` for the whole."""

    pointer: str
    text: Text
    code: str = "invalid"


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """
    A named no: code, text for the reader, the law it rests on, the facts that fill the text.

    Subclasses stand beside the action that raises them. `./tinhso refusals` lists them all.
    """

    code: ClassVar[str] = "base.refused"
    text: ClassVar[Text] = _("This cannot be done.")
    law: ClassVar[str] = ""
    status: ClassVar[int] = HTTPStatus.CONFLICT
    leads_to: ClassVar[tuple[str, ...]] = ()
    """The page that answers the reader: its name, then the facts that are its arguments."""

    def __init__(self, *, faults: Sequence[Fault] = (), **facts: Any) -> None:
        """Keep the facts that fill the text and the places to mend."""
        super().__init__(self.code)
        self.facts = facts
        self.faults = tuple(faults)

    def __str__(self) -> str:
        """Return the sentence in the active language."""
        return str(self.text).format(**self.facts)


class NotFound(Refusal):
    """Absent and hidden look alike, so that nobody learns what exists by asking."""

    code = "base.not_found"
    text = _("We could not find this. Check the address or the code, then try again.")
    status = HTTPStatus.NOT_FOUND


class Forbidden(Refusal):
    """The actor is known and may not do this."""

    code = "base.forbidden"
    text = _("Your account may not do this. Ask your administrator who can.")
    status = HTTPStatus.FORBIDDEN


class TokenTooNarrow(Forbidden):
    """The account may do this; the access token that speaks for it may not."""

    code = "base.token_too_narrow"
    text = _(
        "The account may do this, but not by this token, which is narrowed to {scopes}. Issue one with the scope that the "
        "operation asks for; some acts, such as signing, are done in person only."
    )


class SignInNeeded(Refusal):
    """Nobody is signed in, and somebody must be."""

    code = "base.sign_in_needed"
    text = _("Sign in first. What you typed has been kept.")
    status = HTTPStatus.UNAUTHORIZED


class BadInput(Refusal):
    """What was given cannot be used as it is; `faults` points at each place and says what to do there."""

    code = "base.bad_input"
    text = _("Some of what you gave needs mending.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class Stale(Refusal):
    """Somebody else changed it since the reader saw it."""

    code = "base.stale"
    text = _("Someone else changed this while you were looking at it. Look at it again, then decide.")
    status = HTTPStatus.CONFLICT


class NoRoom(Refusal):
    """The disk under the database is full: the act was undone whole."""

    code = "base.no_room"
    text = _("The server has no room left. Nothing was saved. Try again later; the administrator must free space.")
    status = HTTPStatus.INSUFFICIENT_STORAGE


def all_refusals(root: type[Refusal] = Refusal) -> list[type[Refusal]]:
    """Return every refusal class that is imported, sorted by code."""
    found: dict[str, type[Refusal]] = {}
    queue = [root]
    while queue:
        kind = queue.pop()
        found[f"{kind.code}:{kind.__module__}.{kind.__qualname__}"] = kind
        queue.extend(kind.__subclasses__())
    return [found[key] for key in sorted(found)]
