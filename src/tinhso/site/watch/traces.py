"""
OpenTelemetry traces, when `TINHSO_OTLP` names a collector: a span for each request, act and task of the worker.

Sent as OTLP/HTTP in its JSON form to `<address>/v1/traces`, by a thread of its own. Our own few lines in place of the
SDK: that is eleven packages with protobuf and requests for three kinds of spans. When the setting is empty nothing is
joined and nothing imported. Idle rounds of the worker (nothing written, nothing wrong) make no span.
"""

from __future__ import annotations

import atexit
import logging
import os
import queue
import re
import secrets
import socket
import threading
import time
from typing import Any, Final

from django.conf import settings

from tinhso import __version__
from tinhso.base.acts import Running
from tinhso.base.watching import Watched, outcome_of, watched
from tinhso.site.watch import counting

PARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}")
INTERNAL, SERVER = 1, 2
ERROR = 2
_BATCH: Final = 256
_WAIT: Final = 1.0
_MOST: Final = 4096
"""Spans that wait to be sent; what would be more is dropped and counted."""
_log = logging.getLogger(__name__)
type Span = dict[str, Any]


def taken_in(header: str) -> tuple[str, str]:
    """
    Return our own traceparent and the id of the span that called us, from the header of a request.

    While nobody collects our spans the caller's goes on as it came; a header in another form counts as none.
    """
    found = PARENT.fullmatch(header) if header else None
    if not settings.OTLP:
        return (header, "") if found else ("", "")
    trace, parent = (found[1], found[2]) if found else (secrets.token_hex(16), "")
    return f"00-{trace}-{secrets.token_hex(8)}-01", parent


def began(seen: Watched) -> None:
    """Give a task of the worker its trace; a request has its own from its header already."""
    if not seen.traceparent:
        seen.traceparent, seen.parent = taken_in("")


def ended(seen: Watched) -> None:
    """Send the span of a request or a task."""
    if not seen.traceparent or (seen.kind == "task" and not seen.has_below and seen.failure is None):
        return
    _version, trace, span, _flags = seen.traceparent.split("-")
    facts: dict[str, Any] = {"tinhso.id": seen.id, "tinhso.entries": seen.entries, "tinhso.statements": seen.statements}
    if seen.kind == "request":
        facts |= {"http.request.method": seen.method, "http.route": seen.name, "http.response.status_code": seen.status}
    name = f"{seen.method} {seen.name}" if seen.kind == "request" else seen.name
    kind = SERVER if seen.kind == "request" else INTERNAL
    is_bad = seen.failure is not None or seen.status >= 500  # noqa: PLR2004 - HTTP's own bound
    told = _span((trace, span, seen.parent), name, kind, seen.began, facts)
    _sender().put(_marked(told) if is_bad else told)


def act_ended(act: Running) -> None:
    """Send the span of an act that found something to do: below its request or task, else a trace of its own."""
    seen, outcome = watched(), outcome_of(act.failure)
    if outcome == "undone":
        return
    trace, parent = secrets.token_hex(16), ""
    if seen is not None and seen.traceparent:
        seen.has_below = True
        _version, trace, parent, _flags = seen.traceparent.split("-")
    facts: dict[str, Any] = {"tinhso.outcome": outcome}
    facts |= {"tinhso.entries": [str(entry.id) for entry in act.entries], "tinhso.joined": act.joined}
    told = _span((trace, secrets.token_hex(8), parent), act.name, INTERNAL, act.began, facts)
    _sender().put(_marked(told) if outcome == "broken" else told)


def _marked(span: Span) -> Span:
    """Return the span as one that went wrong."""
    return {**span, "status": {"code": ERROR}}


def _span(ids: tuple[str, str, str], name: str, kind: int, began: int, facts: dict[str, Any]) -> Span:
    """
    Return a span as OTLP's JSON says it, ending now.

    `ids` are those of the trace, the span and the one above it (empty for none); `began` is of the clock of durations.
    """
    trace, span, parent = ids
    end = time.time_ns()
    made: Span = {
        "traceId": trace,
        "spanId": span,
        "name": name,
        "kind": kind,
        "startTimeUnixNano": str(end - (time.perf_counter_ns() - began)),
        "endTimeUnixNano": str(end),
        "attributes": [{"key": key, "value": _value(value)} for key, value in facts.items()],
        "status": {},
    }
    if parent:
        made["parentSpanId"] = parent
    return made


def _value(value: Any) -> dict[str, Any]:
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, list):
        return {"arrayValue": {"values": [_value(each) for each in value]}}
    return {"stringValue": str(value)}


def request_of(spans: list[Span]) -> dict[str, Any]:
    """Return the message that carries spans: who sends them, and the spans."""
    about = {
        "service.name": "tinhso",
        "service.version": __version__,
        "service.instance.id": f"{socket.gethostname()}-{os.getpid()}",
    }
    resource = {"attributes": [{"key": key, "value": _value(value)} for key, value in about.items()]}
    scope = {"name": "tinhso", "version": __version__}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": scope, "spans": spans}]}]}


class Sender:
    """Sends spans in batches from a thread of its own; nobody waits for it."""

    def __init__(self, address: str) -> None:
        """Begin; what is left is sent when the process ends in order."""
        import httpx  # slow to import, and only paid by who traces

        self.waiting: queue.Queue[Span] = queue.Queue(_MOST)
        self._url = f"{address.rstrip('/')}/v1/traces"
        self._client = httpx.Client(timeout=5)
        threading.Thread(target=self._go_on, name="traces", daemon=True).start()
        atexit.register(self.flush)

    def put(self, span: Span) -> None:
        """Have a span sent soon; drop it when too many wait."""
        try:
            self.waiting.put_nowait(span)
        except queue.Full:
            counting.count("tinhso_spans_dropped_total")

    def flush(self) -> None:
        """Send all that waits, now, and wait for what the thread is just sending."""
        while batch := self._taken(wait=False):
            self._send_taken(batch)
        self.waiting.join()

    def _go_on(self) -> None:
        while True:
            self._send_taken(self._taken(wait=True))
            time.sleep(_WAIT)

    def _send_taken(self, batch: list[Span]) -> None:
        try:
            self._send(batch)
        finally:
            for _span in batch:
                self.waiting.task_done()

    def _taken(self, *, wait: bool) -> list[Span]:
        batch: list[Span] = []
        try:
            batch.append(self.waiting.get(block=wait))
            while len(batch) < _BATCH:
                batch.append(self.waiting.get_nowait())
        except queue.Empty:
            return batch
        return batch

    def _send(self, batch: list[Span]) -> None:
        import httpx

        try:
            self._client.post(self._url, json=request_of(batch)).raise_for_status()
        except httpx.HTTPError as error:
            counting.count("tinhso_spans_dropped_total", len(batch))
            _log.warning("the collector at TINHSO_OTLP did not take %s spans: %s", len(batch), type(error).__name__)


_senders: dict[int, Sender] = {}


def _sender() -> Sender:
    """Return the sender of this process."""
    if os.getpid() not in _senders:
        _senders[os.getpid()] = Sender(settings.OTLP)
    return _senders[os.getpid()]


def flush() -> None:
    """Send all that waits in this process, now."""
    if os.getpid() in _senders:
        _senders[os.getpid()].flush()
