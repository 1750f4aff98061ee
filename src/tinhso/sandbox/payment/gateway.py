"""Orders, the payment page, refunds; and modes in which the gateway misbehaves as real ones do."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from sqlite3 import IntegrityError, Row
from urllib.parse import urlencode, urlsplit

from tinhso.base.clock import now
from tinhso.sandbox.config import Config
from tinhso.sandbox.payment import qr
from tinhso.sandbox.payment.callbacks import Callbacks
from tinhso.sandbox.store import Store
from tinhso.sandbox.web import App, Request, Response, as_json, hidden, page, redirect, text

EXPIRES = timedelta(minutes=15)
FRESH = timedelta(minutes=15)
MODES = {
    "normal": "Bình thường / Normal",
    "slow": "Chậm / Slow to answer",
    "failing": "Hỏng / Answers 503",
    "silent": "Không gọi lại / Sends no callback",
    "twice": "Gọi lại hai lần / Sends each callback twice",
}
ANSWERS = {"pay": "paid", "cancel": "cancelled", "fail": "failed"}


class Faulty(Exception):  # noqa: N818 - an answer, not our error
    """What the merchant sent is not right: error code and sentence."""

    def __init__(self, error: str, message: str, status: int = 400) -> None:
        """Keep what to answer."""
        super().__init__(error)
        self.error, self.message, self.status = error, message, status


def sign(fields: Mapping[str, str], secret: str) -> str:
    """Return the signature of a message: HMAC-SHA256 of its fields, sorted and form-urlencoded."""
    return hmac.new(secret.encode(), urlencode(sorted(fields.items())).encode(), hashlib.sha256).hexdigest()


class Gateway:
    """The gateway, with one merchant."""

    def __init__(self, config: Config, store: Store, clock: Callable[[], datetime] = now) -> None:
        """Serve the merchant of `config`; `clock` gives the present moment."""
        self.config, self.store, self.clock = config, store, clock
        self.mode = "normal"
        self.callbacks = Callbacks(store, self.notice, config.retry_seconds)

    def add_to(self, app: App) -> None:
        """Add the addresses."""
        app.add("POST", "/payment/api/orders", lambda request: self._api(request, self.create))
        app.add("POST", "/payment/api/query", lambda request: self._api(request, self.query))
        app.add("POST", "/payment/api/refunds", lambda request: self._api(request, self.refund))
        app.add("GET", "/payment/pay/{reference}/", self.show)
        app.add("POST", "/payment/pay/{reference}/", self.answer)
        app.add("GET", "/payment/pay/{reference}/qr.svg", self.picture)
        app.add("GET", "/payment/", self.overview)
        app.add("POST", "/payment/mode", self.set_mode)

    # --- what the merchant asks ------------------------------------------------------------------------------------

    def _api(self, request: Request, act: Callable[[dict[str, str]], Row]) -> Response:
        if self.mode == "failing":
            return as_json({"error": "unavailable"}, 503)
        if self.mode == "slow":
            time.sleep(self.config.slow_seconds)
        try:
            row = act(self._checked(request))
        except Faulty as no:
            return as_json({"error": no.error, "message": no.message}, no.status)
        answer = self._fields(row) | {
            "pay_url": f"{self.config.url}/payment/pay/{row['reference']}/",
            "expires_at": row["expires_at"],
        }
        return as_json(answer | {"signature": sign(answer, self.config.merchant_secret)})

    def _checked(self, request: Request) -> dict[str, str]:
        """Return the fields of a message whose merchant, signature and age are right. Raises Faulty."""
        try:
            fields = {name: str(value) for name, value in request.json().items()}
        except ValueError:
            raise Faulty("invalid_message", "not a JSON object") from None
        given = fields.pop("signature", "")
        right = hmac.compare_digest(given.encode(), sign(fields, self.config.merchant_secret).encode())
        if not right or fields.get("merchant") != self.config.merchant:
            raise Faulty("invalid_signature", "the signature does not fit", 401)
        try:
            fresh = abs(self.clock() - datetime.fromisoformat(fields["sent_at"])) <= FRESH
        except (KeyError, ValueError, TypeError):
            fresh = False
        if not fresh:
            raise Faulty("stale_message", "sent_at is missing or too far away")
        return fields

    def create(self, fields: dict[str, str]) -> Row:
        """Open an order; the same code and amount again return the same order while it is open. Raises Faulty."""
        code, amount = fields.get("order_code", ""), _amount(fields)
        if not 1 <= len(code) <= 50:  # noqa: PLR2004 - length of the column at the merchant's side
            raise Faulty("invalid_order_code", "1 to 50 characters")
        for name in ("return_url", "notify_url"):
            if urlsplit(fields.get(name, "")).scheme not in {"http", "https"}:
                raise Faulty("invalid_url", name)
        known = self._by_code(code)
        if known is not None:
            if known["amount_vnd"] != amount:
                raise Faulty("order_exists", "this code was used for another amount", 409)
            return known
        try:
            self.store.run(
                "INSERT INTO payment_order (reference, merchant, order_code, amount_vnd, description, return_url,"
                " notify_url, state, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, 'pending', ?)",
                secrets.token_hex(8).upper(), self.config.merchant, code, amount, fields.get("description", "")[:200],
                fields["return_url"], fields["notify_url"], (self.clock() + EXPIRES).isoformat(),
            )  # fmt: skip
        except IntegrityError:
            return self.create(fields)
        return self._known(code)

    def query(self, fields: dict[str, str]) -> Row:
        """Return an order. Raises Faulty."""
        return self._known(fields.get("order_code", ""))

    def refund(self, fields: dict[str, str]) -> Row:
        """Give back part or all of a paid order; the same `refund_id` again changes nothing. Raises Faulty."""
        amount, refund_id = _amount(fields), fields.get("refund_id", "")
        with self.store.together():
            row = self._known(fields.get("order_code", ""))
            known = self.store.one(
                "SELECT * FROM payment_refund WHERE reference = ? AND refund_id = ?", row["reference"], refund_id
            )
            if known is not None:
                return row
            if row["state"] not in {"paid", "refunded"}:
                raise Faulty("not_paid", "only a paid order can be refunded", 409)
            if row["refunded_vnd"] + amount > row["amount_vnd"]:
                raise Faulty("too_much", "more than was paid", 409)
            self.store.run("INSERT INTO payment_refund VALUES (?, ?, ?)", row["reference"], refund_id, amount)
            state = "refunded" if row["refunded_vnd"] + amount == row["amount_vnd"] else "paid"
            self.store.run(
                "UPDATE payment_order SET refunded_vnd = refunded_vnd + ?, state = ?, events = events + 1"
                " WHERE reference = ?",
                amount, state, row["reference"],
            )  # fmt: skip
            return self._known(row["order_code"])

    # --- what the payer sees ---------------------------------------------------------------------------------------

    def show(self, _request: Request, reference: str) -> Response:
        """Show the payment page."""
        row = self._current(reference)
        if row is None:
            return page("Không có đơn này / No such order", status=404)
        head = (
            f"<p>{text(row['description'])}<br>Mã đơn / Order: <code>{text(row['order_code'])}</code></p>"
            f'<p class="sum">{_dong(row["amount_vnd"])}</p>'
        )
        if row["state"] != "pending":
            back = text(self._back(row))
            return page(
                "Đơn đã xong / Order closed", head, f"<p>{text(row['state'])}</p><a class='button' href='{back}'>←</a>"
            )
        forms = "".join(
            f'<form class="line" method="post">{hidden(answer=answer)}<button{css}>{said}</button></form>'
            for answer, said, css in (
                ("pay", "Thanh toán / Pay", ""),
                ("cancel", "Hủy / Cancel", ' class="plain"'),
                ("fail", "Thử lỗi ngân hàng / Bank failure", ' class="plain"'),
            )
        )
        picture = (
            f'<img class="qr" src="/payment/pay/{text(reference)}/qr.svg" alt="VietQR {_dong(row["amount_vnd"])}">'
        )
        return page("Cổng thanh toán thử / Test payment", head, picture, forms)

    def picture(self, _request: Request, reference: str) -> Response:
        """Return the VietQR code of an order."""
        row = self._by_reference(reference)
        if row is None:
            return Response("", 404)
        return Response(qr.svg(qr.payload(row["amount_vnd"], row["order_code"])), type="image/svg+xml")

    def answer(self, request: Request, reference: str) -> Response:
        """Take what the payer did, tell the merchant, and send the payer back."""
        state = ANSWERS.get(dict(request.form).get("answer", ""))
        row = self._current(reference)
        if row is None or state is None:
            return page("Không hiểu / Not understood", status=400)
        with self.store.together():
            paid_at = self.clock().isoformat() if state == "paid" else ""
            done = self.store.run(
                "UPDATE payment_order SET state = ?, paid_at = ?, events = events + 1"
                " WHERE reference = ? AND state = 'pending'",
                state, paid_at, reference,
            )  # fmt: skip
        row = self._known(row["order_code"])
        if done and self.mode != "silent":
            self.callbacks.queue(row, times=2 if self.mode == "twice" else 1)
        return redirect(self._back(row))

    def overview(self, _request: Request) -> Response:
        """List orders and callbacks, and offer the modes."""
        modes = "".join(
            f'<form class="line" method="post" action="/payment/mode">{hidden(mode=mode)}'
            f'<button class="plain"{" disabled" if mode == self.mode else ""}>{said}</button></form>'
            for mode, said in MODES.items()
        )
        orders = "".join(
            f"<tr><td><code>{text(row['order_code'])}</code></td><td>{_dong(row['amount_vnd'])}</td><td>{text(row['state'])}</td>"
            f"<td>{text(row['tries'] or 0)} · {text(row['answer'] or '')}</td></tr>"
            for row in self.store.all(
                "SELECT o.*, c.tries, c.answer FROM payment_order o LEFT JOIN payment_callback c"
                " ON c.reference = o.reference ORDER BY o.expires_at DESC LIMIT 100"
            )
        )
        head = "<tr><th>Đơn / Order</th><th>Số tiền / Amount</th><th>Trạng thái / State</th><th>Gọi lại / Callback</th></tr>"
        return page("Cổng thanh toán thử / Test gateway", f"<p>{modes}</p><table>{head}{orders}</table>")

    def set_mode(self, request: Request) -> Response:
        """Switch how the gateway behaves."""
        mode = dict(request.form).get("mode", "")
        if mode not in MODES:
            return as_json({"error": "unknown_mode", "known": list(MODES)}, 400)
        self.mode = mode
        return redirect("/payment/")

    # --- what the merchant is told ---------------------------------------------------------------------------------

    def notice(self, row: Row, event_id: str, kind: str = "notify") -> dict[str, str]:
        """Return the signed fields that tell how an order stands, stamped now."""
        fields = self._fields(row) | {"event_id": event_id, "type": kind, "sent_at": self.clock().isoformat()}
        return fields | {"signature": sign(fields, self.config.merchant_secret)}

    def _back(self, row: Row) -> str:
        fields = self.notice(row, _event_id(row), "return")
        joint = "&" if urlsplit(row["return_url"]).query else "?"
        return f"{row['return_url']}{joint}{urlencode(fields)}"

    def _fields(self, row: Row) -> dict[str, str]:
        return {
            "merchant": row["merchant"],
            "order_code": row["order_code"],
            "amount_vnd": str(row["amount_vnd"]),
            "state": row["state"],
            "gateway_reference": row["reference"],
            "paid_at": row["paid_at"],
            "refunded_vnd": str(row["refunded_vnd"]),
            "event_id": _event_id(row),
        }

    def _current(self, reference: str) -> Row | None:
        """Return an order; one left open too long is cancelled first."""
        row = self._by_reference(reference)
        if row is not None and row["state"] == "pending" and datetime.fromisoformat(row["expires_at"]) < self.clock():
            self.store.run(
                "UPDATE payment_order SET state = 'cancelled', events = events + 1 WHERE reference = ? AND state = 'pending'",
                reference,
            )
            row = self._known(row["order_code"])
            self.callbacks.queue(row, times=1)
        return row

    def _by_reference(self, reference: str) -> Row | None:
        return self.store.one("SELECT * FROM payment_order WHERE reference = ?", reference)

    def _by_code(self, code: str) -> Row | None:
        return self.store.one(
            "SELECT * FROM payment_order WHERE merchant = ? AND order_code = ?", self.config.merchant, code
        )

    def _known(self, code: str) -> Row:
        row = self._by_code(code)
        if row is None:
            raise Faulty("unknown_order", "there is no such order", 404)
        return row


def _event_id(row: Row) -> str:
    return f"{row['reference']}-{row['events']}"


def _amount(fields: Mapping[str, str]) -> int:
    text_given = fields.get("amount_vnd", "")
    if not text_given.isascii() or not text_given.isdigit() or not 0 < int(text_given) <= 10**12:
        raise Faulty("invalid_amount", "a whole number of đồng above zero")
    return int(text_given)


def _dong(amount: int) -> str:
    return f"{amount:,}".replace(",", ".") + "\u00a0đ"
