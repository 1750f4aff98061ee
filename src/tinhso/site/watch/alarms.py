"""
Security events on their way out: a line in the log, a counter, and the security centre named by `TINHSO_SOC`.

Each is a CloudEvent 1.0 in JSON. The centre hears it as the message of an RFC 5424 syslog line: `syslog://host:port`
by UDP (RFC 5426), `syslog+tcp://host:port` by TCP with octet counting (RFC 6587). Facility 10 (security), severity 4
(warning) or 5 (notice).
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import queue
import socket
import threading
import time
from datetime import UTC
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from tinhso.base.security import Alarm
from tinhso.site.outgoing.cloud import cloud_event
from tinhso.site.watch import counting
from tinhso.site.watch.logs import SECURITY

FACILITY = 10
WARNING, NOTICE = 4, 5
WARNED_OF = ("failed", "locked", "denied", "refused", "emergency")
"""Words in the name of an event that make it a warning; the others are notices."""
_MOST = 1000
_log = logging.getLogger(SECURITY)


def severity_of(event: str) -> int:
    """Return the severity of RFC 5424 for an event."""
    return WARNING if any(word in event for word in WARNED_OF) else NOTICE


def as_cloud_event(alarm: Alarm) -> dict[str, Any]:
    """Return an alarm as a CloudEvent 1.0; (source, id) names it, so that a second sending can be told."""
    return cloud_event(
        f"security.{alarm.event}",
        alarm.id,
        alarm.at,
        {
            "event": alarm.event,
            "actor_kind": alarm.actor_kind,
            "actor_key": alarm.actor_key,
            "journal_entry": alarm.id if alarm.is_entry else None,
            "request": alarm.request or None,
            "address": alarm.address or None,
        },
        severitytext={WARNING: "WARN", NOTICE: "INFO"}[severity_of(alarm.event)],
        authtype={"anonymous": "unauthenticated", "system": "system"}.get(alarm.actor_kind, "app_user"),
        authid=alarm.actor_key,
        subject=alarm.subject,
    )


def as_syslog(alarm: Alarm) -> bytes:
    """Return an alarm as one line of RFC 5424: printable ASCII alone, whatever it holds."""
    moment = alarm.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    head = (
        f"<{FACILITY * 8 + severity_of(alarm.event)}>1 {moment} {_word(socket.gethostname(), 255)} tinhso {os.getpid()}"
    )
    said = json.dumps(as_cloud_event(alarm), separators=(",", ":"))
    return f"{head} {_word(alarm.event, 32)} - {said}".encode("ascii")


def _word(text: str, longest: int) -> str:
    """Return the text as a field of the header: printable ASCII without spaces, `-` for nothing."""
    return "".join(sign if "!" <= sign <= "~" else "_" for sign in text)[:longest] or "-"


def hear(alarm: Alarm) -> None:
    """Log, count and pass on one alarm."""
    counting.count("tinhso_security_events_total", event=alarm.event)
    level = logging.WARNING if severity_of(alarm.event) == WARNING else logging.INFO
    _log.log(level, alarm.event, extra={"facts": {"cloudevent": as_cloud_event(alarm)}})
    if settings.SOC:
        _sender().put(alarm)


class Sender:
    """Sends lines from a thread of its own; an act never waits for the network."""

    def __init__(self, address: str) -> None:
        """Begin. Raises ValueError for an address in another form."""
        parts = urlsplit(address)
        if parts.scheme not in ("syslog", "syslog+tcp") or not parts.hostname:
            raise ValueError("TINHSO_SOC: syslog://host:port (UDP) or syslog+tcp://host:port")
        self._by_tcp = parts.scheme == "syslog+tcp"
        self._place = (parts.hostname, parts.port or 514)
        self._socket: socket.socket | None = None
        self.waiting: queue.Queue[bytes] = queue.Queue(_MOST)
        threading.Thread(target=self._go_on, name="alarms", daemon=True).start()
        atexit.register(self.flush)

    def put(self, alarm: Alarm) -> None:
        """Have an alarm sent soon; drop and count it when too many wait."""
        try:
            self.waiting.put_nowait(as_syslog(alarm))
        except queue.Full:
            counting.count("tinhso_soc_dropped_total")

    def flush(self, seconds: float = 3.0) -> None:
        """Wait until all has been sent, a few seconds at most."""
        end = time.monotonic() + seconds
        while self.waiting.unfinished_tasks and time.monotonic() < end:
            time.sleep(0.02)

    def _go_on(self) -> None:
        while True:
            line = self.waiting.get()
            # the second try is for a connection that the other side had closed meanwhile
            if not self._sent(line) and not self._sent(line):
                counting.count("tinhso_soc_dropped_total")
            self.waiting.task_done()

    def _sent(self, line: bytes) -> bool:
        try:
            if self._socket is None:
                self._socket = self._connected()
            self._socket.sendall(f"{len(line)} ".encode() + line if self._by_tcp else line)
        except OSError:
            if self._socket is not None:
                self._socket.close()
            self._socket = None
            return False
        return True

    def _connected(self) -> socket.socket:
        if self._by_tcp:
            return socket.create_connection(self._place, timeout=5)
        family, kind, number, _name, place = socket.getaddrinfo(*self._place, type=socket.SOCK_DGRAM)[0]
        made = socket.socket(family, kind, number)
        made.connect(place)
        return made


_senders: dict[tuple[int, str], Sender] = {}


def _sender() -> Sender:
    """Return the sender of this process."""
    key = (os.getpid(), settings.SOC)
    if key not in _senders:
        _senders[key] = Sender(settings.SOC)
    return _senders[key]


def flush() -> None:
    """Wait until this process has sent its alarms."""
    if (os.getpid(), settings.SOC) in _senders:
        _sender().flush()
