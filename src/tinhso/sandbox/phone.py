"""A gateway for short messages and a telephone: what was sent is shown, and a message can be sent in (see `adapters.sms_http`)."""

from __future__ import annotations

import hashlib
import hmac
import urllib.error
import urllib.request
import uuid
from collections.abc import Mapping
from urllib.parse import urlencode

from tinhso.base.clock import now
from tinhso.sandbox.config import Config
from tinhso.sandbox.store import Store
from tinhso.sandbox.web import App, Request, Response, as_json, page, redirect, text

LONGEST = 160
SHOWN = 100


def sign(fields: Mapping[str, str], secret: str) -> str:
    """Return the signature of a message: HMAC-SHA256 of its fields, sorted and form-urlencoded."""
    return hmac.new(secret.encode(), urlencode(sorted(fields.items())).encode(), hashlib.sha256).hexdigest()


class Phone:
    """The gateway and its one telephone."""

    def __init__(self, config: Config, store: Store) -> None:
        """Keep messages in `store`; send what is typed to `config.sms_answers`."""
        self.config, self.store = config, store

    def add_to(self, app: App) -> None:
        """Add the addresses."""
        app.add("GET", "/sms/", self.list)
        app.add("POST", "/sms/", self.type)
        app.add("GET", "/sms/api/messages", self.api)
        app.add("POST", "/sms/api/messages", self.take)

    def take(self, request: Request) -> Response:
        """Take one message to a telephone: signed, one number, one message of 160 letters; the same id again is one."""
        try:
            fields = {name: str(value) for name, value in request.json().items()}
        except ValueError:
            return as_json({"error": "not_json"}, status=400)
        given = fields.pop("signature", "")
        if not hmac.compare_digest(given.encode(), sign(fields, self.config.sms_secret).encode()):
            return as_json({"error": "invalid_signature"}, status=401)
        if not fields.get("to", "").isdecimal() or not 1 <= len(fields.get("text", "")) <= LONGEST:
            return as_json({"error": "invalid_message"}, status=400)
        self.store.run(
            "INSERT OR IGNORE INTO sms (id, at, number, body) VALUES (?, ?, ?, ?)",
            fields["id"], now().isoformat(), fields["to"], fields["text"],
        )  # fmt: skip
        return as_json({"taken": True})

    def api(self, _request: Request) -> Response:
        """Return messages as JSON, newest first: for tests."""
        rows = self.store.all("SELECT * FROM sms ORDER BY at DESC LIMIT ?", SHOWN)
        return as_json([{name: row[name] for name in ("id", "at", "number", "body")} for row in rows])

    def list(self, _request: Request) -> Response:
        """Show what the telephones got, and a form to write from one."""
        rows = self.store.all("SELECT * FROM sms ORDER BY at DESC LIMIT ?", SHOWN)
        lines = "".join(f"<tr><td>{text(row['number'])}</td><td>{text(row['body'])}</td></tr>" for row in rows)
        form = (
            '<form method="post"><label for="number">Số điện thoại / Number</label><input type="text" id="number" '
            'name="number" value="0905123456"><label for="body">Tin nhắn / Message</label><input type="text" id="body" '
            'name="body" value="TC "> <button>Gửi / Send</button></form>'
        )
        return page("Tin nhắn / Short messages", form, f"<table><tbody>{lines}</tbody></table>")

    def type(self, request: Request) -> Response:
        """Send what was typed to the site, as a gateway does."""
        typed = dict(request.form)
        fields = {
            "id": uuid.uuid4().hex,
            "from": typed.get("number", ""),
            "text": typed.get("body", ""),
            "sent_at": now().isoformat(),
        }
        fields["signature"] = sign(fields, self.config.sms_secret)
        if self.config.sms_answers:
            call = urllib.request.Request(self.config.sms_answers, data=urlencode(fields).encode())  # noqa: S310 - our own site
            try:
                urllib.request.urlopen(call, timeout=10).close()  # noqa: S310 - as above
            except (urllib.error.URLError, OSError) as fault:
                return page("Không gửi được / Not sent", f"<p>{text(str(fault))}</p>", status=502)
        return redirect("/sms/")
