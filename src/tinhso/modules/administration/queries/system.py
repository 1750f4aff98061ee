"""What is in force and what is stuck: settings without secrets, packs, counts of trouble."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import yaml
from django.utils.translation import gettext as _

from tinhso.base.actors import Actor
from tinhso.base.env import DECLARED
from tinhso.kernel.casework.public import count_stuck
from tinhso.kernel.identity.public import count_messages
from tinhso.kernel.journal.public import count_dead_letters
from tinhso.kernel.organisation.public import province
from tinhso.modules.administration import access

SECRET_ENDS = ("PASSWORD", "SECRET", "PIN", "KEY")
"""Names that give a secret away whether it was declared one or not."""


def settings_in_force() -> list[dict[str, Any]]:
    """Return every variable that is declared: name, value (never of a secret), whether it was set, what it is for."""
    return [
        {"name": name, "value": _shown(name), "is_set": name in os.environ, "help": _(DECLARED[name].help)}
        for name in sorted(DECLARED)
    ]


def _shown(name: str) -> str:
    variable = DECLARED[name]
    value = os.environ.get(name, variable.default)
    if variable.secret or name.endswith(SECRET_ENDS):
        return _("set, not shown") if os.environ.get(name) else _("as by default, not shown")
    parts = urlsplit(value) if "://" in value else None
    if parts and parts.password:
        return value.replace(parts.password, "…")
    return value


def province_in_force() -> str:
    """Return the choices of the province that rules read today, as YAML."""
    return str(yaml.safe_dump(_plain(province().settings), allow_unicode=True, sort_keys=False))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def troubles() -> dict[str, int]:
    """Return how much waits for a person: dead letters, stuck steps, dead and waiting messages. Four statements."""
    return {"letters": count_dead_letters(), "stuck": count_stuck(), **count_messages()}


def count_troubles(actor: Actor) -> int:
    """Return how many dead letters there are, for the menu: one statement."""
    return count_dead_letters() if access.can_read_province(actor) else 0
