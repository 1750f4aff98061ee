"""Verbs that are Django commands."""

from __future__ import annotations

import django
from django.core.management import execute_from_command_line


def run(verb: str, arguments: list[str]) -> int:
    """Hand the verb to Django's command of the same name (`import` is `import_pack_data`: a keyword cannot be a module)."""
    django.setup()
    name = {"import": "import_data"}.get(verb, verb)
    if verb == "manage":
        execute_from_command_line(["tinhso", *arguments])
    else:
        # Django's checks import every page; `./tinhso lint` runs them
        execute_from_command_line(["tinhso", name, "--skip-checks", *arguments])
    return 0
