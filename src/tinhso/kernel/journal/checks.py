"""`manage.py check`: every event that a package records is lent by a manifest, under that package's prefix."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error

from tinhso.base.registry import Event, registry

_RECORDED = re.compile(r"""\brecord\(\s*["']([a-z_]+\.[a-z_]+)["']""")
_ELSEWHERE = {"tests", "migrations"}


def check_events(**_kwargs: Any) -> list[CheckMessage]:
    """Return an error for each event name that is recorded and not lent, or lent without its module's prefix."""
    lent = {event.key for event in registry.of(Event)}
    found: list[CheckMessage] = []
    for file, name in sorted(_recorded()):
        if name not in lent:
            hint = "Add it to the events of that package's manifest."
            found.append(Error(f"{file} records {name}, which no manifest lends.", hint=hint, id="journal.E001"))
    for key in sorted(lent):
        package = registry.owner(Event, key)
        prefix = registry.modules()[package].prefix
        if prefix and not key.startswith(f"{prefix}."):
            found.append(Error(f"{package} lends {key} outside its prefix {prefix}.", id="journal.E002"))
    return found


def _recorded() -> Iterator[tuple[str, str]]:
    for config in apps.get_app_configs():
        if config.name not in settings.OWN_APPS:
            continue
        for file in Path(config.path).rglob("*.py"):
            if _ELSEWHERE.isdisjoint(file.relative_to(config.path).parts):
                for name in _RECORDED.findall(file.read_text(encoding="utf-8")):
                    yield f"{config.label}/{file.relative_to(config.path)}", name
