"""`journal`: look after the journal from the command line."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tinhso.base.actors import system
from tinhso.base.clock import now
from tinhso.base.refusals import Refusal
from tinhso.kernel.journal import partitions, queries
from tinhso.kernel.journal.actions import attach_year, detach_year, replay
from tinhso.kernel.journal.following import log_size, rewind
from tinhso.kernel.journal.models import Follower
from tinhso.kernel.journal.sealing import seal_all
from tinhso.kernel.journal.verifying import verify_and_stamp


class Command(BaseCommand):
    """Verify, seal, list roots and dead letters, replay; take years out and put them back."""

    help = "Verify and look after the journal."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take one subcommand."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        verify = verbs.add_parser(
            "verify", help="prove every entry, leaf, node and root; name the first that is broken"
        )
        verify.add_argument("--replica", action="store_true", help="read the replica, where there is one")
        verify.add_argument("--detached", action="store_true", help="years that were taken out are no fault")
        verbs.add_parser("seal", help="seal what waits, now")
        verbs.add_parser("roots", help="list the newest roots").add_argument("--limit", type=int, default=20)
        dead = verbs.add_parser("dead", help="list deliveries we gave up on")
        dead.add_argument("--subscriber", default="")
        dead.add_argument("--errors", action="store_true", help="with the whole error")
        verbs.add_parser("years", help="list the tables of the years (PostgreSQL)")
        out = verbs.add_parser(
            "detach", help="take a year that is over out of the journal; its table stays (PostgreSQL)"
        )
        out.add_argument("year", type=int)
        back = verbs.add_parser("attach", help="put a year back that was taken out (PostgreSQL)")
        back.add_argument("year", type=int)
        verbs.add_parser("followers", help="list who outside is told the log, and how far")
        rewound = verbs.add_parser("rewind", help="tell a follower again from a place in the log on")
        rewound.add_argument("name")
        rewound.add_argument("leaf", type=int, help="number of the first entry to tell")
        again = verbs.add_parser("replay", help="try dead letters again")
        again.add_argument("ids", nargs="*", type=int, help="all of them, if none is given")

    def handle(self, **options: Any) -> None:
        """Do it."""
        getattr(self, f"_{options['verb']}")(**options)

    def _verify(self, **options: Any) -> None:
        report = verify_and_stamp(now(), on_replica=options["replica"])
        counts = (
            f"{report.sealed} dòng đã niêm phong / sealed, {report.waiting} dòng đang chờ / waiting,"
            f" {report.roots} gốc / roots"
        )
        for broken in report.broken:
            self.stderr.write(f"{broken.kind}: {broken.text}")
        faults = [broken for broken in report.broken if broken.kind != "year_detached" or not options["detached"]]
        if faults:
            raise CommandError(f"Sổ cái bị hỏng. / The journal is broken. ({counts})")
        self.stdout.write(f"Sổ cái đúng. / The journal holds. {counts}.\nGốc / root: {report.root.hex()}")

    def _seal(self, **_options: Any) -> None:
        made = seal_all(now())
        root = queries.roots(limit=1)
        self.stdout.write(f"{made} gốc mới / new roots; số dòng / size {root[0].size if root else 0}")

    def _roots(self, **options: Any) -> None:
        for root in queries.roots(limit=options["limit"]):
            self.stdout.write(f"{root.size:>10}  {root.at:%Y-%m-%dT%H:%M:%SZ}  {bytes(root.hash).hex()}")

    def _dead(self, **options: Any) -> None:
        after = 0
        while page := queries.dead_letters(subscriber=options["subscriber"], after=after):
            for letter in page:
                error = letter.error if options["errors"] else letter.error.strip().rpartition("\n")[2]
                about = f"{letter.entry.event} {letter.subject_type}:{letter.subject_key}"
                self.stdout.write(f"{letter.id}  {letter.subscriber}  {about}  {error}")
            after = page[-1].id

    def _years(self, **_options: Any) -> None:
        for each in partitions.partitions():
            self.stdout.write(f"{each.year}  {each.table}")
        for gap in partitions.gaps():
            self.stdout.write(f"{gap.year}  {gap.table}  đã tách ra / taken out")
        if astray := partitions.count_astray():
            self.stdout.write(f"{astray} dòng / lines: {partitions.DEFAULT}")

    def _detach(self, **options: Any) -> None:
        self._moved(detach_year, options["year"])

    def _attach(self, **options: Any) -> None:
        self._moved(attach_year, options["year"])

    def _moved(self, move: Callable[..., str], year: int) -> None:
        try:
            self.stdout.write(move(year, actor=system("command line"), at=now()))
        except Refusal as no:
            raise CommandError(str(no)) from no

    def _followers(self, **_options: Any) -> None:
        for each in Follower.objects.order_by("name"):
            told = f"{each.moved_at:%Y-%m-%dT%H:%M:%SZ}" if each.moved_at else "-"
            self.stdout.write(f"{each.name}  {each.position}/{log_size()}  {told}  {each.problem}".rstrip())

    def _rewind(self, **options: Any) -> None:
        rewind(options["name"], options["leaf"], at=now())
        self._followers()

    def _replay(self, **options: Any) -> None:
        ids = options["ids"]
        while not ids and (page := queries.dead_letters()):
            for letter in page:
                self._replay_one(letter.id)
        for number in ids:
            self._replay_one(number)

    def _replay_one(self, number: int) -> None:
        try:
            replay(number, actor=system("command line"), at=now())
        except Refusal as no:
            raise CommandError(f"{number}: {no}") from no
        self.stdout.write(f"{number} will be tried again")
