"""`token`: issue a bearer token for the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tinhso.base.actors import system
from tinhso.base.clock import now
from tinhso.base.refusals import BadInput
from tinhso.kernel.identity import actions
from tinhso.kernel.identity.queries import find_account


class Command(BaseCommand):
    """Issue a token to an account and print it, once."""

    help = "Issue a bearer token for the API: token USERNAME SCOPE..."

    def add_arguments(self, parser: Any) -> None:
        """Take user name, scopes, days and a name."""
        parser.add_argument("username")
        parser.add_argument("scopes", nargs="+", help="for example dossier:read")
        parser.add_argument("--days", type=int, default=90)
        parser.add_argument("--name", default="command line")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the token."""
        account = find_account(options["username"])
        if account is None:
            raise CommandError("Không có tài khoản tên này. / There is no account of this name.")
        at = now()
        try:
            _row, text = actions.issue_token(
                account,
                name=options["name"],
                scopes=options["scopes"],
                expires_at=at + timedelta(days=options["days"]),
                actor=system("command-line"),
                at=at,
            )
        except BadInput as no:
            raise CommandError("; ".join(str(fault.text) for fault in no.faults)) from no
        self.stdout.write(text)
