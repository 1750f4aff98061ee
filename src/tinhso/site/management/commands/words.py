"""`words`: gather the texts of the house into the catalogues of its packages."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from tinhso.site import words


class Command(BaseCommand):
    """Bring every catalogue in line with the texts; what is translated stays. Then say what still needs Vietnamese."""

    help = "Gather texts into locale/vi of each package: words [modules/onestop …]"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the folders to do, below src/tinhso; none means all."""
        parser.add_argument("folders", nargs="*")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it, and print a line for each folder."""
        wanted = {words.SOURCE / folder for folder in options["folders"]}
        for home in words.homes():
            if wanted and home not in wanted:
                continue
            came, went = words.update(home)
            left = [entry.msgid for entry in words.untranslated(home)]
            self.stdout.write(f"{home.relative_to(words.SOURCE)}: +{came} −{went}, {len(left)} without Vietnamese")
            for text in left:
                self.stdout.write(f"    {text}")
