"""`./tinhso doctor`: what is wrong with this installation and what to do, for whoever looks after it."""

from __future__ import annotations

import argparse
import sys

from tinhso.site.launch import choices
from tinhso.site.launch.manage import take_data

SIGNS = {0: "  ✓", 1: "  !", 2: "  ✗"}


def run(_verb: str, arguments: list[str]) -> int:
    """Print what every check finds, the worst as exit code: 0 fine, 1 mind, 2 broken."""
    parser = argparse.ArgumentParser(prog="./tinhso doctor")
    parser.add_argument("--port", type=int, help="where the web should listen; 8000, or where `up` runs it")
    parser.add_argument("--all", action="store_true", help="also what is as it should be")
    options = parser.parse_args(take_data(arguments))

    import django

    django.setup()
    from django.conf import settings

    from tinhso.site.doctor.gathering import examine

    running = choices.recall(settings.DATA_DIR)
    found = list(examine(options.port or running.get("port") or 8000))
    worst = max(finding.level for finding in found)
    for finding in sorted(found, key=lambda each: -each.level):
        if finding.level or options.all:
            _say(f"{SIGNS[finding.level]} {_both(finding.vi, finding.en)}")
            if finding.do_vi:
                _say(f"      → {_both(finding.do_vi, finding.do_en)}")
    fine = sum(not finding.level for finding in found)
    _say(f"{fine}/{len(found)} mục tốt / fine. Mã thoát / exit code {int(worst)}.")
    return int(worst)


def _both(vi: str, en: str) -> str:
    return vi if vi == en else f"{vi}. / {en}."


def _say(text: str) -> None:
    sys.stdout.write(text.replace("..", ".") + "\n")
