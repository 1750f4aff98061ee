"""`./tinhso check-all`: the independent checker from the command line."""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from tinhso.site.proof.checking import Wanted, check_all
from tinhso.site.proof.files import GRACE
from tinhso.site.proof.finding import NOTES, Finding
from tinhso.site.proof.places import Away
from tinhso.site.proof.sealed import secret_keys
from tinhso.site.proof.tables import Unreadable

ROOT = Path(__file__).resolve().parents[4]
MOST_LINES = 1000
"""Findings printed of one kind; the rest are counted."""


def run(_verb: str, arguments: list[str]) -> int:
    """Check everything. Returns 0 when all is well, 1 with a line for each finding (notes are no findings), 2 when nothing could be read."""
    options = _parse(arguments)
    data = Path(options.data or os.environ.get("TINHSO_DATA") or ROOT / "var" / "data").resolve()
    wanted = Wanted(
        database=options.database or os.environ.get("TINHSO_DATABASE", "sqlite"),
        data=data,
        at=datetime.now(UTC),  # noqa: TID251 - this is a door
        answered=Path(options.answered) if options.answered else None,
        drained=options.drained,
        quick=options.quick,
        grace=options.grace,
        files=os.environ.get("TINHSO_FILES", ""),
        secrets=secret_keys(os.environ),
    )
    counted = Counter[str]()
    try:
        for finding in check_all(wanted):
            counted[finding.kind] += 1
            if counted[finding.kind] <= MOST_LINES:
                _say(finding, as_json=options.json)
    except Away as no:
        sys.stderr.write(f"{no}\n")
        return 2
    except (Unreadable, OSError, sqlite3.Error, psycopg.Error) as no:
        sys.stderr.write(
            f"Không đọc được để kiểm tra ({no}).\nChỉ thư mục dữ liệu bằng --data, cơ sở dữ liệu bằng --database.\n"
            f"It cannot be read ({no}).\nName the data folder with --data, the database with --database.\n"
        )
        return 2
    faults = {kind: count for kind, count in counted.items() if kind not in NOTES}
    if options.json:
        sys.stdout.write(json.dumps({"ok": not faults, "found": dict(counted)}) + "\n")
    elif faults:
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(faults.items()))
        sys.stdout.write(f"Có {sum(faults.values())} điểm sai. / {sum(faults.values())} findings: {kinds}.\n")
    else:
        sys.stdout.write("Mọi thứ đúng. / All is well.\n")
    return int(bool(faults))


def _say(finding: Finding, *, as_json: bool) -> None:
    line = json.dumps(finding._asdict(), ensure_ascii=False) if as_json else str(finding)
    sys.stdout.write(f"{line}\n")


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./tinhso check-all")
    parser.add_argument("--data", help="data folder")
    parser.add_argument("--database", help="sqlite, sqlite:///path or postgresql://… (TINHSO_DATABASE)")
    parser.add_argument("--answered", metavar="LEDGER", help="JSON lines of what clients were told")
    parser.add_argument("--drained", action="store_true", help="nothing may wait to be sealed or dispatched")
    parser.add_argument("--quick", action="store_true", help="do not read the files, compare names and sizes")
    parser.add_argument("--grace", type=float, default=GRACE, help="seconds a file may lie without a row")
    parser.add_argument("--json", action="store_true", help="JSON lines")
    return parser.parse_args(arguments)
