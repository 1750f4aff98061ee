"""Made-up measured dossiers of a year, and everything that was counted."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from tinhso.base.actors import system
from tinhso.base.clock import CIVIL_ZONE
from tinhso.law.quality.measured import Channel, Measured, Worker
from tinhso.law.statistics import Supplement
from tinhso.modules.quality.actions import keeping
from tinhso.modules.quality.queries.periods import Period
from tinhso.modules.quality.queries.sums import gather, together

WORKER = system("worker")
YEAR = Period(date(2024, 1, 1), date(2024, 12, 31))
END = datetime(2025, 6, 1, 12, tzinfo=CIVIL_ZONE)


def counted(period, at):
    return together(gather(period, at=at).values()).counts


def invented(number, *, seed=1, agency=None):
    """Return made-up measured rows of a year, at agencies of the pack, two of which were merged on 01/01/2025."""
    chance = Random(seed)
    agencies = ["H47.32.20", "H47.32.21", "H47.16", "H47.48", "H47.48.20", "H47.38.25"]
    for place in range(number):
        start = datetime(2024, 1, 2, 8, tzinfo=CIVIL_ZONE) + timedelta(hours=chance.randrange(24 * 360))
        over = chance.random() < 0.8
        asked = start + timedelta(days=1)
        yield Measured(
            code=f"T{place:07}", agency=agency or chance.choice(agencies), service=f"1.00000{chance.randrange(5)}",
            field=chance.choice(["Đất đai", "Hộ tịch"]), channel=chance.choice(list(Channel)), received_at=start,
            due_at=start + timedelta(days=5), is_over=over,
            ended_at=start + timedelta(days=chance.randrange(1, 8)) if over else None,
            supplements=tuple(
                Supplement(asked, chance.choice([None, asked + timedelta(days=1)])) for _n in range(chance.choice([0, 0, 0, 1, 2]))
            ),
            gives_paper=True, result_file=chance.choice([True, True, False]), component_file=chance.choice([True, False, None]),
            by_vneid=chance.choice([True, False]), owes=chance.choice([True, False, None]), paid_online=chance.choice([True, False]),
            score=chance.choice([None, None, 5, 1]), workers=(Worker("official:1", "An", "H47.32.20"),),
        )  # fmt: skip


def kept(rows):
    rows = list(rows)
    for start in range(0, len(rows), 500):
        keeping.keep_measures(rows[start : start + 500], actor=WORKER, at=END)
    return rows
