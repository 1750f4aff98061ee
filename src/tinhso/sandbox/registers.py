"""
Registers to try against, behind a security server of the data exchange: X-Road's protocol for REST, records of `people.yaml`.

`/registers/` shows who asked what and for which matter; it can be told to be away, slow, garbled, or to answer another question.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import Any

import yaml

from tinhso.sandbox.config import Config
from tinhso.sandbox.people import FILE
from tinhso.sandbox.web import App, Request, Response, as_json, hidden, page, redirect, text

SHOWN = 50
MODES = ("", "away", "slow", "garbled", "other", "denied")
"""As it should; a gateway that cannot reach the register; slow; no JSON; the answer to another question; no right to ask."""
PARTS, CLIENT_PARTS = 5, (3, 4)


@cache
def records() -> list[dict[str, Any]]:
    """Return what the registers know, each with its service and the number of whom it is about."""
    return list(yaml.safe_load(FILE.read_text(encoding="utf-8")).get("records", []))


class Registers:
    """The security server, and the registers behind it."""

    def __init__(self, config: Config) -> None:
        """Know what `people.yaml` says."""
        self.config = config
        self.mode = ""
        self.asked: list[Mapping[str, str]] = []
        """What was asked, in order: for the page and for tests."""

    def add_to(self, app: App) -> None:
        """Add the addresses."""
        app.add("GET", "/registers/", self.shown)
        app.add("POST", "/registers/mode", self.switch)
        app.add("POST", "/registers/r1/{instance}/{kind}/{member}/{system}/{service}", self.answer)

    def answer(self, request: Request, **parts: str) -> Response:
        """Answer what a register knows of somebody."""
        service = "/".join(parts[name] for name in ("instance", "kind", "member", "system", "service"))
        client, given = request.headers.get("x-road-client", ""), request.headers.get("x-road-id", "")
        if len(client.split("/")) not in CLIENT_PARTS:
            return _fault("Client.BadRequest", "X-Road-Client", HTTPStatus.BAD_REQUEST)
        number = str(request.json().get("number", ""))
        self.asked.append(
            {
                "service": service,
                "number": number,
                "client": client,
                "user": request.headers.get("x-road-userid", ""),
                "issue": request.headers.get("x-road-issue", ""),
            }
        )
        if self.mode == "away":
            return _fault("Server.ServerProxy.NetworkError", "connection refused")
        if self.mode == "denied":
            return _fault("Server.ServerProxy.AccessDenied", f"{client}: {service}")
        if self.mode == "slow":
            time.sleep(self.config.slow_seconds)
        if self.mode == "garbled":
            return Response("<html>", 200)
        if all(row["service"] != service for row in records()):
            return _fault("Server.ServerProxy.UnknownService", service)
        found = [
            {
                name: value if isinstance(value, list) else str(value)
                for name, value in row.items()
                if name not in ("service", "of")
            }
            for row in records()
            if row["service"] == service and number in row["of"]
        ]
        answer = as_json({"records": found})
        echoed = given if self.mode != "other" else f"{given}-other"
        answer.headers += [("X-Road-Id", echoed), ("X-Road-Client", client), ("X-Road-Service", service)]
        return answer

    def switch(self, request: Request) -> Response:
        """Be as a form says."""
        mode = dict(request.form).get("mode", "")
        self.mode = mode if mode in MODES else ""
        return redirect("/registers/")

    def shown(self, _request: Request) -> Response:
        """Show what was asked, the newest first, and what is known."""
        modes = "".join(
            f'<form method="post" action="/registers/mode" class="line">{hidden(mode=mode)}'
            f"<button{'' if mode == self.mode else ' class=plain'}>{text(mode or 'ok')}</button></form>"
            for mode in MODES
        )
        asked = "".join(
            f"<tr>{''.join(f'<td>{text(one[name])}</td>' for name in ('service', 'number', 'client', 'user', 'issue'))}</tr>"
            for one in self.asked[: -SHOWN - 1 : -1]
        )
        known = "".join(
            f"<tr><td>{text(row['service'])}</td><td>{text(', '.join(row['of']))}</td><td>{text(row['title'])}</td><td>{text(row['number'])}</td></tr>"
            for row in records()
        )
        return page(
            "Cơ sở dữ liệu của bộ, ngành / Registers",
            modes,
            f"<h2>Đã hỏi / Asked</h2><table><tbody>{asked}</tbody></table>",
            f"<h2>Đang có / Known</h2><table><tbody>{known}</tbody></table>",
        )


def _fault(kind: str, message: str, status: HTTPStatus = HTTPStatus.INTERNAL_SERVER_ERROR) -> Response:
    body = json.dumps({"type": kind, "message": message, "detail": ""})
    return Response(body, status, "application/json;charset=utf-8", [("X-Road-Error", kind)])
