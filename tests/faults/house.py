"""
A platform ready for a load: tables, the province, its people with keys. `python -m tests.faults.house`, on the data folder and
database of the environment; prints what the clients of the load need as JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import django

SECRET = "8" * 64
OFFICIALS = {"desk": "lan", "officer": "ha", "cashier": "hoa", "clerk": "ngoc"}


def make() -> dict[str, object]:
    """Fill the house and return tokens, the leader's session, and right answers to the form of the load."""
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client
    from tests.doors import come_in
    from tests.world import DEMO, account_of, known_citizen, token

    from tinhso import __version__
    from tinhso.base.actors import system
    from tinhso.base.clock import now
    from tinhso.kernel.documents.public import issue_signing_key
    from tinhso.kernel.identity import demo
    from tinhso.kernel.identity.public import actor_for
    from tinhso.kernel.organisation.pack import Pack, load_pack
    from tinhso.modules.onestop.tests.playing import answers_of

    at = now()
    call_command("migrate", verbosity=0)
    load_pack(settings.PACK_DIR, actor=system("loader"), at=at)
    demo.load(at=at)
    # as after a first start: the pack is not loaded again
    stamp = f"{__version__} {Pack(settings.PACK_DIR, at).digest}"
    (Path(settings.DATA_DIR) / "pack.stamp").write_text(stamp)
    tu, leader = known_citizen(), account_of("minh")
    signs = actor_for(leader, assurance="password+totp", level=2, at=at)
    issue_signing_key(
        signs.key, settings.DEMO_PIN, name=signs.name, organisation="UBND", staff_code="QN-002", actor=DEMO, at=at
    )
    browser, citizen = come_in(Client(), leader), come_in(Client(), tu.account)
    return {
        "citizen": token(tu.account),
        "citizen_session": citizen.cookies[settings.SESSION_COOKIE_NAME].value,
        **{part: token(account_of(name)) for part, name in OFFICIALS.items()},
        "leader": browser.cookies[settings.SESSION_COOKIE_NAME].value,
        "pin": settings.DEMO_PIN,
        "answers": answers_of(tu.actor),
    }


if __name__ == "__main__":
    django.setup()
    json.dump(make(), sys.stdout)
