"""One answer: as it is typed, as it is kept, as it is shown. What cannot be read is kept as typed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from tinhso.kernel.forms import formats
from tinhso.kernel.forms.asked import clean_text
from tinhso.kernel.forms.definition import Field
from tinhso.kernel.forms.lookups import label_of
from tinhso.kernel.forms.words import language
from tinhso.web.words import phone

MAX_DIGITS: Final = 15
_UNIT_AFTER = re.compile(r"(?:đồng|đ|vnđ|vnd|m2|m²|m|ha|%)\.?$", re.IGNORECASE)
_ISO_SHAPE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WHOLE_DATE = re.compile(r"([0-9]{1,2})[/.\- ]([0-9]{1,2})[/.\- ]([0-9]{4})")


@dataclass(frozen=True, slots=True)
class FileShown:
    """A stored document as a form shows it."""

    id: str
    name: str
    size_bytes: int = 0
    href: str = ""


Files = Mapping[str, FileShown]


def read_number(text: str, *, whole: bool, lang: str) -> int | float | str:
    """Return the number that was typed with Vietnamese or English separators; the words as typed when it is none."""
    bare = _UNIT_AFTER.sub("", text.strip()).replace(" ", "").replace(" ", "")
    comma, dot = (".", ",") if lang == "en" else (",", ".")
    plain: str | None = None
    if re.fullmatch(rf"-?[0-9]{{1,3}}(?:[{re.escape(dot)}][0-9]{{3}})+(?:[{re.escape(comma)}][0-9]+)?", bare):
        plain = bare.replace(dot, "").replace(comma, ".")
    elif re.fullmatch(r"-?[0-9]{1,3}(?:[.,][0-9]{3})+", bare) and whole:
        plain = re.sub(r"[.,]", "", bare)
    elif re.fullmatch(r"-?[0-9]+(?:[.,][0-9]+)?", bare):
        plain = bare.replace(",", ".")
    if plain is None or sum(c.isdigit() for c in plain) > MAX_DIGITS:
        return text
    value = float(plain)
    if value.is_integer():
        return int(value)
    return text if whole else value


def show_number(value: Any) -> str:
    """Return a number as it is written in the reader's language: 1.500,5 or 1,500.5."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    text = f"{value:,.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"
    return text if language() == "en" else text.translate(str.maketrans(",.", ".,"))


def read_date(day: str, month: str, year: str, *, partial: bool) -> str | None:
    """Return an ISO date from three boxes; `d/m/y` as typed when it is none; None when nothing was typed."""
    parts = [clean_text(part).replace("/", " ").strip()[:20] for part in (day, month, year)]
    if (whole := _WHOLE_DATE.fullmatch(clean_text(day))) and not parts[1] and not parts[2]:
        parts = [whole[1], whole[2], whole[3]]
    if not any(parts):
        return None
    kept = [part.zfill(2) if re.fullmatch(r"[0-9]{1,2}", part) else part for part in reversed(parts)]
    while partial and len(kept) > 1 and not kept[-1]:
        kept.pop()
    iso = "-".join(kept)
    if (formats.is_partial_date if partial else formats.is_date)(iso):
        return iso
    return "/".join(parts)


def as_typed(value: Any) -> tuple[str, str, str]:
    """Return the three boxes (day, month, year) of a kept date, whether it is one or not."""
    text = value if isinstance(value, str) else ""
    if formats.is_partial_date(text) or _ISO_SHAPE.fullmatch(text):
        parts = [*text.split("-"), "", ""]
        return parts[2].lstrip("0"), parts[1].lstrip("0"), parts[0]
    day, month, year, *_rest = [*text.split("/"), "", "", ""]
    return day, month, year


def show_date(text: str) -> str:
    """Return 17/11/2022, 11/2022 or 2022 for a kept date; what was typed otherwise."""
    return "/".join(reversed(text.split("-"))) if formats.is_partial_date(text) else text


def show_size(size_bytes: int) -> str:
    """Return a size people can read, with a no-break space: 840 KB, 1,8 MB."""
    if size_bytes < 1024 * 1024:
        return f"{max(1, round(size_bytes / 1024))}\u00a0KB"
    return f"{show_number(round(size_bytes / 1024 / 1024, 1))}\u00a0MB"


def show(field: Field, value: Any, *, on: date, files: Files | None = None) -> str:
    """Return an answer as words in the reader's language; empty for none."""
    if isinstance(value, list):
        return "; ".join(show(field, each, on=on, files=files) for each in value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, int | float):
        return _with_unit(field, show_number(value))
    return _show_text(field, str(value), on, files or {}) if value not in (None, "") else ""


def _show_text(field: Field, text: str, on: date, files: Files) -> str:
    if field.choices:
        return next((str(choice.label) for choice in field.choices if choice.value == text), text)
    if field.widget in {"date", "partial-date"}:
        return show_date(text)
    if field.widget == "phone":
        return phone(text)
    if field.widget == "file":
        return _file(text, files)
    return str((label_of(field.lookup, text, on) if field.lookup else None) or text)


def _file(identifier: str, files: Files) -> str:
    known = files.get(identifier)
    if known is None:
        return _("File attached")
    return f"{known.name} ({show_size(known.size_bytes)})" if known.size_bytes else known.name


def unit_of(field: Field, number: str = "") -> str:
    """Return what stands after a number: `đ`, `m²`, `người`; empty for none. English may say otherwise of one (`en_one`)."""
    if field.widget == "money":
        return "đ"
    pair = field.schema.get("x-unit")
    if isinstance(pair, Mapping) and number == "1" and f"{language()}_one" in pair:
        return str(pair[f"{language()}_one"])
    return str(pair.get(language(), "")) if isinstance(pair, Mapping) else ""


def _with_unit(field: Field, number: str) -> str:
    unit = unit_of(field, number)
    return f"{number}\u00a0{unit}" if unit else number
