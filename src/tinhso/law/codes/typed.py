"""
Dossier codes as people type them by hand into the text of a transfer: small letters, other separators or none, words around them.

A bank glues its own words before and after and takes out what it does not like. So only letters and digits are looked at, and a
code is what an agency that there is, a day that there is and a number make. Several may be read from one text: whether a dossier
bears them is for the caller to see, and two that do are for a person.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date

from tinhso.law.codes.dossiers import DATES, FIELD, DossierCodePattern, read_date

_NO_DATE = date(2000, 1, 1)
MOST = 20
"""Codes read from one text: who writes more names none."""


def typed_codes(text: str, patterns: Iterable[DossierCodePattern], agencies: Collection[str]) -> list[str]:
    """
    Return the dossier codes that a text may name, as the patterns write them, in order; each once, at most MOST.

    A code that runs on into another digit without anything between is a slip, and no code: `…-00012`.
    """
    text = text.upper()
    squeezed = [(letter, place) for place, letter in enumerate(text) if re.match(r"[0-9A-Z]", letter)]
    letters = "".join(letter for letter, _place in squeezed)
    known: dict[str, list[str]] = {}
    for agency in agencies:
        known.setdefault(_bare(agency), []).append(agency)
    lengths = sorted({len(short) for short in known}, reverse=True)
    found: list[str] = []
    for pattern in patterns:
        before, after = _around_agency(pattern)
        for start in range(len(letters)):
            if not letters.startswith(before, start):
                continue
            begin = start + len(before)
            for length in lengths:
                for agency in known.get(letters[begin : begin + length], ()):
                    match = after.match(letters, begin + length)
                    if match is None or _runs_on(text, squeezed, match.end()):
                        continue
                    code = _rendered(pattern, agency, match)
                    if code and code not in found:
                        found.append(code)
        if len(found) >= MOST:
            break
    return found[:MOST]


def _around_agency(pattern: DossierCodePattern) -> tuple[str, re.Pattern[str]]:
    """Return what stands before the agency without separators, and how what comes after it is read."""
    head, _agency, tail = pattern.text.partition("{agency}")
    made, end = "", 0
    for field in FIELD.finditer(tail):
        made += _bare(tail[end : field.start()])
        made += rf"(?P<n>[0-9]{{{field[2]}}})" if field[1] == "n" else rf"(?P<date>[0-9]{{{DATES[field[1]][1]}}})"
        end = field.end()
    return _bare(head), re.compile(made + _bare(tail[end:]))


def _rendered(pattern: DossierCodePattern, agency: str, match: re.Match[str]) -> str:
    parts = match.groupdict()
    if "n" not in parts or int(parts["n"]) < 1:
        return ""
    try:
        on = read_date(pattern.date_field, parts.get("date", "")) or _NO_DATE
        return pattern.render(agency=agency, on=on, number=int(parts["n"]))
    except ValueError:
        return ""


def _runs_on(text: str, squeezed: list[tuple[str, int]], end: int) -> bool:
    last = squeezed[end - 1][1]
    return last + 1 < len(text) and text[last + 1].isdigit()


def _bare(text: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", text.upper())
