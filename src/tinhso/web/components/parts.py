"""The small parts: icons, chips, buttons, notices, headings, dates with their state."""

# ruff: noqa: A002 - arguments are the names of attributes in templates: id, type, max, open
from __future__ import annotations

from typing import Any, Literal

from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tinhso.base.refusals import Text
from tinhso.web import words
from tinhso.web.components import component

Kind = Literal["ok", "warn", "late", "pause", "info", "done", "plain", "solid-late"]
DueState = Literal["ok", "warn", "late", "pause", "done", "solid-late"]
Tone = Literal["info", "ok", "warn", "late"]

CHIP_ICONS: dict[str, str] = {
    "ok": "circle-check",
    "warn": "clock-alert",
    "late": "triangle-alert",
    "pause": "circle-pause",
    "info": "info",
    "done": "check-check",
    "plain": "tag",
    "solid-late": "triangle-alert",
}
NOTE_ICONS: dict[str, str] = {"info": "info", "ok": "circle-check", "warn": "circle-alert", "late": "triangle-alert"}
BUILT_IN_ICONS = (
    "check", "play", "pause", "angry", "frown", "meh", "smile", "laugh", "chevrons-up-down", "arrow-up", "arrow-down",
    "chevron-left", "chevron-right", "file-text", "image", "file-check", "circle-dashed", "circle-alert", "lock",
    "loader", "wifi-off", "refresh-cw",
)  # fmt: skip
"""Icons that components choose in Python; `tools/build_front.py` reads this list, as it reads `icon="…"`."""


@component("icon")
def icon(name: str, *, label: Text = "", css: str = "") -> SafeString:
    """Draw an icon of the sprite; without a label it is decoration and silent."""
    classes = f"cq-i {css}".strip()
    use = f"{static('web/icons.svg')}#{name}"
    if label:
        markup = '<svg class="{}" role="img" aria-label="{}" focusable="false"><use href="{}"></use></svg>'
        return format_html(markup, classes, label, use)
    markup = '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}"></use></svg>'
    return format_html(markup, classes, use)


@component("mark")
def mark(*, css: str = "cq-mark") -> SafeString:
    """Draw the small drum, our stand-in for an emblem; the province's logo replaces it in the masthead."""
    markup = (
        '<svg class="{}" viewBox="0 0 100 100" aria-hidden="true" focusable="false"><use href="{}#mark"></use></svg>'
    )
    return format_html(markup, css, static("web/drum.svg"))


@component("drum")
def drum(*, css: str = "cq-drum") -> SafeString:
    """Draw the whole Đông Sơn drum, as a faint ornament."""
    markup = (
        '<svg class="{}" viewBox="0 0 200 200" aria-hidden="true" focusable="false"><use href="{}#drum"></use></svg>'
    )
    return format_html(markup, css, static("web/drum.svg"))


@component("chip")
def chip(kind: Kind, text: Text, *, icon: str = "") -> dict[str, Any]:
    """Say a state in three ways: icon, words, colour."""
    return {"kind": kind, "text": text, "icon": icon or CHIP_ICONS[kind]}


@component("due_badge")
def due_badge(status: DueState, text: Text, *, date: words.Day = None) -> dict[str, Any]:
    """Print the due date and, beside it, how the clock stands ("Còn 2 ngày"). `date` is a date, a moment or ISO text."""
    return {"kind": status, "text": text, "day": words.day(date), "iso": words.iso(date)}


@component("time")
def time(value: words.Day, *, style: Literal["day", "moment", "weekday", "hour"] = "moment") -> dict[str, Any]:
    """Print a day or a moment with its machine-readable value."""
    how = {"day": words.day, "moment": words.moment, "weekday": words.weekday, "hour": words.hour}[style]
    return {"text": how(value), "iso": words.iso(value)}


@component("heading")
def heading(
    title: Text,
    *,
    level: Literal[1, 2, 3] = 1,
    lead: Text = "",
    caption: Text = "",
    id: str = "",
) -> dict[str, Any]:
    """Print a heading; level 1 once a page. `caption` stands above it, `lead` below."""
    size = {1: "l", 2: "m", 3: "s"}[level]
    return {"title": title, "level": level, "size": size, "lead": lead, "caption": caption, "id": id}


@component("titlebar", block=True)
def titlebar(title: Text, *, lead: Text = "", code: str = "", content: str = "") -> dict[str, Any]:
    """Head an officer's page: the title, a line under it, and buttons (inside) at the right."""
    return {"title": title, "lead": lead, "code": code, "content": content}


@component("button")
def button(
    text: Text,
    *,
    kind: Literal["primary", "secondary", "warning", "quiet", "gold"] = "primary",
    icon: str = "",
    icon_after: str = "",
    href: str = "",
    type: Literal["submit", "button"] = "submit",
    name: str = "",
    value: Any = "",
    form: str = "",
    more: Text = "",
    waiting: Text = "",
    prints: bool = False,
    new_window: bool = False,
) -> dict[str, Any]:
    """
    Offer one act: verb and object. With `href` it is a link that looks like a button.

    `more` is said to screen readers only ("Nộp hồ sơ: đăng ký khai sinh"); `waiting` replaces the text while sending;
    `prints` makes it open the print window (hidden with scripts off).
    """
    return {
        "text": text, "kind": kind, "icon": icon, "icon_after": icon_after, "href": href, "name": name, "value": value,
        "form": form, "more": more, "waiting": waiting or _("Sending…"), "prints": prints, "new_window": new_window,
        "type": "button" if prints else type,
    }  # fmt: skip


@component("notice", block=True)
def notice(
    kind: Tone = "info",
    *,
    title: Text = "",
    icon: str = "",
    id: str = "",
    live: bool = False,
    content: str = "",
) -> dict[str, Any]:
    """Tell something that matters, in a box. `live` announces it when it appears on a page already open."""
    return {"kind": kind, "title": title, "icon": icon or NOTE_ICONS[kind], "id": id, "live": live, "content": content}


@component("toast")
def toast(text: Text, *, undo: str = "", undo_text: Text = "") -> dict[str, Any]:
    """Confirm what was just done; never the only record of it. `undo` is an address that takes a POST."""
    return {"text": text, "undo": undo, "undo_text": undo_text or _("Undo")}


@component("messages")
def messages(context: Context) -> dict[str, Any]:
    """Show what Django's messages carry from the page before, as notices."""
    tones = {"success": "ok", "info": "info", "debug": "info", "warning": "warn", "error": "late"}
    found = [
        {"text": message, "kind": tones.get(message.level_tag, "info")} for message in context.get("messages") or ()
    ]
    return {"items": [{**item, "icon": NOTE_ICONS[item["kind"]]} for item in found]}


@component("empty", block=True)
def empty(title: Text, *, text: Text = "", level: Literal[2, 3] = 2, content: str = "") -> dict[str, Any]:
    """Say what is not there and the likely reason; inside: one next step."""
    return {"title": title, "text": text, "level": level, "content": content}


@component("details", block=True)
def details(summary: Text, *, id: str = "", open: bool = False, content: str = "") -> dict[str, Any]:
    """Fold away what few need."""
    return {"summary": summary, "id": id, "open": open, "content": content}


@component("card", block=True)
def card(
    title: Text = "",
    *,
    tint: bool = False,
    id: str = "",
    flush: bool = False,
    level: Literal[2, 3] = 2,
    content: str = "",
) -> dict[str, Any]:
    """Hold things that belong together. `flush` leaves out the padding, for a table or a list inside."""
    return {"title": title, "tint": tint, "id": id, "flush": flush, "level": level, "content": content}


@component("done", block=True)
def done(title: Text, *, code: str = "", code_label: Text = "", qr: str = "", content: str = "") -> dict[str, Any]:
    """Confirm that it is done: a big heading, the code to keep, and its QR. `qr` is the address to open."""
    return {"title": title, "code": code, "code_label": code_label, "qr": qr, "content": content}


@component("avatar")
def avatar(name: str) -> SafeString:
    """Print a person's initials in a circle, silent for screen readers: the name stands beside it."""
    return format_html('<span class="cq-avatar" aria-hidden="true">{}</span>', words.initials(name))


@component("skeleton")
def skeleton(label: Text) -> dict[str, Any]:
    """Hold the place of a list that takes more than a second to come."""
    return {"label": label}
