"""A mail server that delivers nothing: every message is kept and shown at /mail/."""

from __future__ import annotations

import email
import email.policy
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from tinhso.base.clock import civil, now
from tinhso.sandbox.store import Store
from tinhso.sandbox.web import App, Request, Response, as_json, page, redirect, text

SHOWN = 200


class Keeper:
    """Takes every message. The recipient `refuse@…` is refused for good, `later@…` for now: to test senders."""

    def __init__(self, store: Store) -> None:
        """Keep messages in `store`."""
        self.store = store

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        """Accept a recipient, or not."""
        name = address.partition("@")[0].lower()
        if name == "refuse":
            return "550 no such mailbox"
        if name == "later":
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep a message, once for each recipient."""
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        body = message.get_body(("plain", "html")) if isinstance(message, EmailMessage) else None
        written = body.get_content() if body is not None else ""
        for recipient in envelope.rcpt_tos:
            self.store.run(
                "INSERT INTO mail (at, sender, recipient, subject, message_id, body, raw) VALUES (?, ?, ?, ?, ?, ?, ?)",
                now().isoformat(), envelope.mail_from or "", recipient.lower(), str(message["Subject"] or ""),
                str(message["Message-ID"] or ""), str(written), envelope.content,
            )  # fmt: skip
        return "250 kept"


def smtp_server(store: Store, port: int) -> Controller:
    """Return the mail server, not started yet, for 127.0.0.1 only."""
    return Controller(Keeper(store), hostname="127.0.0.1", port=port)


class Mailbox:
    """The pages of the mailbox."""

    def __init__(self, store: Store) -> None:
        """Show what `store` keeps."""
        self.store = store

    def add_to(self, app: App) -> None:
        """Add the addresses."""
        app.add("GET", "/mail/", self.list)
        app.add("GET", "/mail/api/messages", self.api)
        app.add("POST", "/mail/empty", self.empty)
        app.add("GET", "/mail/{number}/", self.show)
        app.add("GET", "/mail/{number}/raw", self.raw)

    def list(self, request: Request) -> Response:
        """List the newest messages, of one recipient if `?to=` says so."""
        asked = dict(request.query).get("to", "").lower()
        rows = self._rows(asked)
        lines = "".join(
            f"<tr><td>{text(_moment(row['at']))}</td><td>{text(row['recipient'])}</td>"
            f'<td><a href="/mail/{row["id"]}/">{text(row["subject"] or "(không có tiêu đề)")}</a></td></tr>'
            for row in rows
        )
        form = (
            '<form method="get"><label for="to">Người nhận <span lang="en">/ Recipient</span></label>'
            f'<input type="text" id="to" name="to" value="{text(asked)}"> <button class="plain">Lọc / Filter</button></form>'
        )
        table = "<table><thead><tr><th>Lúc / At</th><th>Gửi tới / To</th><th>Tiêu đề / Subject</th></tr></thead><tbody>"
        empty = "<p>Chưa có thư. <span lang='en'>No mail yet.</span></p>"
        clear = '<form method="post" action="/mail/empty"><button class="plain">Xóa hết / Delete all</button></form>'
        return page("Hộp thư thử / Mailbox", form, f"{table}{lines}</tbody></table>{clear}" if rows else empty)

    def show(self, _request: Request, number: str) -> Response:
        """Show one message as text."""
        row = self._row(number)
        if row is None:
            return page("Không có thư này / No such message", status=404)
        head = f"<p>{text(_moment(row['at']))}<br>{text(row['sender'])} → {text(row['recipient'])}</p><pre>{text(row['body'])}</pre>"
        return page(row["subject"], head, f'<p><a href="/mail/{row["id"]}/raw">.eml</a> · <a href="/mail/">←</a></p>')

    def raw(self, _request: Request, number: str) -> Response:
        """Return one message as it came."""
        row = self._row(number)
        return Response(row["raw"], type="message/rfc822") if row else page("404", status=404)

    def api(self, request: Request) -> Response:
        """Return messages as JSON, newest first: for tests."""
        columns = ("id", "at", "sender", "recipient", "subject", "message_id", "body")
        rows = self._rows(dict(request.query).get("to", "").lower())
        return as_json([{name: row[name] for name in columns} for row in rows])

    def empty(self, _request: Request) -> Response:
        """Delete everything."""
        self.store.run("DELETE FROM mail")
        return redirect("/mail/")

    def _rows(self, recipient: str) -> Any:
        if recipient:
            return self.store.all("SELECT * FROM mail WHERE recipient = ? ORDER BY id DESC LIMIT ?", recipient, SHOWN)
        return self.store.all("SELECT * FROM mail ORDER BY id DESC LIMIT ?", SHOWN)

    def _row(self, number: str) -> Any:
        return self.store.one("SELECT * FROM mail WHERE id = ?", int(number)) if number.isdigit() else None


def _moment(at: str) -> str:
    return f"{civil(datetime.fromisoformat(at)):%d/%m/%Y %H:%M:%S}"
