"""
What a page costs with many dossiers, as a ratio to the same page with few: `./tinhso bench pages --data DIR`.

DIR is a folder that `./tinhso bench seed` has filled. The same pages are asked of a fresh folder in turns, so that both
feel the same machine. In both, the same sixty dossiers are filed by acting with the commune whose officers look, so that
the lists have something to show. Django's test client asks in the process itself: middleware, permissions, templates and
SQL, no network. The first rounds of each page only warm up.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

from _world import (
    COMMUNE,
    SERVICE,
    STAFF,
    Stopwatch,
    birth_answers,
    cast,
    machine,
    open_world,
    parser,
    report,
    scratch_postgresql,
    table,
)

FILED = 60
WARM, ASKED = 5, 25
TURNS = 2


def clients(at: Any) -> dict[str, Any]:
    """Return a signed-in client for each post of the commune, and one of nobody."""
    from allauth.account import internal
    from django.test import Client

    from tinhso.base.actors import system
    from tinhso.kernel.identity.actions import add_account
    from tinhso.kernel.identity.models import Account
    from tinhso.kernel.organisation.public import find_official

    login = internal.flows.login
    made: dict[str, Any] = {"nobody": Client(SERVER_NAME="localhost")}
    for post, staff in STAFF.items():
        official = find_official(staff)
        account = Account.objects.filter(official=official).first() or add_account(
            f"bench-{post}", official_id=official.id, password=None, actor=system("bench"), at=at
        )
        client = made[post] = Client(SERVER_NAME="localhost")
        client.force_login(account, backend="tinhso.kernel.identity.backend.Backend")
        session = client.session
        session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password"}, {"method": "mfa", "type": "totp"}]
        session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = login.user_id_to_str(account)  # noqa: SLF001
        session.save()
    return made


def file_some(at: Any) -> None:
    """File dossiers with the commune by acting, over ten days; most are accepted, some settled: what its lists show."""
    from lifecycle import a_pdf

    from tinhso.kernel.documents.public import save
    from tinhso.modules.onestop.actions import applications, filing, reception
    from tinhso.modules.onestop.models import DeliveryState, Dossier

    who = cast(at)
    if Dossier.objects.filter(owner_key=who.citizen.key, delivery=DeliveryState.READY).exists():
        return
    applicant = filing.Applicant(who.citizen.key, who.citizen.name, "049195001234", "0905123456")
    for number in range(FILED):
        acted = {"actor": who.citizen, "at": at - timedelta(hours=4 * number)}
        draft = applications.start_application(SERVICE, agency_code=COMMUNE, answers=birth_answers(at), **acted)
        if number % 10 == 0:
            paper = save(a_pdf(), name="giấy chứng sinh.pdf", **acted)
        applications.attach_file(draft.id, "GCS", paper, **acted)
        applications.choose_delivery(draft.id, {"result_way": "direct"}, **acted)
        dossier = filing.file_application(draft.id, applicant, **acted)
        if number % 5:
            reception.accept_dossier(dossier.code, actor=who.reception, at=acted["at"])
        if number % 5 == 1:
            settle(dossier.code, who, acted["at"])


def settle(code: str, who: Any, at: Any) -> None:
    """Take a dossier to the point where its result waits at the desk."""
    from lifecycle import a_pdf

    from tinhso.kernel.documents.public import prepare_made
    from tinhso.modules.onestop.actions import processing, results

    processing.propose_result(code, actor=who.processor, at=at)
    numbered = results.number_result(code, actor=who.leader, at=at)
    paper = results.SignedPaper(prepare_made(a_pdf(), name="x.pdf"), "", numbered.dossier.revision, numbered.number)
    results.keep_signed_result(code, paper, actor=who.leader, at=at)
    results.issue_result(code, actor=who.clerk, at=at)


def pages(asked: random.Random) -> dict[str, tuple[str, Callable[[], str]]]:
    """Return the pages by name: who asks, and for what address."""
    from django.urls import reverse

    from tinhso.modules.onestop.models import Dossier

    own = list(
        Dossier.objects.filter(agency_code=COMMUNE).order_by("-submitted_at").values_list("code", flat=True)[:400]
    )
    # by key, not by place: counting to a random place would read the whole table
    some = [code for key in _random_keys(asked, 400) for code in key]
    # the sixty bear this name, so that both folders have a page full of answers to show
    names = ["nguyen", "nguyen t", "thi tu", "tu nguyen", "nguyen thi tu"]

    def code() -> str:
        return asked.choice(own)

    def query(name: str, text: str) -> str:
        return f"{reverse(name)}?q={text.replace(' ', '+')}"

    return {
        "worklist": ("processor", lambda: reverse("onestop:worklist")),
        "worklist, overdue": ("processor", lambda: reverse("onestop:worklist") + "?han=overdue"),
        "reception": ("reception", lambda: reverse("onestop:inbox")),
        "results to hand over": ("reception", lambda: reverse("onestop:outbox")),
        "dossier": ("reception", lambda: reverse("onestop:work", args=[code()])),
        "search by name": ("reception", lambda: query("onestop:search", asked.choice(names))),
        "search by code": ("reception", lambda: query("onestop:search", code()[:-1])),
        "search by telephone": ("reception", lambda: query("onestop:search", "0905123456")),
        "tracking": ("nobody", lambda: reverse("onestop:track", args=[asked.choice(some or own)])),
        "procedure search": (
            "nobody",
            lambda: query("catalogue:search", asked.choice(["khai sinh", "xay nha", "mo quan"])),
        ),
    }


def _random_keys(asked: random.Random, count: int) -> list[Any]:
    from tinhso.modules.onestop.models import Dossier

    first, last = Dossier.objects.order_by("id").first(), Dossier.objects.order_by("id").last()
    if first is None or last is None:
        return []
    from uuid import UUID

    keys = [UUID(int=asked.randrange(first.id.int, last.id.int)) for _number in range(count)]
    return [Dossier.objects.filter(id__gte=key).order_by("id").values_list("code", flat=True)[:1] for key in keys]


def serve(folder: Path | None, database: str) -> None:
    """Measure one folder: answer each line of input with the figures of one turn. The child of `main`."""
    open_world(folder, database)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tinhso.base.clock import now
    from tinhso.modules.onestop.models import Dossier

    at = now()
    file_some(at)
    signed_in, wanted = clients(at), pages(random.Random(7))
    told: dict[str, Any] = {"dossiers": Dossier.objects.count(), "statements": {}}
    for name, (post, address) in wanted.items():
        for _number in range(WARM):
            answer = signed_in[post].get(address(), follow=False)
            assert answer.status_code == 200, (name, answer.status_code)
        with CaptureQueriesContext(connection) as seen:
            signed_in[post].get(address())
        told["statements"][name] = len(seen)
    print(json.dumps(told), flush=True)
    for _line in sys.stdin:
        watch = Stopwatch()
        for _number in range(ASKED):
            for name, (post, address) in wanted.items():
                where = address()
                watch.run(name, lambda post=post, where=where: signed_in[post].get(where))
        print(json.dumps({name: [timing.wall, timing.cpu] for name, timing in watch.timings.items()}), flush=True)


class Child:
    """One folder, measured in a process of its own."""

    def __init__(self, folder: Path | None, database: str) -> None:
        command = [
            sys.executable,
            __file__,
            "--child",
            "--database",
            database,
            *(["--data", str(folder)] if folder else []),
        ]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.wall: dict[str, list[float]] = {}
        self.cpu: dict[str, list[float]] = {}
        self.told = self._read()

    def _read(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            sys.exit("the measured process ended; see above")
        return json.loads(line)

    def turn(self) -> None:
        """Measure once more."""
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        for name, (wall, cpu) in self._read().items():
            self.wall.setdefault(name, []).extend(wall)
            self.cpu.setdefault(name, []).extend(cpu)

    def end(self) -> None:
        """Let it end."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


def main() -> None:
    """Measure both folders in turns and print."""
    made = parser(__doc__ or "")
    made.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = made.parse_args()
    if options.child:
        serve(options.data, options.database)
        return
    with ExitStack() as stack:
        is_sqlite = options.database.startswith("sqlite")
        small = "sqlite" if is_sqlite else stack.enter_context(scratch_postgresql(options.database))
        few, many = Child(None, small), Child(options.data, options.database)
        for _turn in range(TURNS):
            few.turn()
            many.turn()
        facts = {**machine(), "few": few.told["dossiers"], "many": many.told["dossiers"], "pages": compared(few, many)}
        for child in (few, many):
            child.end()
    report(options, facts, text(facts))


def compared(few: Child, many: Child) -> dict[str, Any]:
    """Return the figures of each page."""
    from _world import Timing

    found = {}
    for name in many.wall:
        low, high = Timing(few.wall[name], few.cpu[name]), Timing(many.wall[name], many.cpu[name])
        found[name] = {
            "statements": many.told["statements"][name],
            "few": low.facts(),
            "many": high.facts(),
            "ratio": round(high.median / low.median, 2),
            "ratio_cpu": round(high.facts()["cpu_ms"] / low.facts()["cpu_ms"], 2),
        }
    return found


def text(facts: dict[str, Any]) -> str:
    """Return the figures as a table."""
    rows: list[list[object]] = [
        ["page", "statements", f"ms at {facts['few']:,}", "p95", f"ms at {facts['many']:,}", "p95", "ratio", "of CPU"]
    ]
    for name, page in facts["pages"].items():
        few, many = page["few"], page["many"]
        rows.append(
            [name, page["statements"], few["median_ms"], few["p95_ms"], many["median_ms"], many["p95_ms"], page["ratio"],
             page["ratio_cpu"]]
        )  # fmt: skip
    return f"{facts['cores']} cores, load {facts['load']}\n\n{table(rows)}"


if __name__ == "__main__":
    sys.exit(main())
