"""`people`: who can sign in to the demonstration, and how."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from tinhso.base.clock import civil_date, now
from tinhso.kernel.identity.demo import totp_secret
from tinhso.kernel.identity.queries import demonstration_accounts
from tinhso.kernel.organisation.public import get_agency, holdings_of


def _folder() -> str:
    """Return the option that names the data folder, where it is not the usual one."""
    usual = settings.ROOT / "var" / "data"
    return "" if usual == settings.DATA_DIR else f" --data {settings.DATA_DIR}"


class Command(BaseCommand):
    """Print the invented officials with their roles, the password, and where citizens sign in."""

    help = "List the demonstration people and how they sign in."

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the table."""
        today = civil_date(now())
        accounts = demonstration_accounts()
        if not accounts:
            self.stdout.write(
                "Chưa có tài khoản thử; chạy ./tinhso up. / No demonstration accounts yet; run ./tinhso up."
            )
            return
        for account in accounts[: options["most"]]:
            held = holdings_of(account.official_id, today) if account.official_id else ()
            posts = dict.fromkeys(
                f"{get_agency(holding.agency, today).name}: {', '.join(sorted(holding.roles))}" for holding in held
            )
            where = "; ".join(posts)
            secret = f"  {totp_secret(account.username)}" if options["secrets"] else ""
            self.stdout.write(f"  {account.username:<22} {account.official}  ({where}){secret}")
        if len(accounts) > options["most"]:
            self.stdout.write(f"  … {len(accounts)} tài khoản; ./tinhso people --most 1000 để xem hết / to see all")
        self.stdout.write(f"\n  Cán bộ / officials: {settings.PUBLIC_URL}/tai-khoan/login/")
        self.stdout.write(f"  Mật khẩu chung / password: {settings.DEMO_PASSWORD}")
        self.stdout.write(f"  Mã một lần / one-time code: ./tinhso code{_folder()} <tên đăng nhập / user name>")
        self.stdout.write(f"  Mã PIN ký số của lãnh đạo / leaders' signing PIN: {settings.DEMO_PIN}")
        self.stdout.write("\n  Người dân, doanh nghiệp: chọn «VNeID» rồi chọn một người thử.")
        self.stdout.write("  Citizens and businesses: choose “VNeID”, then pick an invented person.")

    def add_arguments(self, parser: Any) -> None:
        """Take `--secrets` and `--most`."""
        parser.add_argument("--secrets", action="store_true", help="print the secret for an authenticator app too")
        parser.add_argument("--most", type=int, default=30, help="how many officials to list")
