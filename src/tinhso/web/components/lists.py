"""Lists, tables and everything that shows several things of one kind."""

# ruff: noqa: A002 - arguments are the names of attributes in templates: id, type, max, open
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tinhso.base.refusals import Text
from tinhso.web import words
from tinhso.web.components import component

Row = Mapping[str, Any]
TimeState = Literal["done", "now", "pause", "info", "late", "todo"]
TIME_ICONS: dict[str, str] = {
    "done": "check",
    "now": "loader",
    "pause": "pause",
    "info": "info",
    "late": "triangle-alert",
    "todo": "circle-dashed",
}
TASK_KINDS: dict[str, tuple[str, str]] = {
    "todo": ("info", "circle-dashed"),
    "doing": ("info", "loader"),
    "fix": ("late", "triangle-alert"),
    "done": ("done", "check-check"),
    "locked": ("pause", "lock"),
    "optional": ("plain", "circle-dashed"),
}


def _time_states() -> dict[str, str]:
    return {
        "done": pgettext("state", "done"),
        "now": pgettext("state", "current step"),
        "pause": pgettext("state", "paused"),
        "late": pgettext("state", "late"),
        "todo": pgettext("state", "to come"),
        "info": "",
    }


@component("summary_list")
def summary_list(
    rows: Iterable[Row], *, title: Text = "", level: Literal[2, 3] = 2, change: Text = "", card: bool = True
) -> dict[str, Any]:
    """
    Show questions and answers. A row: `key`, `value`, and if it can be changed `href` (with `action`, default "Sửa").

    `change` is an address that changes the whole list; it stands beside the title.
    """
    made = [{"value": "", "href": "", **row, "action": row.get("action") or _("Change")} for row in rows]
    actions = any(row["href"] for row in made)
    return {"rows": made, "title": title, "level": level, "change": change, "card": card, "actions": actions}


@component("task_list")
def task_list(items: Iterable[Row], *, name: str = "task") -> dict[str, Any]:
    """
    List what must be done. An item: `title`, `state` (todo, doing, fix, done, locked, optional), `href`, `hint`, `text`.

    `text` says the state in words; each state has its own by default.
    """
    said = {
        "todo": pgettext("task", "Not started"),
        "doing": pgettext("task", "In progress"),
        "fix": pgettext("task", "Needs fixing"),
        "done": pgettext("task", "Done"),
        "locked": pgettext("task", "Cannot start yet"),
        "optional": pgettext("task", "Optional"),
    }
    made = []
    for place, item in enumerate(items, 1):
        kind, icon = TASK_KINDS[item["state"]]
        text = item.get("text") or said[item["state"]]
        made.append({"hint": "", "href": "", **item, "id": f"{name}-{place}", "kind": kind, "icon": icon, "text": text})
    return {"items": made}


@component("timeline")
def timeline(events: Iterable[Row], *, level: Literal[2, 3] = 3) -> dict[str, Any]:
    """
    Tell what happened and what comes. An event: `title`, `state` (done, now, pause, info, late, todo), and as known
    `at` (day or moment), `text`, `who`, `href` with `link`, `icon`.
    """  # noqa: D205
    said = _time_states()
    made = [
        {
            "text": "", "who": "", "href": "", "link": "", **event,
            "icon": event.get("icon") or TIME_ICONS[event["state"]],
            "said": said[event["state"]],
            "iso": words.iso(event.get("at")), "moment": words.moment(event.get("at")),
        }
        for event in events
    ]  # fmt: skip
    return {"events": made, "level": level}


@component("flow")
def flow(steps: Iterable[Row]) -> dict[str, Any]:
    """
    Show the steps of a procedure inside the administration. A step: `title`, `state` (done, now, todo), `note`.

    `said` tells screen readers how it ended, where that is not simply the state.
    """
    said = _time_states()
    return {"steps": [{"note": "", "said": said[step["state"]], **step} for step in steps]}


@component("steps")
def steps(now: int, of: int, *, text: Text = "") -> dict[str, Any]:
    """Say "Bước 2 trong 5" and show it as a bar."""
    said = text or _("Step {now} of {of}").format(now=now, of=of)
    return {"bars": [place <= now for place in range(1, of + 1)], "text": said}


@component("filters")
def filters(items: Iterable[Row], *, label: Text) -> dict[str, Any]:
    """Offer counted filters as links. An item: `text`, `href`, and `count`, `icon`, `tone` (late, warn, ok), `current`."""
    made = [{"count": None, "icon": "", "tone": "", "current": False, **item} for item in items]
    return {"items": made, "label": label}


@component("pager")
def pager(
    *,
    next: str = "",
    first: str = "",
    previous: str = "",
    shown: int | None = None,
    total: int | None = None,
    text: Text = "",
) -> dict[str, Any]:
    """Turn pages by key: addresses of the next, the previous and the first page, empty where there is none."""
    if not text and shown is not None:
        known = _("{shown} of {total}") if total is not None else _("{shown} on this page")
        text = known.format(shown=words.number(shown), total=words.number(total))
    return {"next": next, "first": first, "previous": previous, "text": text}


_CELLS = re.compile(r"<(thead|tbody|tr|td|th)\b(?![^>]*\brole=)([^>]*)>")
_ROLES = {"thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell"}


def _with_roles(html: str) -> SafeString:
    """Say what is a row and a cell in so many words: as cards (display: block) browsers no longer know it."""

    def said(match: re.Match[str]) -> str:
        tag, rest = match.groups()
        role = _ROLES.get(tag) or ("columnheader" if 'scope="col"' in rest else "rowheader")
        return f'<{tag} role="{role}"{rest}>'

    return mark_safe(_CELLS.sub(said, html))  # noqa: S308 - rendered and escaped before


@component("table", block=True)
def table(
    caption: Text, *, cards: bool = True, show_caption: bool = False, keys: bool = False, content: str = ""
) -> dict[str, Any]:
    """
    Wrap rows in a table that becomes cards on phones. Write `<thead>`/`<tbody>` inside, with `{% th %}` for headers.

    `keys` turns on the worklist shortcuts J, K and Enter (each row's first link opens).
    """
    return {
        "caption": caption,
        "cards": cards,
        "show_caption": show_caption,
        "keys": keys,
        "content": _with_roles(content) if cards else content,
    }


@component("th")
def th(
    text: Text,
    *,
    sort: str = "",
    order: Literal["", "ascending", "descending"] = "",
    css: str = "",
    hidden: bool = False,
) -> dict[str, Any]:
    """Head a column; `sort` is the address that sorts by it, `order` how it is sorted now."""
    icon = {"": "chevrons-up-down", "ascending": "arrow-up", "descending": "arrow-down"}[order]
    return {"text": text, "sort": sort, "order": order, "css": css, "hidden": hidden, "icon": icon}


@component("facts")
def facts(items: Iterable[Row]) -> dict[str, Any]:
    """Show the four facts of a procedure. An item: `term`, `value`, and `icon`, `note`."""
    return {"items": [{"icon": "", "note": "", **item} for item in items]}


@component("stats")
def stats(items: Iterable[Row]) -> dict[str, Any]:
    """Show a few figures. An item: `term`, `value`, and `unit`."""
    return {"items": [{"unit": "", **item} for item in items]}


@component("kv")
def kv(items: Iterable[Row]) -> dict[str, Any]:
    """Show terms and values densely, for officers. An item: `term`, `value`."""
    return {"items": list(items)}


@component("tiles")
def tiles(items: Iterable[Row]) -> dict[str, Any]:
    """Offer destinations as tiles. An item: `title`, `href`, `icon`, and `text`."""
    return {"items": [{"text": "", **item} for item in items]}


@component("seg")
def seg(items: Iterable[Row], *, label: Text) -> dict[str, Any]:
    """Switch between two or three views by links. An item: `text`, `href`, `current`."""
    return {"items": [{"current": False, **item} for item in items], "label": label}


@component("subtabs")
def subtabs(items: Iterable[Row], *, label: Text) -> dict[str, Any]:
    """Switch between the parts of one thing by links. An item: `text`, `href`, and `count`, `current`."""
    return {"items": [{"count": None, "current": False, **item} for item in items], "label": label}


@component("breadcrumbs")
def breadcrumbs(items: Iterable[Row]) -> dict[str, Any]:
    """Show the way up. An item: `text`, `href` (none for the page itself)."""
    return {"items": [{"href": "", **item} for item in items]}


@component("back_link")
def back_link(href: str, *, text: Text = "") -> dict[str, Any]:
    """Go back one step."""
    return {"href": href, "text": text or _("Back")}


@component("file_link")
def file_link(
    href: str, name: str, *, kind: str = "", size: int | None = None, note: Text = "", icon: str = "file-text"
) -> dict[str, Any]:
    """Link to a document: its name, then type, size in bytes and a note ("đã ký số")."""
    said = [part for part in (kind.upper(), words.file_size(size), str(note)) if part]
    return {"href": href, "name": name, "said": " · ".join(said), "icon": icon}


@component("docs")
def docs(items: Iterable[Row], *, label: Text = "") -> dict[str, Any]:
    """List the papers of a dossier. An item: `name`, `href`, `type`, and `note`, `kind` + `text` (its chip), `icon`, `open`."""
    blank = {"note": "", "kind": "", "text": "", "icon": "", "open": False, "href": ""}
    return {"items": [{**blank, **item} for item in items], "label": label}


@component("log")
def log(items: Iterable[Row]) -> dict[str, Any]:
    """Show remarks in order. An item: `who`, `at`, `text`."""
    made = [{**item, "iso": words.iso(item.get("at")), "moment": words.moment(item.get("at"))} for item in items]
    return {"items": made}
