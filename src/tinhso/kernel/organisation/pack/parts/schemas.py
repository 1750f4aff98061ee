"""What `province.yaml` and `calendar.yaml` may hold, as JSON Schema 2020-12."""

from __future__ import annotations

from typing import Any

from tinhso.kernel.organisation.models import ROLES
from tinhso.law.holidays import WEEKDAYS

_TEXT = {"type": "string", "minLength": 1}
_DATE = {"type": "string", "format": "date"}
_BOTH = {
    "type": "object",
    "required": ["vi", "en"],
    "additionalProperties": False,
    "properties": {"vi": _TEXT, "en": _TEXT},
}
_COLOUR = {"type": "string", "pattern": "^#[0-9a-fA-F]{6}$", "description": "#rrggbb"}
_CLOCK = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "description": "07:30"}
_CODE = {"type": "string", "pattern": "^[A-Z][0-9A-Z]{1,9}$", "description": "H47"}


def _block(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "additionalProperties": False, "properties": properties}


def _dated(required: list[str], **properties: Any) -> dict[str, Any]:
    own = {"from": _DATE, "to": _DATE, "decision": _TEXT, "verified": {"type": "boolean"}, **properties}
    return {"type": "array", "minItems": 1, "items": _block(["from", *required], **own)}


_DEADLINE = _dated(
    ["cutoff", "late_reception_shifts", "hand_over"],
    cutoff=_CLOCK,
    late_reception_shifts={"type": "boolean"},
    hand_over={"type": "boolean"},
    cause_within={"type": "integer", "minimum": 1, "maximum": 80},
    warning=_block(
        ["working_days", "percent"],
        working_days={"type": "integer", "minimum": 0},
        percent={"type": "integer", "minimum": 0, "maximum": 100},
    ),
)
_REFORM = _block(
    ["from", "follows", "law", "keeper"],
    **{"from": _DATE},
    follows={"type": "string", "pattern": "^[a-z0-9-]+$", "description": "quang-nam"},
    law={"type": "array", "minItems": 1, "items": _TEXT},
    keeper=_TEXT,
    fields={"type": "object", "additionalProperties": _TEXT},
    procedures=_TEXT,
)
_ACCOUNT = {
    "agency": _TEXT,
    "bin": {"type": "string", "pattern": "^[0-9]{6}$", "description": "970499"},
    "bank": _TEXT,
    "number": {"type": "string", "pattern": "^[0-9A-Za-z]{1,19}$"},
    "holder": _TEXT,
    "profile": _TEXT,
}
_PROFILE = _block(
    ["date_format", "columns"],
    date_format=_TEXT,
    delimiter={"type": "string", "minLength": 1, "maxLength": 1},
    encoding={"enum": ["utf-8", "cp1258", "utf-16"]},
    thousands={"enum": [".", ",", " ", ""]},
    decimal={"enum": [",", "."]},
    columns=_block(
        ["date", "text"],
        date=_TEXT, text=_TEXT, reference=_TEXT, credit=_TEXT, debit=_TEXT, amount=_TEXT,
    ),
)  # fmt: skip
PROVINCE: dict[str, Any] = _block(
    [
        "valid_from", "code", "statistics_code", "name", "name_en", "full_name", "full_name_en", "short", "languages",
        "currency", "hotline", "portal", "address", "theme", "spelling", "tiers", "dossier_code", "deadline",
        "receipt", "filing", "statutes",
    ],
    valid_from=_DATE,
    code=_CODE,
    continues={"type": "array", "items": _CODE},
    reform=_REFORM,
    statistics_code={"type": "string", "pattern": "^[0-9]{2}$", "description": "49"},
    fictional={"type": "boolean"},
    name=_TEXT,
    name_en=_TEXT,
    full_name=_TEXT,
    full_name_en=_TEXT,
    short=_TEXT,
    languages={"type": "array", "minItems": 1, "items": {"enum": ["vi", "en"]}},
    currency={"enum": ["VND"]},
    hotline=_block(["number"], number=_TEXT, email=_TEXT, hours=_BOTH),
    portal=_block(
        ["name", "short", "authority", "desk", "official"],
        name=_BOTH, short=_BOTH, authority=_BOTH, desk=_BOTH, official=_BOTH, domain=_TEXT, logo=_TEXT,
    ),
    address=_BOTH,
    theme={"type": "object", "additionalProperties": _COLOUR},
    spelling={"enum": ["old", "new"]},
    tiers={
        "type": "array",
        "minItems": 1,
        "items": _block(
            ["level", "from", "name"],
            **{"level": {"enum": ["province", "district", "commune"]}, "from": _DATE, "to": _DATE, "name": _BOTH},
        ),
    },
    roles={"type": "object", "additionalProperties": False, "properties": dict.fromkeys(ROLES, _BOTH)},
    dossier_code=_dated(["pattern", "counter"], pattern=_TEXT, counter={"enum": ["day", "year"]}),
    deadline=_DEADLINE,
    receipt=_dated(["base_url"], base_url={"type": "string"}),
    filing=_dated(["online"], online={"type": "boolean"}, where=_BOTH, draft_days={"type": "integer", "minimum": 1}),
    sms=_dated(
        ["notices", "look_up"],
        notices={"type": "boolean"},
        look_up={"type": "boolean"},
        keyword={"type": "string", "pattern": "^[A-Z]{1,10}$"},
        number=_TEXT,
        per_hour={"type": "integer", "minimum": 1, "maximum": 1000},
    ),
    accounts=_dated(list(_ACCOUNT), **_ACCOUNT),
    statement_profiles={"type": "object", "additionalProperties": _PROFILE},
    statutes=_dated(["base"], base={"type": "array", "minItems": 1, "items": _TEXT}),
)  # fmt: skip

_SPAN = {"type": "array", "minItems": 2, "maxItems": 2, "items": _CLOCK}
_SPANS = {"type": "array", "items": _SPAN}
_WEEK = {"type": "object", "additionalProperties": False, "properties": dict.fromkeys(WEEKDAYS, _SPANS)}
_HOURS = _dated(["decision", "week"], week={**_WEEK, "minProperties": 1}, duty=_WEEK)
_DAY = {"date": _DATE, "name": _TEXT, "name_en": _TEXT, "source": _TEXT}
CALENDAR: dict[str, Any] = _block(
    ["valid_from", "hours"],
    valid_from=_DATE,
    hours=_HOURS,
    closed={"type": "array", "items": _block(list(_DAY), **_DAY, to=_DATE)},
    opened={"type": "array", "items": _block(list(_DAY), **_DAY, hours=_SPANS)},
    agencies={"type": "array", "items": _block(["agency", "hours"], agency=_TEXT, hours=_HOURS)},
)
"""Weeks and days are written as `law.holidays` reads them; a day that the province sets names its decision (`source`)."""
