"""`worker`: the process beside the pages that seals, dispatches, sends, sweeps: whatever manifests lend as Periodic."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tinhso.base.clock import now
from tinhso.base.processes import Heart
from tinhso.base.registry import Periodic, registry
from tinhso.kernel.journal.working import Loop


class Command(BaseCommand):
    """Run until SIGTERM or SIGINT; what is in hand is finished first."""

    help = "Do the platform's periodic work until stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take `--once` and `--only`."""
        parser.add_argument("--once", action="store_true", help="call each loan once, in order, and end")
        parser.add_argument("--only", nargs="+", metavar="KEY", default=[], help="only these loans")

    def handle(self, **options: Any) -> None:
        """Run the loop, or one round of it."""
        loans = [loan for loan in registry.of(Periodic) if not options["only"] or loan.key in options["only"]]
        if unknown := set(options["only"]) - {loan.key for loan in loans}:
            raise CommandError(f"no manifest lends {', '.join(sorted(unknown))}")
        stop = threading.Event()
        if options["once"]:
            loop = Loop(loans, clock=now, stop=stop)
            failed = [loan.key for loan in loans if not loop.call(loan)]
            if failed:
                raise CommandError(f"failed: {', '.join(failed)}")
            return
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        heart = Heart("worker")
        Loop(loans, clock=now, stop=stop, beat=heart.beat).run()
        heart.stop()
