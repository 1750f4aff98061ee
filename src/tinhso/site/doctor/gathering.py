"""What each check is told: the only place of the doctor that looks at the machine, the database and the network."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from tinhso.base.clock import now
from tinhso.base.gauges import read_gauges
from tinhso.base.processes import processes
from tinhso.base.sealing import seals_answers
from tinhso.base.stamps import BACKUP, get_stamp
from tinhso.kernel.documents.gauges import first_end
from tinhso.kernel.documents.scans.tools import missing_tools
from tinhso.kernel.documents.store import get_store
from tinhso.kernel.forms.public import codes_marked
from tinhso.kernel.identity.public import demonstration_accounts
from tinhso.kernel.journal.public import VERIFIED
from tinhso.site.addresses import without_secrets
from tinhso.site.doctor import choices, database, machine, outside, running
from tinhso.site.doctor.finding import Finding, Level, fine
from tinhso.site.outgoing.broker import try_line


def examine(port: int) -> Iterator[Finding]:
    """Yield what every check finds; a database that is away leaves out what only it could tell."""
    yield from _machine(port)
    yield from _choices()
    error = _database_error()
    yield database.reachable(error, connection.vendor)
    if not error:
        yield from _database()
        yield from _running()
        yield from _django()
    yield from _outside()


def is_production() -> bool:
    """Tell whether real people are meant to use it: the settings for production, or no demonstration over https."""
    named = os.environ.get("DJANGO_SETTINGS_MODULE", "")
    return named.endswith(".prod") or (not settings.DEMONSTRATION and settings.PUBLIC_URL.startswith("https:"))


def _machine(port: int) -> Iterator[Finding]:
    data = Path(settings.DATA_DIR)
    node = shutil.which("node")
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout if node else ""  # noqa: S603 - found by name
    yield machine.python_version(sys.version_info[:3])
    yield machine.node_version(said.strip(), is_built=(Path(settings.BUILD_DIR) / "collected").exists())
    yield machine.sqlite_version(sqlite3.sqlite_version_info, is_used=True)
    yield machine.scan_tools(missing_tools())
    yield machine.data_folder(data)
    if data.is_dir():
        disk = shutil.disk_usage(data)
        yield machine.free_space(disk.free, disk.total)
    yield machine.secret_key(data / "secret-key", os.environ.get("TINHSO_SECRET_KEY", ""))
    yield machine.port(port, heard_on(port))


def heard_on(port: int) -> str:
    """Return who listens on a port of this machine: `ours`, `other` or `free`."""
    if outside.greet(f"127.0.0.1:{port}"):
        return "free"
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=outside.WAIT) as answer:
            return "ours" if b'"status"' in answer.read(200) else "other"
    except OSError:
        return "other"


def _choices() -> Iterator[Finding]:
    real = is_production()
    yield choices.public_address(settings.PUBLIC_URL, settings.ALLOWED_HOSTS)
    yield choices.https(
        settings.PUBLIC_URL, is_demonstration=settings.DEMONSTRATION, secure_cookies=settings.SESSION_COOKIE_SECURE
    )
    trusts = bool(getattr(settings, "SECURE_PROXY_SSL_HEADER", None))
    yield choices.proxies(settings.ALLAUTH_TRUSTED_PROXY_COUNT, trusts_forwarded=trusts)
    apps: Any = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    given = {"TINHSO_VNEID_SECRET": str(apps[0]["secret"]), "TINHSO_PAYMENT_SECRET": settings.PAYMENT_SECRET}
    yield choices.secrets(given, is_production=real)
    yield choices.key_ring(settings.KEY_RING, is_production=real)
    yield choices.scanner(settings.MALWARE_SCANNER, is_production=real)
    yield choices.second_factor(is_on=settings.SECOND_FACTOR, is_production=real)
    yield choices.metrics_token(settings.METRICS_TOKEN)


def _database_error() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as error:
        return str(error).strip().partition("\n")[0]
    return ""


def _database() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    waiting = [str(migration) for migration, _back in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    unknown = set(executor.loader.applied_migrations) - set(executor.loader.disk_migrations)
    yield database.migrations(waiting, len(unknown))
    yield from _postgresql() if connection.vendor == "postgresql" else _sqlite()


def _sqlite() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous")
        yield database.durability("synchronous", str(cursor.fetchone()[0]))


_ASKED = """
SELECT current_setting('server_version_num')::int, pg_encoding_to_char(encoding),
    coalesce(datcollversion, ''), coalesce(pg_database_collation_actual_version(oid), ''),
    current_setting('synchronous_commit'), current_setting('fsync'), current_setting('TimeZone'),
    current_setting('max_connections')::int, clock_timestamp(),
    has_schema_privilege(current_schema(), 'CREATE')
FROM pg_database WHERE datname = current_database()
"""


def _postgresql() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(_ASKED)
        version, encoding, stored, actual, commit, fsync, zone, most, moment, can = cursor.fetchone()
    yield database.server_version(version)
    yield database.encoding(encoding)
    yield database.collation(stored, actual)
    yield database.durability("synchronous_commit", commit)
    yield database.durability("fsync", fsync)
    yield database.time_zone(zone)
    yield database.clock((moment - now()).total_seconds())
    yield database.connections(most, max(2, len(processes())))
    yield database.may_create(can=can)


def _running() -> Iterator[Finding]:
    at, living = now(), processes()
    yield running.worker(max((each.seen_at for each in living if each.kind == "worker"), default=None), at)
    yield running.versions(living)
    with suppress(Error):  # tables that wait for a migration are named above
        figures = read_gauges(at)
        for key in ("outbox_oldest_seconds", "mail_late_seconds", "payments_late_seconds"):
            yield running.late(key, figures[key])
        yield running.dead_letters(figures["dead_letters"])
        people = len(demonstration_accounts())
        yield choices.demonstration(
            is_demonstration=settings.DEMONSTRATION, is_production=is_production(), people=people
        )
        yield choices.sensitive_answers(len(codes_marked()), are_sealed=seals_answers())
    yield running.verified(get_stamp(VERIFIED), at)
    yield running.backup(get_stamp(BACKUP), at)
    yield running.certificate(("Chứng thư ký sớm nhất", "First signing certificate"), first_end(settings.KEY_RING), at)
    yield running.certificate(("Chứng thư HTTPS", "HTTPS certificate"), https_end(settings.PUBLIC_URL), at)


def https_end(url: str) -> datetime | None:
    """Return when the certificate of an https address ends; None for another address, or one that does not answer."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        return None
    try:
        with (
            socket.create_connection((parts.hostname, parts.port or 443), timeout=outside.WAIT) as line,
            ssl.create_default_context().wrap_socket(line, server_hostname=parts.hostname) as wrapped,
        ):
            ends = str((wrapped.getpeercert() or {}).get("notAfter", ""))
    except OSError:
        return None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC) if ends else None


def _outside() -> Iterator[Finding]:
    real = is_production()
    network = "Xem tường lửa và địa chỉ trong thiết lập.", "Look at the firewall and at the address in the settings."
    issuer = settings.VNEID_ISSUER
    yield outside.reached("VNeID", issuer, outside.discovery(issuer), network, is_needed=real)
    yield outside.reached(
        "SMTP", settings.SMTP, outside.greet(settings.SMTP, expected=_banner()), network, is_needed=real
    )
    payment = settings.PAYMENT_URL
    yield outside.reached("Thanh toán / payment", payment, outside.greet(payment), network, is_needed=real)
    if settings.MALWARE_SCANNER != choices.TEST_SCANNER:
        clamd = "systemctl restart clamav-daemon"
        answer = outside.greet(settings.CLAMD, b"zPING\0", b"PONG")
        yield outside.reached("clamd", settings.CLAMD, answer, (clamd, clamd), is_needed=True)
    if settings.FILES:
        store = get_store()
        # the first name in the bucket: address, key, secret, bucket and the right to look into it
        answer = outside.greet(settings.FILES) or outside.opened(lambda: next(iter(store.digests()), None))
        bucket = (
            "Xem địa chỉ, khóa, bí mật và tên kho trong TINHSO_FILES; lý do nằm trong nhật ký.",
            "Look at host, key, secret and bucket of TINHSO_FILES; the reason stands in the log.",
        )
        yield outside.reached("S3", without_secrets(settings.FILES), answer, bucket, is_needed=True)
    if settings.BROKER:
        # a greeting that is no AMQP of any version is answered with the one that is spoken
        answer = outside.greet(settings.BROKER, b"AMQP\x00\x00\x00\x00", b"AMQP")
        answer = answer or outside.opened(lambda: try_line(settings.BROKER))
        yield outside.reached(
            "AMQP", without_secrets(settings.BROKER), answer, _sign_in("TINHSO_BROKER"), is_needed=True
        )
    for name, url in (("TINHSO_CACHE", settings.CACHE_URL), ("TINHSO_LIVE", settings.LIVE)):
        if url:
            answer = outside.redis(url)
            yield outside.reached(f"Redis, {name}", without_secrets(url), answer, _sign_in(name), is_needed=True)
    if settings.LIVE_DOOR:
        live = "systemctl restart tinhso-live"
        answer = outside.greet(settings.LIVE_DOOR)
        yield outside.reached("live", settings.LIVE_DOOR, answer, (live, live), is_needed=False)
    for name, address in (("SOC", settings.SOC), ("OTLP", settings.OTLP)):
        if address and not address.startswith("syslog://"):
            yield outside.reached(name, address, outside.greet(address), network, is_needed=False)


def _sign_in(name: str) -> tuple[str, str]:
    return f"Xem địa chỉ, tên và mật khẩu trong {name}.", f"Look at address, name and password in {name}."


def _banner() -> bytes:
    """Return what a mail server says first; one that speaks TLS from the start says nothing."""
    return b"" if settings.SMTP_TLS == "tls" else b"220"


def _django() -> Iterator[Finding]:
    """Django's own checks, those of a deployment as well where it is one; its sentences are in English."""
    found = checks.run_checks(include_deployment_checks=is_production())
    told = [each for each in found if not each.is_silenced() and each.level >= checks.WARNING]
    for each in told:
        level = Level.BROKEN if each.level >= checks.ERROR else Level.MIND
        said, hint = f"Django {each.id}: {each.msg}", str(each.hint or "")
        yield Finding(level, said, said, hint, hint)
    if not told:
        yield fine("Django không thấy lỗi", "Django finds nothing wrong")
