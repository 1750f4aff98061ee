"""Shapes of the pack's own files on procedures (JSON Schema 2020-12, checked with the line of each fault)."""

from __future__ import annotations

from typing import Any

from tinhso.law.online_service import REASONS

_TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
_UNIT = {"enum": ["working_day", "day", "working_hour", "month", "year"]}
_WAY: dict[str, Any] = {
    "type": "object",
    "required": ["way", "amount", "unit"],
    "additionalProperties": False,
    "properties": {
        "way": {"enum": ["direct", "online", "post"]},
        "amount": {"type": "number", "minimum": 0, "maximum": 10_000},
        "unit": _UNIT,
        "fee": _TEXT,
        "note": _TEXT,
        "source": _TEXT,
        "case": _TEXT,
    },
}
_COMPONENT: dict[str, Any] = {
    "type": "object",
    "required": ["code", "name", "name_en"],
    "additionalProperties": False,
    "properties": {
        "code": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,40}$"},
        "name": _TEXT,
        "name_en": _TEXT,
        "note": _TEXT,
        "note_en": _TEXT,
        "originals": {"type": "integer", "minimum": 0, "maximum": 1000},
        "copies": {"type": "integer", "minimum": 0, "maximum": 1000},
        "required": {"type": "boolean"},
        "case": _TEXT,
        "group": _TEXT,
        "form_file": _TEXT,
        "satisfied_by": {"type": "array", "minItems": 1, "items": _TEXT},
        "shows": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["pointer", "kind"],
                "additionalProperties": False,
                "properties": {
                    "pointer": {"type": "string", "pattern": "^(/[A-Za-z0-9_-]+)+$"},
                    "kind": {"enum": ["name", "date", "number", "text"]},
                },
            },
        },
    },
}
_RESULT: dict[str, Any] = {
    "type": "object",
    "required": ["name", "name_en"],
    "additionalProperties": False,
    "properties": {
        "code": _TEXT,
        "name": _TEXT,
        "name_en": _TEXT,
        "paper": {"type": "boolean"},
        "valid_months": {"type": "integer", "minimum": 1, "maximum": 1200},
    },
}
_LEGAL: dict[str, Any] = {
    "type": "object",
    "required": ["number"],
    "additionalProperties": False,
    "properties": {"number": _TEXT, "name": _TEXT},
}
_CASE: dict[str, Any] = {
    "type": "object",
    "required": ["code", "name", "name_en"],
    "additionalProperties": False,
    "properties": {"code": _TEXT, "name": _TEXT, "name_en": _TEXT, "condition": _TEXT},
}

_SHARE: dict[str, Any] = {
    "task": _TEXT,
    "task_en": _TEXT,
    "amount": {"type": "number", "minimum": 0, "maximum": 10_000},
    "unit": _UNIT,
    "law": _TEXT,
    "verified": {"type": "boolean"},
    "position": {"type": "integer", "minimum": 0, "maximum": 20},
}
_LINKED: dict[str, Any] = {
    "type": "object",
    "required": ["lead", "parts"],
    "additionalProperties": False,
    "properties": {
        "hand_over": {"enum": ["together", "each"]},
        "lead": {
            "type": "object",
            "required": ["task", "task_en", "amount", "unit"],
            "additionalProperties": False,
            "properties": _SHARE,
        },
        "parts": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["key", "task", "task_en", "amount", "unit", "result"],
                "additionalProperties": False,
                "properties": {
                    **_SHARE,
                    "key": {"type": "string", "pattern": "^[a-z][a-z_]{1,39}$"},
                    "procedure": _TEXT,
                    "result": _RESULT,
                    "result_mark": _TEXT,
                    "result_template": _TEXT,
                    "reads": {"type": "array", "minItems": 1, "items": _TEXT},
                    "fee": {"type": "object"},
                },
            },
        },
    },
}
LOCAL: dict[str, Any] = {
    "type": "object",
    "required": ["code"],
    "additionalProperties": False,
    "properties": {
        "code": {"type": "string", "pattern": r"^\d\.\d{6}(\.[A-Z0-9.]+)?$"},
        "name": _TEXT,
        "name_en": _TEXT,
        "field": _TEXT,
        "field_en": _TEXT,
        "about": _TEXT,
        "about_en": _TEXT,
        "keywords": {"type": "array", "items": _TEXT},
        "popular": {"type": "integer", "minimum": 1, "maximum": 1000},
        "subjects": {"type": "array", "items": _TEXT},
        "online": {"enum": ["full", "partial", "none"]},
        "offline": {
            "type": "object",
            "required": ["reason", "text", "text_en"],
            "additionalProperties": False,
            "properties": {"reason": {"enum": list(REASONS)}, "text": _TEXT, "text_en": _TEXT},
        },
        "central": {
            "type": "object",
            "required": ["system", "system_en", "url"],
            "additionalProperties": False,
            "properties": {
                "system": _TEXT,
                "system_en": _TEXT,
                "url": {"type": "string", "pattern": "^https://[^ ]{4,300}$"},
            },
        },
        "agency": {
            "type": "object",
            "additionalProperties": False,
            "anyOf": [{"required": ["level"]}, {"required": ["code"]}],
            "properties": {
                "level": {"enum": ["province", "district", "commune"]},
                "kind": _TEXT,
                "code": _TEXT,
                "roles": {"type": "object", "additionalProperties": _TEXT},
            },
        },
        "form": _TEXT,
        "flow": _TEXT,
        "ways": {"type": "array", "minItems": 1, "items": _WAY},
        "cases": {"type": "array", "items": _CASE},
        "components": {"type": "array", "items": _COMPONENT},
        "results": {"type": "array", "minItems": 1, "items": _RESULT},
        "legal": {"type": "array", "minItems": 1, "items": _LEGAL},
        "fee": {"type": "object"},
        "linked": _LINKED,
        "result_template": _TEXT,
        "result_mark": _TEXT,
        "valid_from": {"type": "string", "format": "date"},
    },
}
LIFE_EVENTS: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["code", "title", "title_en", "icon"],
        "additionalProperties": False,
        "properties": {
            "code": {"type": "string", "pattern": "^[a-z0-9-]{1,60}$"},
            "title": _TEXT,
            "title_en": _TEXT,
            "hint": _TEXT,
            "hint_en": _TEXT,
            "icon": _TEXT,
            "audience": {"enum": ["people", "business"]},
            "procedures": {"type": "array", "items": _TEXT},
            "fields": {"type": "array", "items": _TEXT},
        },
    },
}
SYNONYMS: dict[str, Any] = {"type": "object", "additionalProperties": {"type": "array", "minItems": 1, "items": _TEXT}}
