"""
`/healthz`, `/readyz`, `/metrics`: for launchers, load balancers and Prometheus.

Answered before anything else looks at the request: no session, no account, no host name is asked, since whoever probes
calls the machine by its number. `/suc-khoe/` stays what it was.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from ipaddress import ip_address
from pathlib import Path

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse

from tinhso.base import clock, processes
from tinhso.base.room import FULL
from tinhso.site.watch import exposition

_known = {"migrated": False}
"""Tables that are there stay: once this process has seen them, it need not read all migrations again."""
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


def healthz(_request: HttpRequest) -> HttpResponse:
    """Tell that this process lives; nothing is read."""
    return JsonResponse({"status": "ok"})


def readyz(_request: HttpRequest) -> HttpResponse:
    """Tell whether requests should be sent here: 200, or 503 with what is missing. A stale worker, a full disk are warnings: pages can be read."""
    told = _error_of_writing()
    checks = {
        "draining": not processes.is_draining(),
        "database": database_answers(),
        "migrations": False,
        "data_folder": told in {0, *FULL},
    }
    checks["migrations"] = checks["database"] and migrations_are_applied()
    warnings = [] if worker_is_fresh() else ["worker"]
    warnings += ["disk_full"] if told in FULL else []
    fine = all(checks.values())
    body = {
        "status": "ready" if fine else "not ready",
        "failing": [name for name, well in checks.items() if not well],
        "warnings": warnings,
    }
    response = JsonResponse(body, status=HTTPStatus.OK if fine else HTTPStatus.SERVICE_UNAVAILABLE)
    # a probe that is told no is an answer: Django would log each as an error of ours
    response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 - as Django marks what it has logged
    return response


def metrics(request: HttpRequest) -> HttpResponse:
    """Give Prometheus its figures: to whoever has the token, or asks from this machine past no proxy."""
    if not may_read_metrics(request):
        return HttpResponse("403\n", status=HTTPStatus.FORBIDDEN, content_type="text/plain")
    return HttpResponse(exposition.text(clock.now()), content_type=exposition.CONTENT_TYPE)


def may_read_metrics(request: HttpRequest) -> bool:
    """Tell whether the asker has the token of `TINHSO_METRICS_TOKEN`, or sits on this machine and came by no proxy."""
    scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
    if given:
        wanted = settings.METRICS_TOKEN
        return (
            bool(wanted) and scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), wanted.encode())
        )
    return is_loopback(request.META.get("REMOTE_ADDR", "")) and not any(name in request.META for name in FORWARDED)


def is_loopback(address: str) -> bool:
    """Tell whether an address is this machine's own."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def database_answers() -> bool:
    """Tell whether the database carries out a statement."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone())
    except Error:
        return False


def migrations_are_applied() -> bool:
    """Tell whether the database holds every table this version knows; newer ones do not matter."""
    if not _known["migrated"]:
        try:
            executor = MigrationExecutor(connection)
            _known["migrated"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        except Error:
            return False
    return _known["migrated"]


def _error_of_writing() -> int:
    """Try to write a file into the data folder; return 0, or the number of what the system said."""
    path = Path(settings.DATA_DIR) / f".probe-{os.getpid()}"
    try:
        path.write_bytes(b"x")
    except OSError as error:
        return error.errno or -1
    finally:
        with suppress(OSError):
            path.unlink()
    return 0


def worker_is_fresh() -> bool:
    """Tell whether a worker has beaten lately."""
    seen = processes.worker_seen_at()
    return seen is not None and (clock.now() - seen).total_seconds() <= processes.FRESH


PROBES: dict[str, Callable[[HttpRequest], HttpResponse]] = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}


def answer(request: HttpRequest) -> HttpResponse | None:
    """Return the answer to a probe, None for every other request."""
    probe = PROBES.get(request.path_info)
    if probe is None:
        return None
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    response = probe(request)
    response["Cache-Control"] = "no-store"
    return response
