"""
Write `provinces/quang-nam/organisation/*.csv` from facts: `python tools/make_quang_nam.py UNITS.json [FOLDER]`.

UNITS.json is the list of administrative units before 01/07/2025 (see the pack's SOURCE.txt). The rest of the facts —
departments, divisions, which communes the mergers of 01/01/2025 ended, the invented cast — stand in the file below.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
FACTS = ROOT / "tools" / "quang_nam_facts.yaml"
FOLDER = ROOT / "provinces" / "quang-nam" / "organisation"
START = "2021-01-01"
BEFORE_MERGERS, MERGERS = "2024-12-31", "2025-01-01"
DECISION = "NQ 1241/NQ-UBTVQH15"
PROVINCE = "49"
POLICE, INSURANCE = "H47.90", "H47.91"
"""Where the agencies of ministries in the area are listed; they stand under their ministries, not under the province."""
COLUMNS: dict[str, tuple[str, ...]] = {
    "agencies": (
        "code", "name", "name_en", "short_name", "kind", "level", "parent", "unit_code", "desk", "field", "phone",
        "address", "email", "old_code", "valid_from", "valid_to", "decision", "illustrative",
    ),
    "successions": ("predecessor", "successor", "kind", "valid_from", "valid_to", "decision"),
    "posts": ("code", "agency", "title", "title_en", "roles", "seats", "valid_from", "valid_to"),
    "officials": ("staff_code", "full_name", "email", "username", "phone", "demo"),
    "tenures": ("post", "staff_code", "valid_from", "valid_to", "decision"),
}  # fmt: skip
KINDS_EN = {"Tỉnh": "Province", "Thành phố": "City", "Thị xã": "Town", "Huyện": "District", "Phường": "Ward",
            "Thị trấn": "Township", "Xã": "Commune"}  # fmt: skip


@dataclass
class Pack:
    """The rows to write, by file."""

    facts: dict[str, Any]
    rows: dict[str, list[dict[str, str]]] = field(default_factory=lambda: {name: [] for name in COLUMNS})

    def agency(self, code: str, name: str, name_en: str, kind: str, level: str, **more: str) -> None:
        """Add an agency; every identifier below the root is illustrative."""
        own = {"code": code, "name": name, "name_en": name_en, "kind": kind, "level": level, "valid_from": START}
        self.rows["agencies"].append(own | {"illustrative": "true"} | more)

    def posts(self, agency: str, group: str, start: str = START, end: str = "") -> None:
        """Add the posts that agencies of a group have."""
        for key, (title, title_en, roles, seats) in self.facts["posts"][group].items():
            self.rows["posts"].append({
                "code": f"{agency}/{key}", "agency": agency, "title": title, "title_en": title_en, "roles": roles,
                "seats": str(seats), "valid_from": start, "valid_to": end,
            })  # fmt: skip

    def succession(self, before: str, after: str, kind: str) -> None:
        """Add who took over on the day of the mergers."""
        self.rows["successions"].append(
            {"predecessor": before, "successor": after, "kind": kind, "valid_from": MERGERS, "decision": DECISION}
        )


def english(name: str) -> str:
    """Return the name of a unit in English: `Phường Minh An` → `Minh An Ward`; marks stay, as in official English."""
    for kind, word in KINDS_EN.items():
        if name.startswith(f"{kind} "):
            return f"{name.removeprefix(kind).strip()} {word}"
    raise ValueError(name)


def committee(name: str) -> tuple[str, str]:
    """Return the names of the people's committee of a unit."""
    return f"Ủy ban nhân dân {name[0].lower()}{name[1:]}", f"People's Committee of {english(name)}"


def make_province(pack: Pack) -> None:
    """Add the province's committee, its departments with their divisions, and the centre."""
    name, name_en = committee("Tỉnh Quảng Nam")
    pack.agency("H47", name, name_en, "committee", "province", short_name="UBND tỉnh", unit_code=PROVINCE,
                desk="H47.01.05", illustrative="", phone="1022")  # fmt: skip
    pack.posts("H47", "province")
    for number, entry in pack.facts["departments"].items():
        code = f"H47.{number}"
        kind = entry.get("kind", "department")
        pack.agency(code, entry["name"], entry["name_en"], kind, "province", parent="H47", unit_code=PROVINCE,
                    short_name=entry.get("short", ""), field=entry["field"])  # fmt: skip
        pack.posts(code, entry.get("posts", "department"))
        for place, division in entry.get("divisions", {}).items():
            below = f"{code}.{place}"
            pack.agency(below, division["name"], division["name_en"], division.get("kind", "division"),
                        "province", parent=code, unit_code=PROVINCE, field=division.get("field", ""))  # fmt: skip
            pack.posts(below, division.get("posts", "division"))


def make_district(pack: Pack, number: int, unit: dict[str, Any], ends: str = "") -> str:
    """Add a district's committee, its divisions, its desk, its land registration branch; return its code."""
    code, name = f"H47.{number}", unit["FullName"]
    urban = not name.startswith("Huyện")
    dates = {"unit_code": unit["Code"], "valid_to": ends, "decision": DECISION if ends else ""}
    full, full_en = committee(name)
    pack.agency(code, full, full_en, "committee", "district", parent="H47", short_name=f"UBND {name[0].lower()}{name[1:]}",
                desk=f"{code}.15", **dates)  # fmt: skip
    pack.posts(code, "district", end=ends)
    for place, entry in pack.facts["district_divisions"].items():
        word = entry["urban" if urban else "rural"] if "urban" in entry else entry["any"]
        below, kind = f"{code}.{place}", entry.get("kind", "division")
        pack.agency(below, f"{word[0]} {name[0].lower()}{name[1:]}", f"{word[1]} of {english(name)}", kind, "district",
                    parent=code, field=entry.get("field", ""), **dates)  # fmt: skip
        pack.posts(below, entry.get("posts", "division"), end=ends)
    branch = f"H47.12.04.{number}"
    pack.agency(branch, f"Chi nhánh Văn phòng Đăng ký đất đai {name[0].lower()}{name[1:]}",
                f"Land Registration Branch of {english(name)}", "branch", "district", parent="H47.12.04",
                desk=f"{code}.15", field="land-registration", **dates)  # fmt: skip
    pack.posts(branch, "branch", end=ends)
    insurance = f"{INSURANCE}.{number}"
    pack.agency(insurance, f"Bảo hiểm xã hội {name[0].lower()}{name[1:]}", f"Social Insurance of {english(name)}",
                "vertical", "district", parent=INSURANCE, desk=f"{code}.15", field="social-insurance",
                **dates)  # fmt: skip
    pack.posts(insurance, "insurance", end=ends)
    return code


def make_commune(pack: Pack, code: str, unit: dict[str, str], start: str = START, end: str = "") -> None:
    """Add a commune's committee and its desk."""
    name = unit["FullName"]
    full, full_en = committee(name)
    changed = start != START or bool(end)
    dates = {"unit_code": unit["Code"], "valid_from": start, "valid_to": end, "decision": DECISION if changed else ""}
    pack.agency(code, full, full_en, "committee", "commune", parent=code.rpartition(".")[0],
                short_name=f"UBND {name[0].lower()}{name[1:]}", desk=f"{code}.01", **dates)  # fmt: skip
    pack.posts(code, "commune", start, end)
    pack.agency(f"{code}.01", f"Bộ phận Tiếp nhận và Trả kết quả {name[0].lower()}{name[1:]}",
                f"One-stop desk of {english(name)}", "desk", "commune", parent=code, **dates)  # fmt: skip
    pack.posts(f"{code}.01", "desk", start, end)
    # listed under the provincial police, and received for at the desk of the ward (NĐ 61/2018/NĐ-CP Đ.7, Đ.8)
    police = _police(code)
    pack.agency(police, f"Công an {name[0].lower()}{name[1:]}", f"Police of {english(name)}", "vertical", "commune",
                parent=POLICE, desk=f"{code}.01", field="police", **dates)  # fmt: skip
    pack.posts(police, "police", start, end)


def _police(commune: str) -> str:
    """Return the code of a commune's police."""
    return f"{POLICE}.{commune.removeprefix('H47.')}"


def make_districts(pack: Pack, districts: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Add the districts of the list, with their communes; return the code of each unit that stands today."""
    codes: dict[str, str] = {}
    new = pack.facts["new_communes"]
    for number, unit in enumerate(sorted(districts, key=lambda unit: unit["Code"]), start=31):
        code = codes[unit["Code"]] = make_district(pack, number, unit)
        for place, ward in enumerate(sorted(unit["Ward"], key=lambda ward: ward["Code"]), start=20):
            codes[ward["Code"]] = f"{code}.{place}"
            before = pack.facts["renamed_communes"].get(ward["Code"])
            if before:
                make_commune(pack, codes[ward["Code"]], {**ward, "FullName": before}, end=BEFORE_MERGERS)
            fresh = before or ward["Code"] in new or ward["Code"] in pack.facts["moved_communes"]
            make_commune(pack, codes[ward["Code"]], ward, start=MERGERS if fresh else START)
    return codes


def make_ended(pack: Pack, codes: dict[str, str]) -> None:
    """Add what the mergers of 01/01/2025 ended: one district, the communes merged, those that changed district."""
    gone = pack.facts["ended_district"]
    old = make_district(pack, 48, {"Code": gone["code"], "FullName": gone["name"]}, BEFORE_MERGERS)
    pack.succession(old, codes[gone["into"]], "merger")
    pack.succession("H47.12.04.48", f"H47.12.04.{codes[gone['into']].rpartition('.')[2]}", "merger")
    pack.succession(f"{INSURANCE}.48", f"{INSURANCE}.{codes[gone['into']].rpartition('.')[2]}", "merger")
    for place, (unit, name) in enumerate(pack.facts["moved_communes"].items(), start=20):
        make_commune(pack, f"{old}.{place}", {"Code": unit, "FullName": name}, end=BEFORE_MERGERS)
        pack.succession(f"{old}.{place}", codes[unit], "transfer")
        pack.succession(_police(f"{old}.{place}"), _police(codes[unit]), "transfer")
    places: Counter[str] = Counter()
    for entry in pack.facts["ended_communes"]:
        parent = old if entry["district"] == gone["code"] else codes[entry["district"]]
        code = f"{parent}.{60 + places[parent]}"
        places[parent] += 1
        make_commune(pack, code, {"Code": entry["code"], "FullName": entry["name"]}, end=BEFORE_MERGERS)
        pack.succession(code, codes[entry["into"]], "merger")
        pack.succession(_police(code), _police(codes[entry["into"]]), "merger")


def make_post_offices(pack: Pack) -> None:
    """Add the post offices whose people receive for a desk."""
    for code, entry in pack.facts["post_offices"].items():
        pack.agency(code, entry["name"], entry["name_en"], "postal", "commune", parent=entry["parent"],
                    unit_code=entry["unit"], desk=entry["desk"])  # fmt: skip
        pack.posts(code, "postal")


def make_cast(pack: Pack) -> None:
    """Add the invented officials and what they hold."""
    for staff, entry in pack.facts["cast"].items():
        username = entry["username"]
        pack.rows["officials"].append({
            "staff_code": staff, "full_name": entry["name"], "email": f"{username}@quangnam.example",
            "username": username, "demo": "true",
        })  # fmt: skip
        for post in entry["posts"]:
            pack.rows["tenures"].append(
                {"post": post, "staff_code": staff, "valid_from": "2021-07-01", "decision": "minh họa"}
            )


def make(units: list[dict[str, Any]]) -> dict[str, list[dict[str, str]]]:
    """Return all rows of the pack, by file."""
    facts = yaml.safe_load(FACTS.read_text(encoding="utf-8"))
    pack = Pack(facts)
    province = next(unit for unit in units if unit["Code"] == PROVINCE)
    make_province(pack)
    codes = make_districts(pack, province["District"])
    make_ended(pack, codes)
    make_post_offices(pack)
    make_cast(pack)
    return pack.rows


def write(rows: dict[str, list[dict[str, str]]], folder: Path) -> None:
    """Write the CSV files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, columns in COLUMNS.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n", restval="")
            writer.writeheader()
            writer.writerows(rows[name])


def main() -> None:
    """Read the units, write the pack, say how much."""
    if len(sys.argv) < 2:  # noqa: PLR2004 - the program and one argument
        sys.exit(__doc__)
    rows = make(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    write(rows, Path(sys.argv[2]) if len(sys.argv) > 2 else FOLDER)  # noqa: PLR2004
    for name in COLUMNS:
        print(f"{name}: {len(rows[name])}")


if __name__ == "__main__":
    main()
