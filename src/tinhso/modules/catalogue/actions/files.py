"""The files of `procedures/` in a province pack, each read once however many ask for it."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.organisation.pack import Fault, Pack

FACTS, LOCAL_FILES = "procedures/facts/*.jsonl", "procedures/*.yaml"
EVENTS_FILE, SYNONYMS_FILE = "procedures/life-events.yaml", "procedures/synonyms.yaml"
BAD_JSON = _("This line is not well-formed JSON: {problem}.")
TWICE = _("Procedure {code} is given twice. Keep one.")


def read_facts(pack: Pack) -> tuple[dict[str, dict[str, Any]], list[Fault]]:
    """Return the national facts by code, and what is wrong with their lines."""
    if "catalogue.facts" in pack.shared:
        return pack.shared["catalogue.facts"]  # type: ignore[no-any-return]
    facts: dict[str, dict[str, Any]] = {}
    faults: list[Fault] = []
    for name in pack.files(FACTS):
        for number, line in enumerate(pack.bytes(name).decode().splitlines(), start=1):
            try:
                row = json.loads(line)
                code = row["code"]
            except (ValueError, KeyError, TypeError) as error:
                faults.append(Fault(name, number, BAD_JSON, {"problem": str(error)}))
                continue
            if code in facts:
                faults.append(Fault(name, number, TWICE, {"code": code}))
            facts[code] = row
    pack.shared["catalogue.facts"] = (facts, faults)
    return facts, faults


def local_files(pack: Pack) -> list[str]:
    """Return the files in which the province says what it adds, one procedure each."""
    return [name for name in pack.files(LOCAL_FILES) if name not in (EVENTS_FILE, SYNONYMS_FILE)]
