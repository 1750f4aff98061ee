"""`systems`: the systems that people sign in to through us."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tinhso.base.actors import Actor, system
from tinhso.base.clock import now
from tinhso.base.refusals import Refusal
from tinhso.kernel.identity.public import actor_for, find_account
from tinhso.kernel.signon.actions import keys, systems
from tinhso.kernel.signon.models import ProofMethod
from tinhso.kernel.signon.queries import list_systems


class Command(BaseCommand):
    """List, register, close and reopen systems; give them secrets; rotate the keys."""

    help = "List, register, close and reopen the systems that people sign in to through us; rotate the signing keys."

    def add_arguments(self, parser: Any) -> None:
        """Take what to do and in whose name."""
        parser.add_argument("--as", dest="who", default="", help="user name of the administrator who does it")
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("list", help="what is registered")
        verbs.add_parser("rotate-keys", help="let the next key sign now")
        add = verbs.add_parser("register", help="register a system, or change it")
        add.add_argument("id")
        add.add_argument("--name", required=True)
        add.add_argument("--name-en", required=True)
        add.add_argument("--redirect", action="append", required=True, help="address to return to; may be repeated")
        add.add_argument("--after-logout", action="append", default=[], help="address after signing out")
        add.add_argument("--backchannel", default="", help="address that is told of a sign-out")
        add.add_argument("--scope", action="append", default=[], help="what it may ask for; may be repeated")
        add.add_argument("--proof", choices=ProofMethod.values, default=str(ProofMethod.BASIC))
        add.add_argument("--own", action="store_true", help="the province's own: no consent is asked")
        add.add_argument("--logo", type=Path, help="PNG, 32 KB at most")
        for verb, what in (
            ("secret", "give a new secret and show it once"),
            ("close", "shut a system out"),
            ("reopen", "let a closed system in again; it needs a new secret"),
        ):
            verbs.add_parser(verb, help=what).add_argument("id")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it and say what was done."""
        try:
            self._do(options["verb"], options)
        except Refusal as no:
            lines = [str(fault.text) for fault in no.faults] or [str(no)]
            raise CommandError("\n".join(lines)) from no

    def _do(self, verb: str, options: dict[str, Any]) -> None:
        if verb == "list":
            for one in list_systems():
                state = "" if one.is_open else "  (closed)"
                self.stdout.write(f"{one.pk:<24}{one.name}  [{' '.join(one.scopes)}]{state}")
            return
        given: dict[str, Any] = {"actor": _actor(options["who"]), "at": now()}
        if verb == "rotate-keys":
            self.stdout.write(f"Khóa đang ký / signing now: {keys.rotate_keys(**given).kid}")
        elif verb == "secret":
            secret = systems.issue_secret(options["id"], **given)
            self.stdout.write(f"Mật khẩu của hệ thống (chỉ hiện một lần) / secret, shown once:\n{secret}")
        elif verb == "close":
            self.stdout.write(f"Đã đóng / closed: {systems.close_system(options['id'], reason='command', **given)}")
        elif verb == "reopen":
            made = systems.reopen_system(options["id"], reason="command", **given)
            self.stdout.write(f"Đã mở lại, cần cấp mật khẩu mới / reopened, give it a new secret: {made}")
        else:
            self._register(options, given)

    def _register(self, options: dict[str, Any], given: dict[str, Any]) -> None:
        logo = ""
        if options["logo"]:
            logo = "data:image/png;base64," + base64.b64encode(options["logo"].read_bytes()).decode()
        made = systems.register_system(
            options["id"],
            name=options["name"],
            name_en=options["name_en"],
            redirect_uris=options["redirect"],
            scopes=options["scope"],
            is_own=options["own"],
            proof=options["proof"],
            post_logout_uris=options["after_logout"],
            backchannel_uri=options["backchannel"],
            logo=logo,
            **given,
        )
        self.stdout.write(f"Đã đăng ký / registered: {made.pk}{'' if made.is_open else '  (closed)'}")


def _actor(username: str) -> Actor:
    """Return in whose name it is done: an administrator's, or the machine's own where no name is given."""
    if not username:
        return system("command")
    account = find_account(username)
    if account is None:
        raise CommandError(f"Không có tài khoản này. / There is no such account: {username}")
    return actor_for(account, assurance="command", level=2, at=now())
