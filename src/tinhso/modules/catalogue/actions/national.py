"""
Read the national portal's records of procedures (crawled pages, raw or parsed) into facts for a pack.

Facts are what a form or a clock needs: code, name, field, level, ways with limits and fees, papers, results, legal bases.
Long prose (steps, conditions, notes) stays out. Unknown stays empty, never 0; a number without a unit stays "unspecified".
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tinhso.base.text import fold, nfc
from tinhso.law.fees import read_national_fee

LEVELS = {"Cấp bộ": "ministry", "Cấp tỉnh": "province", "Cấp huyện": "district", "Cấp xã": "commune"}
WAYS = {"Trực tiếp": "direct", "Trực tuyến": "online", "Dịch vụ bưu chính": "post"}
UNITS = {
    "Ngày làm việc": "working_day",
    "Ngày": "day",
    "Giờ làm việc": "working_hour",
    "Giờ": "hour",
    "Tháng": "month",
    "Năm": "year",
}
PEOPLE = ("Công dân Việt Nam", "Người Việt Nam định cư ở nước ngoài", "Người nước ngoài")
BUSINESS = ("Doanh nghiệp", "Hợp tác xã")
NOTHING = "Không có thông tin"
COUNCIL = re.compile(r"(?i)h[đd]nd|hội đồng nhân dân")
MONEY = re.compile(r"(\d{1,3}(?:[.,]\d{3})+|\d+)\s*(?:VNĐ|Việt Nam Đồng|đồng|đ)\b", re.IGNORECASE)
CENTRAL = re.compile(r"(?i)hải quan|thuế|kho bạc|ngân hàng nhà nước|bảo hiểm xã hội|thi hành án|tòa án|toà án|cảng vụ")
"""Branches of ministries and courts: no people's committee stands behind them, whatever level the portal files them under."""
COMMUNAL = re.compile(r"(?i)\b(?:cấp|nhân dân|UBND|công an) xã\b|xã, phường|thị trấn")
LOCAL_LEVELS = ("commune", "district")
NAME_LIMIT = 260
HEADING_LIMIT = 200
RAW_WAY = re.compile(
    r"(Trực tiếp|Trực tuyến|Dịch vụ bưu chính)(?:(\d+(?:[.,]\d+)?)\s*(Ngày làm việc|Ngày|Giờ làm việc|Giờ|Tháng|Năm)?|"
    + NOTHING
    + r")?(.*?)(?=(?:Trực tiếp|Trực tuyến|Dịch vụ bưu chính)(?:\d|"
    + NOTHING
    + r")|$)",
    re.DOTALL,
)
RAW_COUNT = re.compile(r"(\d+) bản (chính|sao)(?:,\s*(\d+) bản sao)?")
RAW_HEAD = "Tên giấy tờMẫu đơn, tờ khaiSố lượng"
RAW_RESULT = re.compile(r"(.+?)Mã:\s*(KQ\.[GH]\d{2}\.\d{6}|[A-Z0-9.]*-?KQ\d{4,6}|[A-Z][A-Z0-9.\-]*\d{3,}|)", re.DOTALL)
RAW_TAIL = re.compile(r"Từ khóa.*$", re.DOTALL)


def read_records(file: Path) -> Iterator[dict[str, Any]]:
    """Read records from .jsonl, .json, or either gzipped. Raises ValueError naming the line that is not JSON."""
    opener = gzip.open if file.suffix == ".gz" else open
    with opener(file, "rt", encoding="utf-8") as stream:
        if file.name.removesuffix(".gz").endswith(".json"):
            whole = json.load(stream)
            yield from whole if isinstance(whole, list) else [whole]
            return
        for number, line in enumerate(stream, start=1):
            if line.strip():
                try:
                    yield json.loads(line)
                except json.JSONDecodeError as error:
                    raise ValueError(f"{file.name}:{number}: {error.msg}") from error


def to_facts(record: dict[str, Any]) -> dict[str, Any]:
    """Return the facts of one record, whichever of the two shapes it has."""
    return _from_raw(record) if "ma_thu_tuc" in record else _from_parsed(record)


def _from_parsed(record: dict[str, Any]) -> dict[str, Any]:
    return _facts(
        code=record["code"],
        name=record["name"],
        field=record.get("field", ""),
        kind=record.get("type", ""),
        decision=record.get("decision", ""),
        levels=record.get("levels", []),
        subjects=record.get("subjects", []),
        implementing=record.get("implementing", ""),
        competent=record.get("competent_authority", ""),
        ways=[_way(w["way"], w.get("time"), w.get("unit"), w.get("fees") or []) for w in record.get("ways", [])],
        cases=record.get("cases", []),
        results=record.get("results", []),
        legal=record.get("legal", []),
        source=record.get("source_url", ""),
    )


def _from_raw(record: dict[str, Any]) -> dict[str, Any]:
    ways = [
        _way(WAYS[way], amount or None, UNITS.get(unit or "", "unspecified") if amount else None, [_raw_fee(fee)])
        for way, amount, unit, fee in RAW_WAY.findall(_after(record.get("cach_thuc_thuc_hien"), "Mô tả"))
    ]
    legal = [{"number": "", "name": text} for text in _listed(record.get("can_cu_phap_ly"))]
    return _facts(
        code=record["ma_thu_tuc"],
        name=record["ten_thu_tuc"],
        field=_known(record.get("linh_vuc")),
        kind=_known(record.get("loai_thu_tuc")),
        decision=_known(record.get("so_quyet_dinh")),
        levels=_split(record.get("cap_thuc_hien")),
        subjects=_subjects(record.get("doi_tuong_thuc_hien")),
        implementing=_known(record.get("co_quan_thuc_hien")),
        competent=_known(record.get("co_quan_co_tham_quyen")),
        ways=ways,
        cases=list(_raw_cases(_known(record.get("thanh_phan_ho_so")))),
        results=_raw_results(_known(record.get("ket_qua_xu_ly"))),
        legal=legal,
        source=record.get("detail_url", ""),
    )


def _facts(
    *,
    code: str,
    name: str,
    field: str,
    kind: str,
    decision: str,
    levels: Iterable[str],
    subjects: Iterable[str],
    implementing: str,
    competent: str,
    ways: list[dict[str, Any]],
    cases: Iterable[dict[str, Any]],
    results: Iterable[dict[str, Any]],
    legal: Iterable[dict[str, Any]],
    source: str,
) -> dict[str, Any]:
    return _without_empty(
        {
            "code": code.strip(),
            "name": nfc(name),
            "field": nfc(field),
            "levels": [LEVELS.get(level, "other") for level in levels],
            "subjects": [nfc(subject) for subject in subjects],
            "decision": nfc(decision),
            "kind": nfc(kind),
            "implementing": nfc(implementing)[:300],
            "competent": nfc(competent)[:300],
            "ways": ways,
            "cases": [case for case in (_case(case) for case in cases) if case.get("components")],
            "results": [
                _without_empty({"code": nfc(r.get("code") or ""), "name": _short(r["name"])})
                for r in results
                if nfc(r.get("name") or "")
            ],
            "legal": [_legal(nfc(b.get("number") or ""), b.get("name") or "") for b in legal],
            "source": source,
        }
    )


def _way(way: str, amount: Any, unit: str | None, fees: list[dict[str, Any]]) -> dict[str, Any]:
    said = [str(fee.get("text", "")) for fee in fees if fee.get("text") and fee["text"] != NOTHING]
    notes = " ".join(f"{fee.get('text', '')} {fee.get('note', '')}" for fee in fees)
    money = [int(re.sub(r"\D", "", found)) for text in said for found in MONEY.findall(text)]
    return _without_empty(
        {
            "way": way,
            "amount": float(str(amount).replace(",", ".")) if amount not in (None, "") else None,
            "unit": {"hour": "working_hour"}.get(unit or "", unit) if amount not in (None, "") else None,
            "vnd": money,
            "free": bool(said) and all(_is_free(fee) for fee in fees),
            "council": bool(COUNCIL.search(notes)),
        }
    )


def _is_free(fee: dict[str, Any]) -> bool:
    rule = read_national_fee(str(fee.get("text", "")), str(fee.get("note") or ""))
    return rule is not None and not any(amount.value for item in rule.items for amount in item.amounts)


def _legal(number: str, name: str) -> dict[str, Any]:
    """Return a legal basis: its number finds it anywhere; its name is kept only where no number could be separated."""
    return {"number": number} if number else {"name": _short(name)}


def _case(case: dict[str, Any]) -> dict[str, Any]:
    rows = []
    for row in case.get("components", []):
        if not nfc(row.get("name") or ""):
            continue
        counted = row.get("originals") or row.get("copies")
        if not counted and len(row["name"]) > HEADING_LIMIT:  # a note, not a heading
            continue
        rows.append(
            _without_empty(
                {
                    "name": _short(row["name"]),
                    "originals": row.get("originals", 0),
                    "copies": row.get("copies", 0),
                    "form_files": row.get("form_files", []),
                }
            )
        )
    return _without_empty({"name": _short(case.get("title") or case.get("name", "")), "components": rows})


def _raw_fee(text: str) -> dict[str, Any]:
    """Return the amount and, apart, the note that follows it in brackets."""
    amount, bracket, note = text.partition("(")
    return {"text": amount.strip(), "note": bracket + note}


def _raw_cases(text: str) -> Iterator[dict[str, Any]]:
    parts = text.split(RAW_HEAD)
    titles = [parts[0].strip()]
    for part in parts[1:]:
        rows, end = [], 0
        for match in RAW_COUNT.finditer(part):
            name = part[end : match.start()].strip()
            originals = int(match[1]) if match[2] == "chính" else 0
            copies = int(match[3] or 0) if match[2] == "chính" else int(match[1])
            rows.append({"name": name, "originals": originals, "copies": copies})
            end = match.end()
        yield {"title": titles[-1], "components": [row for row in rows if row["name"]]}
        titles.append(part[end:].strip())


def _raw_results(text: str) -> list[dict[str, Any]]:
    return [{"name": name.strip(), "code": code} for name, code in RAW_RESULT.findall(RAW_TAIL.sub("", text))]


def _subjects(text: Any) -> list[str]:
    """Split at commas outside brackets: "Tổ chức (không bao gồm doanh nghiệp, HTX)" is one subject."""
    return [part.strip() for part in re.split(r",(?![^(]*\))", _known(text)) if part.strip()]


def _split(text: Any) -> list[str]:
    return [part.strip() for part in _known(text).split(",") if part.strip()]


def _listed(text: Any) -> list[str]:
    body = _after(text, "Mã văn bản")
    return [
        part.strip()
        for part in re.split(r"(?<=[A-ZĐ]{2})(?=[A-ZĐ][a-zà-ỹ])|(?<=QH\d\d)(?=[A-ZĐ])", body)
        if part.strip()
    ]


def _after(text: Any, mark: str) -> str:
    return _known(text).partition(mark)[2]


def _known(text: Any) -> str:
    return "" if text is None or str(text).strip() == NOTHING else str(text)


def _short(text: str) -> str:
    """Return a name, cut at a sentence or a word when it is prose rather than a name."""
    plain = nfc(text)
    if len(plain) <= NAME_LIMIT:
        return plain
    cut = plain[:NAME_LIMIT]
    return cut[: max(cut.rfind(". ") + 1, cut.rfind(" "))].rstrip(" ,;") + " …"


def _without_empty(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value not in (None, "", [], {}, False, 0)}


def levels_text(facts: dict[str, Any]) -> str:
    """Return the levels as the table keeps them, each between spaces."""
    said = [_level(level, facts) for level in facts.get("levels", [])]
    return f" {' '.join(dict.fromkeys(said))} "


def _level(level: str, facts: dict[str, Any]) -> str:
    """Return the level that settles it: the portal files regional customs and tax offices under communes."""
    named = f"{facts.get('implementing', '')} {facts.get('competent', '')}".strip() or facts.get("field", "")
    central = CENTRAL.search(named) and not COMMUNAL.search(named)
    return "other" if level in LOCAL_LEVELS and central else level


def subjects_text(facts: dict[str, Any]) -> str:
    """Return who it is for, in three classes (F766: "people" are citizens, Vietnamese abroad and foreigners)."""
    said = facts.get("subjects", [])
    kinds = {
        "people": any(subject.startswith(PEOPLE) for subject in said),
        "business": any(subject.startswith(BUSINESS) for subject in said),
    }
    found = [kind for kind, fits in kinds.items() if fits] or ["other"]
    return f" {' '.join(found)} "


def slug(text: str) -> str:
    """Return a slug without marks."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")[:110]
