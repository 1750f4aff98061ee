"""The page about OWASP ASVS 5.0 names every requirement of levels 1 and 2 once, tests that exist, and right sums."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "reference" / "asvs.md").read_text("utf-8")
ROWS = re.findall(
    r"^\| (\d+\.\d+\.\d+) \| ([12]) \| (.+?) \| (met|not met|does not apply) \| (.+) \|$", PAGE, re.MULTILINE
)
NUMBERS = """
1.1:1-2 1.2:1-9 1.3:1-11 1.4:1-3 1.5:1-2 2.1:1-3 2.2:1-3 2.3:1-4 2.4:1 3.2:1-2 3.3:1-4 3.4:1-6 3.5:1-5
3.7:1-2 4.1:1-3 4.2:1 4.3:1-2 4.4:1-4 5.1:1 5.2:1-3 5.3:1-2 5.4:1-3 6.1:1-3 6.2:1-12 6.3:1-4 6.4:1-4
6.5:1-5 6.6:1-3 6.8:1-4 7.1:1-3 7.2:1-4 7.3:1-2 7.4:1-5 7.5:1-2 7.6:1-2 8.1:1-2 8.2:1-3 8.3:1 8.4:1
9.1:1-3 9.2:1-4 10.1:1-2 10.2:1-2 10.3:1-4 10.4:1-11 10.5:1-5 10.6:1-2 10.7:1-3 11.1:1-2 11.2:1-3
11.3:1-3 11.4:1-4 11.5:1 11.6:1 12.1:1-3 12.2:1-2 12.3:1-4 13.1:1 13.2:1-5 13.3:1-2 13.4:1-5 14.1:1-2
14.2:1-4 14.3:1-3 15.1:1-3 15.2:1-3 15.3:1-7 16.1:1 16.2:1-5 16.3:1-4 16.4:1-3 16.5:1-3 17.1:1 17.2:1-4
17.3:1-2
"""
"""Section and numbers in it of levels 1 and 2, as OWASP published version 5.0.0; level 3 is left out."""


def numbers() -> list[str]:
    found = []
    for section, spans in (item.split(":") for item in NUMBERS.split()):
        for span in spans.split(","):
            first, _dash, last = span.partition("-")
            found += [f"{section}.{number}" for number in range(int(first), int(last or first) + 1)]
    return found


def named_tests(path: Path) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)}


def test_every_requirement_is_there_once():
    assert [row[0] for row in ROWS] == numbers()
    assert Counter(level for _number, level, *_rest in ROWS) == {"1": 70, "2": 183}


def test_the_sums_are_right():
    for level in "12":
        states = Counter(state for _number, of, _name, state, _why in ROWS if of == level)
        sums = [states["met"], states["not met"], states["does not apply"]]
        assert f"| {level} | {' | '.join(map(str, sums))} | {sum(sums)} |" in PAGE


@pytest.mark.parametrize("row", [row for row in ROWS if row[3] == "met"], ids=lambda row: row[0])
def test_what_is_met_names_a_test(row):
    named = re.fullmatch(r"`([\w/]+\.py)::(test_\w+)`", row[4])
    assert named, row[4]
    assert named.group(2) in named_tests(ROOT / named.group(1))


def test_what_is_not_met_or_does_not_apply_says_why():
    assert [
        number for number, _level, _name, state, why in ROWS if state != "met" and (len(why) < 8 or "::" in why)
    ] == []
