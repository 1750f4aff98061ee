"""`import procedures FILE`: facts of the national portal's records into the pack, any time again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tinhso.modules.catalogue.actions.national import read_records, slug, to_facts


class Command(BaseCommand):
    """Reads records, raw or parsed, and writes `procedures/facts/<field>.jsonl` of the pack, one procedure a line."""

    help = "Import facts of procedures into the province pack."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what to import, from where, into which pack."""
        parser.add_argument("what", choices=["procedures"])
        parser.add_argument("file", type=Path)
        parser.add_argument("--pack", type=Path, default=settings.PACK_DIR)
        parser.add_argument("--levels", default="province,district,commune", help="keep procedures of these levels")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write the files; a code that is missing from FILE stays, since FILE may be a part."""
        folder = options["pack"] / "procedures" / "facts"
        kept = {row["code"]: row for row in read_facts(folder)}
        before = len(kept)
        wanted = set(options["levels"].split(","))
        try:
            read = [to_facts(record) for record in read_records(options["file"])]
        except (ValueError, OSError, KeyError) as error:
            raise CommandError(f"{options['file']}: {error}") from error
        changed = [row for row in read if wanted & set(row["levels"]) and kept.get(row["code"]) != row]
        kept |= {row["code"]: row for row in changed}
        write_facts(folder, kept.values())
        self.stdout.write(f"{len(read)} read, {len(changed)} new or changed, {len(kept)} in the pack ({before} before)")


def read_facts(folder: Path) -> list[dict[str, Any]]:
    """Return the facts that a pack holds."""
    return [json.loads(line) for file in sorted(folder.glob("*.jsonl")) for line in file.open(encoding="utf-8")]


def write_facts(folder: Path, rows: Any) -> None:
    """Write one file a group of fields, sorted by code, so that a diff shows what changed."""
    folder.mkdir(parents=True, exist_ok=True)
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(slug(row.get("field") or "khac"), []).append(row)
    for file in folder.glob("*.jsonl"):
        if file.stem not in groups:
            file.unlink()
    for name, members in groups.items():
        lines = [
            json.dumps(row, ensure_ascii=False, sort_keys=True) for row in sorted(members, key=lambda r: r["code"])
        ]
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
