"""How far a dossier is, for who has its code and nothing else: by SMS, at the kiosk. No name, no number, no answer."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.translation import gettext, override

from tinhso.base.clock import civil
from tinhso.base.refusals import NotFound
from tinhso.base.text import fold
from tinhso.modules.onestop.queries.services import choices
from tinhso.modules.onestop.queries.tracking import PublicView, track

LONGEST_CODE = 60
MOST_AN_HOUR = 10
_CODE = re.compile(r"[0-9A-Z][0-9A-Z./-]{3,}")


def rules(at: datetime) -> dict[str, Any]:
    """Return what the province chose for short messages; empty: none."""
    found: dict[str, Any] = choices(at).get("sms", {})
    return found


def code_in_message(text: str, keyword: str) -> str:
    """Return the code that a message asks for, `TC H47.12-221122-0001`; empty for anything else."""
    words = fold(text).upper().split()
    if len(words) < 2 or words[0] != keyword:  # noqa: PLR2004 - a keyword and a code
        return ""
    code = "".join(words[1:])
    return code if len(code) <= LONGEST_CODE and _CODE.fullmatch(code) else ""


def code_scanned(typed: str) -> str:
    """
    Return the code that was typed, or that stands in the QR of our papers (an address of this site); empty for a foreign one.

    A reader of QR codes types like a keyboard; what other people's codes say is never opened.
    """
    text = typed.strip()
    if "://" not in text:
        code = text.upper().replace(" ", "")
        return code if len(code) <= LONGEST_CODE and _CODE.fullmatch(code) else ""
    try:
        parts, own = urlsplit(text), urlsplit(settings.PUBLIC_URL)
        if parts.netloc.casefold() != own.netloc.casefold():
            return ""
        match = resolve(unquote(parts.path))
    except (Resolver404, ValueError):
        return ""
    code = str(match.kwargs.get("code", "")).upper() if match.view_name == "onestop:track" else ""
    return code if len(code) <= LONGEST_CODE else ""


def answer_to(code: str, *, language: str = "vi") -> str:
    """Return what a message says of a dossier: its state, its day, that it is late. At most 3 statements."""
    with override(language):
        if not code:
            return gettext("To ask: TC and the code on your receipt, for example TC H47.12-221122-0001.")
        try:
            view = track(code)
        except NotFound:
            return gettext("We know no dossier %(code)s. Check the code on your receipt.") % {"code": code}
        return " ".join([f"{view.code}: {gettext(view.state.title)}.", *_days(view)])


def _days(view: PublicView) -> list[str]:
    if view.returned_at:
        return []
    if view.finished_at:
        return [gettext("Ended on %(day)s.") % {"day": f"{civil(view.finished_at):%d/%m/%Y}"}]
    said = []
    if view.due_at and not view.paused_at:
        said.append(gettext("Due on %(day)s.") % {"day": f"{civil(view.due_at):%d/%m/%Y}"})
    if view.lateness:
        said.append(gettext("Late, we apologise."))
        if view.lateness.expected_on:
            said.append(gettext("Expected on %(day)s.") % {"day": f"{view.lateness.expected_on:%d/%m/%Y}"})
    return said
