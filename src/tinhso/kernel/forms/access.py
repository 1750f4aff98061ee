"""Who may change forms. Reading one needs no permission: a form is a public document."""

from __future__ import annotations

from tinhso.base.actors import Actor
from tinhso.base.acts import by_system


def can_publish_form(actor: Actor) -> bool:
    """Put a form in force, or withdraw it"""  # noqa: D400 - the line is the name of the permission
    return by_system(actor) or actor.has_role_for_province("admin")
