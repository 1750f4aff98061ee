"""The forms of every pack in this repository, and a small form in which each kind of question occurs."""

import json
from datetime import date

from django.conf import settings

from tinhso.kernel.forms.definition import FormDefinition, parse_form

ON = date(2022, 11, 28)
FILES = sorted(settings.ROOT.glob("provinces/*/forms/[0-9]*.json"))


def form_of(path) -> FormDefinition:
    common = path.with_name("_common.json")
    shared = json.loads(common.read_text()) if common.exists() else {}
    return parse_form(path.stem, json.loads(path.read_text()), common=shared)


def words(vi, en, **more):
    return {"title": vi, "x-title-en": en, **more}


def small(**over):
    """A form with every kind of question; `over` replaces top-level keywords."""
    return {
        **words("Đơn thử", "Trial form"),
        "x-procedure": "T.1",
        "type": "object",
        "properties": {
            "me": {
                "type": "object",
                **words("Về bạn", "About you"),
                "properties": {
                    "name": {"type": "string", **words("Họ tên", "Name"), "minLength": 2, "maxLength": 20},
                    "born_on": {
                        "type": "string",
                        "x-widget": "date",
                        **words("Ngày sinh", "Born on"),
                        "x-max": "today",
                    },
                    "died": {"type": "string", "x-widget": "partial-date", **words("Năm mất", "Died")},
                    "number": {"type": "string", "x-widget": "citizen-number", **words("Số định danh", "Number")},
                    "phone": {"type": "string", "x-widget": "phone", **words("Điện thoại", "Phone")},
                    "email": {"type": "string", "x-widget": "email", **words("Thư điện tử", "E-mail")},
                    "tax": {"type": "string", "x-widget": "tax-code", **words("Mã số thuế", "Tax code")},
                    "colour": {
                        "type": "string",
                        **words("Màu", "Colour"),
                        "oneOf": [{"const": "red", **words("Đỏ", "Red")}, {"const": "blue", **words("Xanh", "Blue")}],
                    },
                    "shade": {"type": "string", **words("Sắc", "Shade"), "x-when": "this.colour == 'red'"},
                    "agrees": {"type": "boolean", **words("Đồng ý", "Agrees")},
                    "notes": {"type": "string", "x-widget": "textarea", **words("Ghi chú", "Notes"), "maxLength": 500},
                },
                "required": ["name", "born_on", "colour", "shade", "agrees"],
            },
            "things": {
                "type": "object",
                **words("Đồ đạc", "Things"),
                "properties": {
                    "list": {
                        "type": "array",
                        **words("Các món", "Items"),
                        "x-item": {"vi": "Món", "en": "Item"},
                        "maxItems": 3,
                        "items": {
                            "type": "object",
                            "properties": {
                                "what": {"type": "string", **words("Món gì", "What")},
                                "area": {"type": "number", **words("Diện tích", "Area"), "minimum": 0},
                                "why": {"type": "string", **words("Vì sao", "Why"), "x-when": "item.area > 10.0"},
                            },
                            "required": ["what", "area", "why"],
                        },
                    },
                    "sum": {"type": "number", **words("Tổng", "Total"), "x-compute": "total(this.list.map(i, i.area))"},
                    "price": {"type": "integer", "x-widget": "money", **words("Giá", "Price"), "maximum": 2000000},
                    "tags": {
                        "type": "array",
                        "x-widget": "checkboxes",
                        **words("Nhãn", "Tags"),
                        "items": {
                            "type": "string",
                            "oneOf": [{"const": "a", **words("A", "A")}, {"const": "b", **words("B", "B")}],
                        },
                    },
                    "paper": {"type": "string", "x-widget": "file", **words("Giấy tờ", "Paper")},
                    "photos": {
                        "type": "array",
                        "x-widget": "file",
                        **words("Ảnh", "Photos"),
                        "items": {"type": "string"},
                    },
                },
                "required": ["list"],
            },
            "blue": {
                "type": "object",
                **words("Phần xanh", "Blue part"),
                "x-when": "me.colour == 'blue'",
                "properties": {"tone": {"type": "string", **words("Tông", "Tone")}},
                "required": ["tone"],
            },
        },
        "required": ["me", "things", "blue"],
        "x-rules": [
            {
                "check": "age_on(me.born_on, today) >= 18",
                "at": "/me/born_on",
                "message": {"vi": "Bạn phải từ đủ 18 tuổi", "en": "You must be 18 or older"},
                "law": "Bộ luật Dân sự 91/2015/QH13 Đ.20",
            }
        ],
        **over,
    }


def small_form(**over) -> FormDefinition:
    return parse_form("T.1", small(**over))


GOOD = {
    "me": {"name": "Trần Thị Tư", "born_on": "1960-02-29", "colour": "red", "shade": "thẫm", "agrees": True},
    "things": {"list": [{"what": "Bàn", "area": 1.5}], "price": 1500000},
}
