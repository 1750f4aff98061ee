"""
A synthetic year of a commune, played through the real actions; then every screen against an independent count.

People file online and at the desk, officials work their hours on the calendar of 2023 with Tết and all holidays, some
dossiers wait for papers, are refused, withdrawn, stopped or late; fees come in cash, by the gateway (each notice twice) and
by transfer; the till is closed by two every day, statements are imported every month, the worker does what it does. What
was done is kept in a plain ledger that asks the program nothing. At the end the screens are asked, and each figure that
differs is a sentence. It ends with 1 when one does.

    ./tinhso bench year                                  a thousand dossiers, the whole year
    ./tinhso bench year --dossiers 100 --months 2        January and February, with Tết
    ./tinhso bench year --seed 7                         another year
    ./tinhso bench year --database postgresql:///NAME    an empty database
"""

from __future__ import annotations

import os
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from _world import machine, open_world, parser, report, table


def main() -> int:
    """Play and compare; return 1 when a screen disagrees with the ledger."""
    options = parser(str(__doc__))
    options.add_argument("--dossiers", type=int, default=1000)
    options.add_argument("--months", type=int, default=12, choices=range(1, 13), metavar="1-12")
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    # nobody outside is played: else nothing would be synchronised, and what is multiplied by that rate would be nought
    os.environ |= {"TINHSO_NATIONAL_URL": "", "TINHSO_REGISTERS_URL": ""}
    open_world(asked.data, asked.database)
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from bench.a_year.asking import ask_people, compare_survey
    from bench.a_year.calendar import ZONE
    from bench.a_year.compare import compare
    from bench.a_year.play import Year

    from tinhso.kernel.identity import demo

    demo.load(at=datetime(2022, 11, 1, 8, tzinfo=ZONE))
    began = time.perf_counter()
    year = Year(asked.dossiers, seed=asked.seed, months=asked.months)
    ledger = year.play()
    played = time.perf_counter() - began
    found = compare(ledger, year.last_day)
    compare_survey(found, *ask_people(year))
    facts: dict[str, Any] = {
        "machine": machine(),
        "dossiers": asked.dossiers,
        "acts": year.acts,
        "seconds": round(played, 1),
        "seconds_to_compare": round(time.perf_counter() - began - played, 1),
        "figures": dict(found.figures),
        "wrong": found.wrong,
    }
    rows = [("screen", "figures compared"), *found.figures.items()]
    heading = (
        f"{asked.dossiers} dossiers, {year.acts} acts in {played:.0f} s; {sum(found.figures.values())} figures compared"
    )
    told = "\n".join(found.wrong) or "Every figure agrees with the ledger."
    report(asked, facts, f"{heading}\n\n{table(rows)}\n\n{told}")
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
