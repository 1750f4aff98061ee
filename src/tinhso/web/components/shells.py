"""Parts that only the shells use, and search boxes."""

# ruff: noqa: A002 - arguments are the names of attributes in templates: id, type, max, open
from __future__ import annotations

from typing import Any, Literal

from django.conf import settings
from django.template import Context
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from tinhso.base.refusals import Text
from tinhso.base.text import nfc
from tinhso.web.components import component


def _capital(name: str) -> str:
    """Return the name composed (Django keeps it decomposed) and with a capital first letter."""
    composed = nfc(name)
    return composed[:1].upper() + composed[1:]


@component("languages")
def languages(context: Context, *, id: str = "lang") -> dict[str, Any]:
    """Switch the language of the pages: a small form that posts, so that it works with scripts off."""
    request = context.get("request")
    here = request.get_full_path() if request is not None else "/"
    now = (get_language() or settings.LANGUAGE_CODE)[:2]
    made = [
        {"code": code, "name": _capital(get_language_info(code)["name_local"]), "current": code == now}
        for code, _name in settings.LANGUAGES
    ]
    return {"items": made, "next": here, "id": id}


@component("search_box")
def search_box(
    action: str,
    label: Text,
    *,
    name: str = "q",
    value: str = "",
    placeholder: Text = "",
    button: Text = "",
    kind: Literal["primary", "gold"] = "primary",
    id: str = "q",
) -> dict[str, Any]:
    """Search by a plain GET form."""
    return {
        "action": action, "label": label, "name": name, "value": value, "placeholder": placeholder, "button": button,
        "kind": kind, "id": id,
    }  # fmt: skip


@component("stars")
def stars(
    name: str,
    legend: Text,
    *,
    value: int | None = None,
    error: Text = "",
    id: str = "",
    words: Literal["ease", "quality"] = "ease",
) -> dict[str, Any]:
    """Ask how easy, or how good, it was: five faces with words, real radio buttons, values 1 to 5."""
    said = (
        [
            (1, _("Very bad"), "angry"),
            (2, _("Bad"), "frown"),
            (3, _("So-so"), "meh"),
            (4, _("Good"), "smile"),
            (5, _("Very good"), "laugh"),
        ]
        if words == "quality"
        else [
            (1, _("Very hard"), "angry"),
            (2, _("Hard"), "frown"),
            (3, _("So-so"), "meh"),
            (4, _("Easy"), "smile"),
            (5, _("Very easy"), "laugh"),
        ]
    )
    base = id or name
    items = [
        {
            "value": n,
            "text": text,
            "icon": icon,
            "id": base if n == 1 else f"{base}-{n}",
            "checked": str(value) == str(n),
        }
        for n, text, icon in said
    ]
    return {"name": name, "legend": legend, "items": items, "error": error, "id": base}
