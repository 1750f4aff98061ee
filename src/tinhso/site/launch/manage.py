"""Verbs that are Django commands."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tinhso.base.env import typed_path
from tinhso.site.launch import choices

ROOT = Path(__file__).resolve().parents[4]
MAKES_TABLES = {"manage"}
"""Verbs that may be the first in a new data folder."""


def run(verb: str, arguments: list[str]) -> int:
    """
    Hand the verb to Django's command of the same name (`import` is `import_data`, `import plan` is `import_plan`: a keyword cannot be a module).

    `--data DIR` names the data folder, as for `up`. Returns 1 with a sentence where no database is there.
    """
    arguments = take_data(arguments)

    import django
    from django.core.management import execute_from_command_line
    from django.db import OperationalError, ProgrammingError, connection

    django.setup()
    if verb in MAKES_TABLES:
        from django.conf import settings

        Path(settings.DATA_DIR).mkdir(parents=True, exist_ok=True)
    name = {"import": "import_data"}.get(verb, verb)
    if verb == "import" and arguments[:1] == ["plan"]:
        name, arguments = "import_plan", arguments[1:]
    try:
        if verb == "manage":
            execute_from_command_line(["tinhso", *arguments])
        else:
            # Django's checks import every page; `./tinhso lint` runs them
            execute_from_command_line(["tinhso", name, "--skip-checks", *arguments])
    except (OperationalError, ProgrammingError) as error:
        if _has_tables(connection):
            raise
        sys.stderr.write(_no_tables(str(error)))
        return 1
    return 0


def take_data(arguments: list[str]) -> list[str]:
    """Take `--data DIR` out of the arguments and make it the data folder; what an `up` on it decided is taken over."""
    left: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        name, equals, value = argument.partition("=")
        if name != "--data":
            left.append(argument)
            continue
        folder = value if equals else next(rest, "")
        if folder:
            os.environ["TINHSO_DATA"] = str(typed_path(folder))
    choices.recall(Path(os.environ.get("TINHSO_DATA", ROOT / "var" / "data")))
    return left


def _has_tables(connection: object) -> bool:
    from django.db.utils import Error

    try:
        return "django_migrations" in connection.introspection.table_names()  # type: ignore[attr-defined]
    except Error:
        return False


def _no_tables(reason: str) -> str:
    from django.conf import settings

    return (
        f"Chưa có cơ sở dữ liệu trong {settings.DATA_DIR} ({reason}).\n"
        "Chạy ./tinhso up trước, hoặc chỉ thư mục dữ liệu bằng --data DIR, như khi chạy up.\n"
        f"There is no database in {settings.DATA_DIR} ({reason}).\n"
        "Run ./tinhso up first, or name the data folder with --data DIR, as it was given to up.\n"
    )
