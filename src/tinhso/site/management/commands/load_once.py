"""`load_once`: load the pack named in settings unless this very pack was loaded by this release before."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from tinhso import __version__
from tinhso.base.clock import now
from tinhso.kernel.organisation.pack import Pack


class Command(BaseCommand):
    """What `./tinhso up` calls each time; a stamp in the data folder spares the check of an unchanged pack."""

    help = "Load the province pack of TINHSO_PACK if it changed."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Load it and leave the stamp."""
        stamp = settings.DATA_DIR / "pack.stamp"
        wanted = f"{__version__} {Pack(settings.PACK_DIR, now()).digest}"
        if stamp.exists() and stamp.read_text() == wanted:
            return
        call_command("load", str(settings.PACK_DIR), verbosity=0)
        stamp.write_text(wanted)
