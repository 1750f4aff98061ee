"""
The log: one line each, for a reader (`line`) or for a machine (`json`), never with personal data.

Addresses and queries are not logged, only names of routes. What others log about a request (Django's "Not Found: …") is
replaced by its route; numbers as long as a citizen's or a telephone's and mail addresses are blotted out wherever they
stand, tracebacks included. Names cannot be told from words: nobody here logs one, actors are told by key.
"""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

from tinhso.base.watching import Watched, watched

ACCESS = "tinhso.access"
SECURITY = "tinhso.security"
_NUMBER = re.compile(r"(?<![\w-])(?:\+84|0)?\d{9,12}(?!\w)")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_DETAIL = re.compile(r"^DETAIL:.*$", re.MULTILINE)


def blotted(text: str) -> str:
    """Return the text without what may be a citizen's number, a telephone number, a mail address, or a row's values."""
    return _DETAIL.sub("DETAIL: …", _MAIL.sub("…@…", _NUMBER.sub("…", text)))


class _Plain(logging.Formatter):
    """What both formats share."""

    def said(self, record: logging.LogRecord) -> str:
        """Return the sentence of the line."""
        request = getattr(record, "request", None)
        if request is not None:
            # Django puts the address into its own lines; its route says enough
            match = getattr(request, "resolver_match", None)
            status = getattr(record, "status_code", "")
            return f"{request.method} {match.view_name if match else 'no route'} {status}".rstrip()
        return blotted(record.getMessage())

    def trouble(self, record: logging.LogRecord) -> str:
        """Return the traceback, empty for none."""
        return blotted(self.formatException(record.exc_info)) if record.exc_info and record.exc_info[0] else ""


class LineFormatter(_Plain):
    """A line for a reader: time, level, logger, sentence; the request's id where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, its traceback below it."""
        seen = watched()
        at = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        line = f"{at} {record.levelname} {record.name} {self.said(record)}" + (f" [{seen.id}]" if seen else "")
        trouble = self.trouble(record)
        return f"{line}\n{trouble}" if trouble else line


class JsonFormatter(_Plain):
    """A line for a machine: one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the object as one line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="microseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": self.said(record),
            "process": record.process,
        }
        seen = watched()
        if seen:
            line |= _about(seen)
        line |= getattr(record, "facts", {})
        if trouble := self.trouble(record):
            line["trouble"] = trouble
        return json.dumps(line, ensure_ascii=False, default=str)


def _about(seen: Watched) -> dict[str, Any]:
    kind, key = seen.who()
    about = {"request" if seen.kind == "request" else "task": seen.id, "actor_kind": kind, "actor_key": key}
    if seen.traceparent:
        about["trace"] = seen.traceparent.split("-")[1]
    return about


def log_access(seen: Watched) -> None:
    """Write the line of a request or task that has ended: route, status, duration, statements, entries written."""
    if seen.kind != "request":
        return
    facts = {
        "route": seen.name,
        "method": seen.method,
        "status": seen.status,
        "ms": round(seen.took * 1000, 1),
        "statements": seen.statements,
        "entries": seen.entries,
    }
    logging.getLogger(ACCESS).info(
        "%s %s %s %s ms %s statements",
        facts["method"],
        facts["route"],
        facts["status"],
        facts["ms"],
        facts["statements"],
        extra={"facts": facts},
    )


def logging_setting(form: str, level: str, *, access: bool) -> dict[str, Any]:
    """Return Django's LOGGING: `form` is `line` or `json`, `level` that of the log as a whole, `access` its own line."""
    formatter = {"line": "LineFormatter", "json": "JsonFormatter"}[form]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"ours": {"()": f"{__name__}.{formatter}"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "ours"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # Django's own handlers would write the same line again, with the address in it
            "django": {"handlers": [], "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            ACCESS: {"level": "INFO" if access else "ERROR"},
            SECURITY: {"level": "INFO" if access else "WARNING"},
        },
    }
