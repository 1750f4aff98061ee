"""
Registers asked over X-Road (Message Protocol for REST 1.0), as the national data exchange platform carries it.

`POST REGISTERS_URL/r1/<service>` with {"number": …}; the number goes in the body, so that no log of addresses has it. The
answer is {"records": [{type, title, title_en, number, issued_on, issuer, valid_to, lines: [{label, value}]}]}: what the
register has of this person, none is an empty list. The transport is the standard's; this message is ours, each register's own
is put into it by the service that the province registers at its security server.

An answer that is not to our question (another id, client or service) is no answer. X-Road-Error and any other status are none.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import quote

import httpx
from django.conf import settings

from tinhso.base.posting import post
from tinhso.base.watching import passed_on
from tinhso.kernel.casework.registers import Extract, RegisterAway

TIMEOUT = httpx.Timeout(6.0, connect=3.0)
WHOLE_SECONDS = 8.0
"""Somebody waits at the page or at the desk."""
LONGEST_ANSWER = 256 * 1024
MOST_RECORDS, MOST_LINES = 50, 60
CODE, NUMBER, TITLE, ISSUER = 40, 60, 600, 300


class XRoadRegisters:
    """Asks at the security server `settings.REGISTERS_URL` as `settings.REGISTERS_CLIENT`."""

    def ask(self, service: str, number: str, *, user: str, issue: str) -> Sequence[Extract]:
        """Return what a service says of the holder of a number. Raises RegisterAway."""
        asked = {
            "X-Road-Client": _escaped(settings.REGISTERS_CLIENT),
            "X-Road-Id": f"{settings.REGISTERS_CLIENT.split('/')[0]}-{uuid.uuid4()}",
            "X-Road-Issue": quote(issue, safe="-_.,:/"),
            **({"X-Road-UserId": quote(user, safe="-:")} if user else {}),
        }
        try:
            answer = post(
                f"{settings.REGISTERS_URL}/r1/{_escaped(service)}",
                json={"number": number},
                headers={**passed_on(), **asked, "Accept": "application/json"},
                timeout=TIMEOUT,
                seconds=WHOLE_SECONDS,
                most_bytes=LONGEST_ANSWER,
            )
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as fault:
            raise RegisterAway(f"{service}: {fault}"[:300]) from fault
        if error := answer.headers.get("X-Road-Error", ""):
            raise RegisterAway(f"{service}: {error}"[:300])
        if not answer.is_success:
            raise RegisterAway(f"{service}: {answer.status_code}")
        echoed = {"X-Road-Id": asked["X-Road-Id"], "X-Road-Client": asked["X-Road-Client"]}
        echoed["X-Road-Service"] = _escaped(service)
        if any(answer.headers.get(name) != value for name, value in echoed.items()):
            raise RegisterAway(f"{service}: the answer is not to this question")
        return read(service, answer.content)


def read(service: str, content: bytes) -> list[Extract]:
    """Return the records of an answer. Raises RegisterAway for what cannot be read: half an answer is none."""
    try:
        rows = json.loads(content)["records"]
        return [_extract(row) for row in rows[:MOST_RECORDS]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise RegisterAway(f"{service}: unreadable: {fault}"[:300]) from fault


def _extract(row: Mapping[str, Any]) -> Extract:
    lines = tuple((_text(line, "label", 200), _text(line, "value", 1000)) for line in row.get("lines") or ())
    if len(lines) > MOST_LINES:
        raise ValueError("lines")
    until = row.get("valid_to")
    return Extract(
        type_code=_text(row, "type", CODE).upper(),
        title=_text(row, "title", TITLE),
        title_en=str(row.get("title_en") or "")[:TITLE],
        number=_text(row, "number", NUMBER),
        issued_on=date.fromisoformat(str(row["issued_on"])),
        issuer=_text(row, "issuer", ISSUER),
        valid_to=date.fromisoformat(str(until)) if until else None,
        lines=lines,
    )


def _text(row: Mapping[str, Any], name: str, longest: int) -> str:
    """Return a text that is there and not longer than what it goes into: a cut number would be another number."""
    found = row[name]
    if not isinstance(found, str) or not found.strip() or len(found) > longest or "\x00" in found:
        raise ValueError(name)
    return found.strip()


def _escaped(name: str) -> str:
    """Return an identifier with each of its parts escaped, never what parts them."""
    return "/".join(quote(part, safe="") for part in name.split("/"))
