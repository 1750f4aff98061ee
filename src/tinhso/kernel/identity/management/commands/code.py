"""`code`: the one-time code of an invented official, now."""

from __future__ import annotations

import time
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.management.base import BaseCommand, CommandError

from tinhso.kernel.identity.demo import totp_secret
from tinhso.kernel.identity.queries import find_account

PERIOD_SECONDS = 30


class Command(BaseCommand):
    """Print the code that works now; for invented officials only."""

    help = "Print the current one-time code of a demonstration official."

    def add_arguments(self, parser: Any) -> None:
        """Take the user name."""
        parser.add_argument("username")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the code and how long it still works."""
        account = find_account(options["username"])
        if account is None or not account.is_demonstration:
            raise CommandError("Không có tài khoản thử tên này. / There is no demonstration account of this name.")
        counters = list(yield_hotp_counters_from_time())
        code = format_hotp_value(hotp_value(totp_secret(account.username), counters[len(counters) // 2]))
        left = PERIOD_SECONDS - int(time.time()) % PERIOD_SECONDS
        self.stdout.write(f"{code}  ({left} giây / seconds)")
