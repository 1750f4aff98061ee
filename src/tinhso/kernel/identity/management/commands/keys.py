"""`keys`: the ring under which secrets lie in the database."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tinhso.base.actors import system
from tinhso.base.clock import now
from tinhso.base.sealing import PLAIN, add_key, begin_answers, ring
from tinhso.kernel.identity.actions import keys


class Command(BaseCommand):
    """List the keys, change them, take an old one away."""

    help = "keys list | keys rotate | keys retire ID"

    def add_arguments(self, parser: Any) -> None:
        """Take the verb and the id of a key."""
        parser.add_argument("verb", choices=["list", "rotate", "retire"])
        parser.add_argument("key", nargs="?", default="")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do one of the three."""
        getattr(self, f"_{options['verb']}")(options["key"])

    def _list(self, _key: str) -> None:
        counts = keys.count_by_key()
        if counts[""]:
            self.stdout.write(f"TINHSO_SECRET_KEY  {counts['']}")
        if counts[PLAIN]:
            self.stdout.write(f"Chưa mã hóa / Not sealed yet  {counts[PLAIN]}")
        for number, key in enumerate(ring()):
            self.stdout.write(f"{key.id}  {key.made_at}  {counts[key.id]}{'  *' if number == 0 else ''}")

    def _rotate(self, _key: str) -> None:
        """Make a key and reseal; when an earlier run was broken off, only go on with it."""
        at, held = now(), ring()
        begin_answers()
        counts = keys.count_by_key()
        left = sum(counts.values()) - (counts[held[0].id] if held else 0)
        if not held or not left:
            self.stdout.write(f"Khóa mới / New key: {add_key(at=at).id}")
        changed = keys.reseal_all(actor=system("command-line"), at=at)
        counts = keys.count_by_key()
        left = sum(counts.values()) - counts[ring()[0].id]
        self.stdout.write(f"Đã mã hóa lại / Resealed: {changed}")
        if left:
            raise CommandError(f"Không mở được / Cannot be opened: {left}")

    def _retire(self, key: str) -> None:
        if key not in {one.id for one in ring()}:
            raise CommandError("Không có khóa này. / There is no such key.")
        try:
            keys.retire_key(key, actor=system("command-line"), at=now())
        except keys.KeyInUse as no:
            raise CommandError(str(no)) from no
        self.stdout.write(f"Đã bỏ khóa / Retired: {key}")
