"""
Write `provinces/da-nang-2026/organisation/*.csv`: `python tools/make_da_nang.py OLD.csv NEW.csv [FOLDER]`.

OLD.csv lists the units before 01/07/2025, NEW.csv those after with the text of what each was made of (the pack's SOURCE.txt
says where they come from). A name that fits no old unit, or several, becomes a question: a person answers it, no program.
"""

from __future__ import annotations

import csv
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
FACTS = ROOT / "tools" / "da_nang_facts.yaml"
FOLLOWED = ROOT / "provinces" / "quang-nam" / "organisation" / "agencies.csv"
FOLDER = ROOT / "provinces" / "da-nang-2026" / "organisation"
START, LAST, DAY = "2021-01-01", "2025-06-30", "2025-07-01"
CITY, PROVINCE = "48", "49"
COLUMNS: dict[str, tuple[str, ...]] = {
    "agencies": (
        "code", "name", "name_en", "short_name", "kind", "level", "parent", "unit_code", "desk", "field", "phone",
        "address", "email", "old_code", "valid_from", "valid_to", "decision", "illustrative",
    ),
    "successions": ("predecessor", "successor", "kind", "share", "valid_from", "valid_to", "decision"),
    "posts": ("code", "agency", "title", "title_en", "roles", "seats", "valid_from", "valid_to"),
    "officials": ("staff_code", "full_name", "email", "username", "phone", "demo"),
    "tenures": ("post", "staff_code", "valid_from", "valid_to", "decision"),
    "questions": ("key", "kind", "text", "agency", "candidates", "proposal", "evidence"),
    "moves": ("post_from", "post_to", "decision"),
}  # fmt: skip
ENGLISH = {"Thành phố": "City", "Thị xã": "Town", "Quận": "District", "Huyện": "District", "Phường": "Ward",
           "Thị trấn": "Township", "Đặc khu": "Special Zone", "Xã": "Commune"}  # fmt: skip


@dataclass
class Pack:
    """The rows to write, by file, and the agency of each old unit by the unit's code."""

    facts: dict[str, Any]
    rows: dict[str, list[dict[str, str]]] = field(default_factory=lambda: {name: [] for name in COLUMNS})
    old: dict[str, str] = field(default_factory=dict)

    def agency(self, code: str, name: str, name_en: str, kind: str, level: str, **more: str) -> None:
        """Add an agency; every identifier below the root is illustrative."""
        own = {"code": code, "name": name, "name_en": name_en, "kind": kind, "level": level, "illustrative": "true"}
        self.rows["agencies"].append(own | {"valid_from": DAY} | more)

    def posts(self, agency: str, group: str) -> None:
        """Add the posts that agencies of a group have."""
        for key, (title, title_en, roles, seats) in self.facts["posts"][group].items():
            self.rows["posts"].append({
                "code": f"{agency}/{key}", "agency": agency, "title": title, "title_en": title_en, "roles": roles,
                "seats": str(seats), "valid_from": DAY,
            })  # fmt: skip

    def succession(self, before: str, after: str, kind: str, law: str, share: str = "") -> None:
        """Add who took over."""
        self.rows["successions"].append({
            "predecessor": before, "successor": after, "kind": kind, "share": share, "valid_from": DAY,
            "decision": self.facts["law"][law],
        })  # fmt: skip


def sounds(name: str) -> tuple[tuple[str, str], ...]:
    """Return a name as it is read, wherever its marks stand: `Hoà Thuận` and `Hòa Thuận` are one, `Thanh` and `Thành` two."""
    found = []
    for word in name.lower().replace("’", "'").split():
        parts = unicodedata.normalize("NFD", word)
        marks = "".join(sorted(c for c in parts if unicodedata.combining(c)))
        found.append(("".join(c for c in parts if not unicodedata.combining(c)), marks))
    return tuple(found)


def likeness(one: str, other: str) -> float:
    """Return how like two names are, 0 to 1, without spaces, marks and the kind of unit."""

    def bare(name: str) -> str:
        letters = unicodedata.normalize("NFD", re.sub(r"^(xã|phường|thị trấn|huyện) ", "", name.lower()))
        return "".join(c for c in letters if c.isalnum())

    return SequenceMatcher(None, bare(one), bare(other)).ratio()


def english(name: str) -> str:
    """Return the name of a unit in English; marks stay."""
    kind = next(kind for kind in ENGLISH if name.startswith(f"{kind} "))
    return f"{name.removeprefix(kind).strip()} {ENGLISH[kind]}"


def committee(name: str) -> tuple[str, str]:
    """Return the names of the people's committee of a unit."""
    return f"Ủy ban nhân dân {name[0].lower()}{name[1:]}", f"People's Committee of {english(name)}"


def make_city(pack: Pack) -> None:
    """Add the city, its departments and what is below them."""
    name, name_en = committee("Thành phố Đà Nẵng")
    same = {"short_name": "UBND thành phố", "unit_code": CITY, "illustrative": "", "phone": "1022"}
    pack.agency("H17", name, name_en, "committee", "province", valid_from=START, valid_to=LAST, **same)
    pack.agency("H17", name, name_en, "committee", "province", desk="H17.01.05", **same)
    pack.posts("H17", "province")
    pack.succession("H47", "H17", "merger", "merger")
    for number, entry in pack.facts["departments"].items():
        code = f"H17.{number}"
        pack.agency(code, entry["name"], entry["name_en"], entry.get("kind", "department"), "province", parent="H17",
                    unit_code=CITY, short_name=entry["short"], field=entry["field"])  # fmt: skip
        pack.posts(code, "department")
        for before in entry["from"]:
            pack.succession(before, code, "merger", "merger")
    for code, entry in pack.facts["units"].items():
        pack.agency(code, entry["name"], entry["name_en"], entry["kind"], entry.get("level", "province"),
                    parent=code.rpartition(".")[0], unit_code=entry.get("unit", CITY), desk=entry.get("desk", ""),
                    field=entry.get("field", ""))  # fmt: skip
        pack.posts(code, entry["posts"])
        for before in entry["from"]:
            pack.succession(before, code, "merger", "merger")


def make_old_city(pack: Pack, units: Iterable[dict[str, str]]) -> None:
    """Add the city's own districts and communes of before: names for statistics, nobody worked in this system."""
    districts: dict[str, list[dict[str, str]]] = defaultdict(list)
    for unit in units:
        districts[unit["district_code"]].append(unit)
    for number, (code, wards) in enumerate(sorted(districts.items()), start=31):
        parent = pack.old[code] = f"H17.{number}"
        _old(pack, parent, "H17", wards[0]["district"], level="district", unit=code)
        for place, ward in enumerate(sorted(wards, key=lambda one: one["ward_code"]), start=20):
            if ward["ward_code"] != code:
                pack.old[ward["ward_code"]] = f"{parent}.{place}"
                _old(pack, f"{parent}.{place}", parent, ward["ward"], level="commune", unit=ward["ward_code"])


def _old(pack: Pack, code: str, parent: str, name: str, *, level: str, unit: str) -> None:
    full, full_en = committee(name)
    pack.agency(code, full, full_en, "committee", level, parent=parent, unit_code=unit, valid_from=START, valid_to=LAST,
                decision=pack.facts["law"]["communes"])  # fmt: skip


def make_commune(pack: Pack, unit: dict[str, str]) -> str:
    """Add a new commune with its centre and its divisions; return its code."""
    code, name = f"H17.{unit['ward_code']}", unit["ward"]
    full, full_en = committee(name)
    dates = {"unit_code": unit["ward_code"], "decision": pack.facts["law"]["communes"]}
    pack.agency(code, full, full_en, "committee", "commune", parent="H17", desk=f"{code}.01",
                short_name=f"UBND {name[0].lower()}{name[1:]}", **dates)  # fmt: skip
    pack.posts(code, "commune")
    for place, (title, title_en, kind, work, posts) in pack.facts["divisions"].items():
        pack.agency(f"{code}.{place}", f"{title} {name[0].lower()}{name[1:]}", f"{title_en} of {english(name)}", kind,
                    "commune", parent=code, field=work, **dates)  # fmt: skip
        pack.posts(f"{code}.{place}", posts)
    return code


def names_in(text: str) -> list[tuple[str, bool]]:
    """Return the names of old units in the text of a new one, and whether only a part of each is meant."""
    pieces = re.split(r",\s*(?![^(]*\))", text)
    return [(re.sub(r"\s*\(.*\)", "", piece).strip(), "phần" in piece) for piece in pieces if piece.strip()]


@dataclass
class Matching:
    """Old units by name, and what each new one was made of."""

    old: list[dict[str, str]]
    made: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Codes of new units by the code of the old one."""
    open: list[tuple[str, dict[str, str], list[dict[str, str]]]] = field(default_factory=list)
    """Kind, new unit with the name asked for, candidates."""

    def fit(self, name: str) -> list[dict[str, str]]:
        """Return the old units that bear a name."""
        return [unit for unit in self.old if sounds(unit["ward"]) == sounds(name)]

    def take(self, unit: dict[str, str]) -> None:
        """Find what a new unit was made of."""
        text = unit["merged_from_text"]
        names = [(unit["ward"], False)] if text.strip() == "giữ nguyên" else names_in(text)
        districts = {each[0]["district_code"] for name, _part in names if len(each := self.fit(name)) == 1}
        for name, _part in names:
            found = self.fit(name)
            near = [each for each in found if each["district_code"] in districts]
            fits = found if len(found) == 1 else near
            if len(fits) == 1:
                self.made[fits[0]["ward_code"]].append(unit["ward_code"])
            else:
                self.open.append(("ambiguous" if found else "unmatched", unit | {"asked": name}, found))


def make_questions(pack: Pack, matching: Matching) -> None:
    """Put before a person what no program may decide: names that fit none or several, old units that several took over."""
    free = [unit for unit in matching.old if unit["ward_code"] not in matching.made]
    for kind, unit, found in matching.open:
        ranked = sorted(found or free, key=lambda each: -likeness(each["ward"], unit["asked"]))[:5]
        first = ranked[0] if ranked else None
        sure = first is not None and likeness(first["ward"], unit["asked"]) > 0.6  # noqa: PLR2004 - a proposal only
        codes = [pack.old[each["ward_code"]] for each in ranked]
        _ask(pack, kind, f"{unit['ward_code']} {unit['asked']}", text=unit["asked"], agency=f"H17.{unit['ward_code']}",
             candidates=codes, proposal=codes[0] if sure else "",
             why=f"{unit['ward']}: {unit['merged_from_text']}")  # fmt: skip


def _ask(
    pack: Pack, kind: str, key: str, *, text: str, agency: str, candidates: list[str], proposal: str, why: str
) -> None:
    pack.rows["questions"].append({
        "key": key, "kind": kind, "text": text, "agency": agency, "candidates": " ".join(candidates),
        "proposal": proposal, "evidence": why,
    })  # fmt: skip


def make_successions(pack: Pack, matching: Matching) -> None:
    """Add what became of each old commune and each district; who takes a divided one's running cases is asked."""
    into: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for unit in matching.old:
        before = pack.old[unit["ward_code"]]
        takers = matching.made.get(unit["ward_code"], [])
        for taker in takers:
            into[unit["district_code"]][taker] += 1
            share = "" if len(takers) == 1 else _share(1, len(takers))
            kind = "merger" if len(takers) == 1 else "split"
            pack.succession(before, f"H17.{taker}", kind, "communes", share)
        if len(takers) > 1 and worked_here(before):
            codes = [f"H17.{taker}" for taker in takers]
            _ask(pack, "split", f"split {before}", text=unit["ward"], agency=before, candidates=codes, proposal=codes[0],
                 why=", ".join(codes))  # fmt: skip
    for district, counts in sorted(into.items()):
        if district in matching.made:  # it had no communes, and was matched itself
            continue
        whole, before = sum(counts.values()), pack.old[district]
        codes = sorted(counts, key=lambda code: (-counts[code], code))
        for share, taker in zip(_shares([counts[code] for code in codes]), codes, strict=True):
            kind = "split" if len(codes) > 1 else "merger"
            pack.succession(before, f"H17.{taker}", kind, "communes", share if len(codes) > 1 else "")
        if len(codes) == 1 or not worked_here(before):
            continue
        name = next(unit["district"] for unit in matching.old if unit["district_code"] == district)
        why = "; ".join(f"H17.{code}: {counts[code]}/{whole}" for code in codes)
        _ask(pack, "split", f"split {before}", text=name, agency=before, candidates=[f"H17.{code}" for code in codes],
             proposal=f"H17.{codes[0]}", why=why)  # fmt: skip


def worked_here(code: str) -> bool:
    """Tell whether an old unit used the system that goes on: only there are cases in flight to be given to somebody."""
    return code.startswith("H47")


def _share(part: int, whole: int) -> str:
    return f"{float(Fraction(part, whole)):.4f}"


def _shares(counts: list[int]) -> list[str]:
    """Return shares of four decimals that sum to one: the first bears what rounding leaves."""
    found = [round(Fraction(count, sum(counts)) * 10000) for count in counts]
    found[0] += 10000 - sum(found)
    return [f"{each / 10000:.4f}" for each in found]


def make(old: list[dict[str, str]], new: list[dict[str, str]]) -> dict[str, list[dict[str, str]]]:
    """Return all rows of the pack, by file."""
    pack = Pack(yaml.safe_load(FACTS.read_text(encoding="utf-8")))
    with FOLLOWED.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["kind"] == "committee" and row["level"] != "province" and not row["valid_to"]:
                pack.old[row["unit_code"]] = row["code"]
    make_city(pack)
    make_old_city(pack, [unit for unit in old if unit["province_code"] == CITY])
    matching = Matching([unit for unit in old if unit["province_code"] in (CITY, PROVINCE)])
    for unit in new:
        if unit["province_code"] == CITY:
            make_commune(pack, unit)
            matching.take(unit)
    make_questions(pack, matching)
    make_successions(pack, matching)
    pack.rows["moves"] = [
        {"post_from": before, "post_to": after, "decision": "minh họa"} for before, after in pack.facts["moves"]
    ]
    return pack.rows


def write(rows: dict[str, list[dict[str, str]]], folder: Path) -> None:
    """Write the CSV files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, columns in COLUMNS.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n", restval="")
            writer.writeheader()
            writer.writerows(rows[name])


def read(name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with Path(name).open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def main() -> None:
    """Read the units, write the pack, say how much."""
    if len(sys.argv) < 3:  # noqa: PLR2004 - the program and two arguments
        sys.exit(__doc__)
    old = read(sys.argv[1])
    for unit in old:  # a district without communes stands for itself
        unit["ward_code"], unit["ward"] = unit["ward_code"] or unit["district_code"], unit["ward"] or unit["district"]
    rows = make(old, read(sys.argv[2]))
    write(rows, Path(sys.argv[3]) if len(sys.argv) > 3 else FOLDER)  # noqa: PLR2004
    for name in COLUMNS:
        print(f"{name}: {len(rows[name])}")


if __name__ == "__main__":
    main()
