# ruff: noqa: E402 - Django is set up before anything of ours is imported
"""
What the old program does while the new one changes the tables under it. Run by the old program's own code.

Makes a province with a dossier in every state, says `ready`, then carries dossiers from filing to hand-over, one after the
other, while its worker seals and dispatches, until a line comes in. Each whole dossier is a line `did`, each failure `failed`.
"""

import sys
import threading
import traceback
from datetime import timedelta
from pathlib import Path

import django

django.setup()

from django.core.management import call_command
from django.db import connection

from tinhso.base.actors import system
from tinhso.base.clock import now
from tinhso.kernel.identity import demo
from tinhso.kernel.journal.public import dispatch, seal
from tinhso.kernel.organisation.pack import load_pack
from tinhso.modules.onestop.tests import playing

PACK = Path(sys.argv[1])
stop = threading.Event()


def say(*words: str) -> None:
    sys.stdout.write(" ".join(words).replace("\n", " | ") + "\n")
    sys.stdout.flush()


def again_and_again(work) -> None:
    while not stop.is_set():
        try:
            work()
        except Exception:  # noqa: BLE001 - whatever it is, it is told
            say("failed", traceback.format_exc()[-1500:])
            stop.wait(0.5)
    connection.close()


def work_behind() -> None:
    seal(now())
    dispatch(at=now())
    stop.wait(0.2)


call_command("migrate", verbosity=0)
long_before = playing.AT - timedelta(days=27)
load_pack(PACK, actor=system("loader"), at=long_before)
demo.load(at=long_before)
who = playing.cast()
for name, make in playing.STATIONS.items():
    say("made", name, make(who))
say("ready")
threads = [
    threading.Thread(target=again_and_again, args=[work])
    for work in (lambda: say("did", playing.returned(who)), work_behind)
]
for thread in threads:
    thread.start()
sys.stdin.readline()
stop.set()
for thread in threads:
    thread.join()
say("over")
