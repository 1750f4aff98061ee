"""What is the same everywhere. Every variable is declared by `setting()`; `./tinhso settings` lists them."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import cast
from urllib.parse import parse_qsl, unquote, urlsplit

from django.utils.csp import CSP
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from tinhso.base.env import flag, setting
from tinhso.base.registry import find_packages
from tinhso.site.addresses import public_address
from tinhso.site.settings.sign_in import *  # noqa: F403
from tinhso.site.settings.sign_in import FORM_TARGETS, SIGN_IN_APPS, SIGN_IN_MIDDLEWARE
from tinhso.site.watch.logs import logging_setting

ROOT = Path(__file__).resolve().parents[4]
PACKAGE = ROOT / "src" / "tinhso"
DATA_DIR = Path(setting("DATA", str(ROOT / "var" / "data"), "folder of everything that must survive a restart"))
BUILD_DIR = ROOT / "build"
PACK_DIR = Path(setting("PACK", str(ROOT / "provinces" / "quang-nam"), "folder of the province pack"))


def _kept_secret_key() -> str:
    """Return the secret key of the data folder, made on first use: settings alone write nothing."""
    kept = DATA_DIR / "secret-key"
    if not kept.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        # written whole under another name and then linked: a process that starts beside us never reads half a key
        made = DATA_DIR / f"secret-key.{os.getpid()}"
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
        with suppress(FileExistsError):
            os.link(made, kept)
        made.unlink()
    return kept.read_text()


def _secret_key() -> str:
    """Return the secret key: from the environment, else from the data folder as soon as somebody asks for it."""
    given = setting("SECRET_KEY", "", "signs sessions and links; made on first start when empty", secret=True)
    return given or cast("str", SimpleLazyObject(_kept_secret_key))


def database(url: str, *, connect_timeout: str = "5") -> dict[str, object]:
    """Return Django's database setting for a URL: `sqlite` (in the data folder), `sqlite:///path` or `postgresql://…`.

    Behind `?` stand options of the driver, and `transaction_pooling=1` for a PgBouncer that pools by transaction.
    """
    if url == "sqlite" or url.startswith("sqlite:"):
        path = unquote(urlsplit(url).path[1:]) if url.startswith("sqlite:///") else str(DATA_DIR / "tinhso.sqlite3")
        return {
            "ENGINE": "tinhso.base.sqlite",
            "NAME": path,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # synchronous=FULL: an act is answered "done" only after it is on disk
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32000;"
                    " PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY"
                ),
            },
        }
    parts = urlsplit(url)
    options: dict[str, object] = dict(parse_qsl(parts.query))
    # a pooler that hands over the connection after each transaction loses a cursor that outlives one
    is_handed_over = options.pop("transaction_pooling", "0") == "1"
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        # a server that was started anew leaves the pool with dead connections: each is tried before it is lent
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": connect_timeout, **VANISHED, **options, "pool": POOL},
        "DISABLE_SERVER_SIDE_CURSORS": is_handed_over,
    }


VANISHED = {
    "keepalives_idle": "20",
    "keepalives_interval": "5",
    "keepalives_count": "4",
    "tcp_user_timeout": "40000",
}
"""
A database server whose machine or network is gone without a word is noticed after 40 seconds, not after the two hours of the
system; what it works on may take as long as it takes.
"""


def replica(url: str) -> dict[str, dict[str, object]]:
    """Return the database setting of a copy, by its alias; nothing for no URL. Nobody waits long for one that is away."""
    if not url:
        return {}
    described = database(url, connect_timeout="2")
    given = cast("dict[str, object]", described["OPTIONS"])
    pool = {"min_size": 0, "max_size": 8, "timeout": 0.5}
    return {"replica": {**described, "OPTIONS": {**given, "pool": pool}}}


POOL = {"min_size": 1, "max_size": 8, "timeout": 5, "reconnect_timeout": 5}
"""
Connections of one process. Seconds: how long a request waits for one before the page says that the site is resting, and
how long a connection is sought in the background (longer and longer pauses) before the next request seeks anew.
"""
SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = [
    key
    for key in setting(
        "SECRET_KEY_FALLBACKS", "", "earlier secret keys, with commas: what they signed is good still", secret=True
    ).split(",")
    if key
]
DEBUG = False
ALLOWED_HOSTS = setting("HOSTS", "localhost,127.0.0.1,[::1]", "host names the site answers to").split(",")
PUBLIC_URL = public_address(setting("PUBLIC_URL", "http://localhost:8000", "address under which people reach the site"))
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
DATABASES = {
    "default": database(setting("DATABASE", "sqlite", "sqlite, sqlite:///path or postgresql://…", secret=True))
}
REPLICA_LAG = float(
    setting("DATABASE_REPLICA_LAG", "10", "seconds a copy may be behind before it is not read any more")
)
DATABASES |= replica(setting("DATABASE_REPLICA", "", "a streaming copy for reads: postgresql://…", secret=True))
DATABASE_ROUTERS = ["tinhso.base.replica.ReplicaRouter"] if "replica" in DATABASES else []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

OWN_APPS = [
    name
    for name in ["tinhso.base", "tinhso.web", *find_packages("tinhso.kernel", "tinhso.modules"), "tinhso.site"]
    if find_spec(f"{name}.apps")
]
INSTALLED_APPS = [
    *OWN_APPS,
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    *SIGN_IN_APPS,
]
MIDDLEWARE = [
    "tinhso.site.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "tinhso.site.watch.middleware.WatchMiddleware",
    *(["whitenoise.middleware.WhiteNoiseMiddleware"] if (BUILD_DIR / "collected").exists() else []),
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "tinhso.site.problems.ProblemMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "tinhso.site.legible.LegibleMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    *SIGN_IN_MIDDLEWARE,
]
ROOT_URLCONF = "tinhso.site.urls"
WSGI_APPLICATION = "tinhso.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tinhso.web.context.page",
            ],
            # every template may use components, translations and static files without loading them
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "tinhso.web.templatetags.cq"],
        },
    },
]

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale", PACKAGE / "law" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"

STATIC_URL = "/static/"
STATICFILES_DIRS = [path for path in [BUILD_DIR / "static"] if path.exists()]
STATIC_ROOT = BUILD_DIR / "collected"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "tinhso.web.storage.StampedStorage"},
}
WEB_PROVINCE = "tinhso.kernel.organisation.public.look"
WEB_SIGN_OUT = "account_logout"
WEB_LIVE = "site:live"
LIVE_DOOR = setting(
    "LIVE_DOOR",
    "",
    "address of the process `live`, e.g. http://127.0.0.1:8003; empty: pages show changes when reloaded",
)
LIVE = setting(
    "LIVE", "", "how the worker tells the live process: empty (PostgreSQL, or a socket here), or redis://…", secret=True
)
WEB_KEEP_LANGUAGE = "tinhso.kernel.identity.public.keep_language"
CSRF_FAILURE_VIEW = "tinhso.web.errors.csrf_failure"
# shared by all web processes: rate limits are counted here, so an entry never goes before its time
CACHE_URL = setting(
    "CACHE", "", "where rate limits are counted: empty (one machine), or redis://… for several", secret=True
)
CACHES = {
    "default": {"BACKEND": "tinhso.site.shared_cache.SharedCache", "LOCATION": CACHE_URL}
    if CACHE_URL
    else {"BACKEND": "tinhso.site.caching.SqliteCache", "LOCATION": str(DATA_DIR / "cache.sqlite3")}
}
FILES_DIR = DATA_DIR / "files"
KEYS_DIR = DATA_DIR / "keys"

SECURE_COOKIES = flag(
    "HTTPS", "the site is reached over https: secure cookies that bear the name of this host, and HSTS"
)
# the prefix makes the browser itself see to it: over https only, of this host alone, not of a neighbour below one domain
_HOST = "__Host-" if SECURE_COOKIES else ""
SESSION_COOKIE_NAME = f"{_HOST}phien"
CSRF_COOKIE_NAME = f"{_HOST}csrftoken"
LANGUAGE_COOKIE_NAME = f"{_HOST}ngon_ngu"
if SECURE_COOKIES:
    MESSAGE_STORAGE = "tinhso.site.headers.HostMessages"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_COOKIES
SECURE_HSTS_SECONDS = 31536000 if SECURE_COOKIES else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_COOKIES
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "form-action": [CSP.SELF, *FORM_TARGETS],
}
API_PER_MINUTE = int(setting("API_PER_MINUTE", "600", "requests a minute that one API token may make"))
AT_ONCE = int(setting("AT_ONCE", "4", "requests that a web process works on at once; the others wait"))
PATIENCE_SECONDS = float(
    setting("PATIENCE_SECONDS", "4", "seconds that a request waits before it is told to come again")
)
MAX_FILE_BYTES = 100 * 1024 * 1024
MAX_IMAGE_PIXELS = 80_000_000
FILE_KINDS = ("pdf", "png", "jpeg", "docx", "xlsx", "odt")
FILES = setting(
    "FILES",
    "",
    "where files are kept: empty (the data folder), or s3://KEY:SECRET@host[:port]/bucket?region=…&secure=1",
    secret=True,
)
FILE_STORE = "tinhso.adapters.s3.S3Store" if FILES else "tinhso.kernel.documents.store.FolderStore"
MALWARE_SCANNER = setting(
    "SCANNER",
    "tinhso.kernel.documents.scanning.SignatureScanner",
    "malware scanner: tinhso.adapters.clamd.ClamdScanner in production",
)
CLAMD = setting("CLAMD", "127.0.0.1:3310", "where clamd listens: host:port, or the path of its socket")
KEY_RING = setting("KEY_RING", "tinhso.adapters.test_keys.TestKeyRing", "signing keys of officials")
UPLOAD_HOURS = 24
UPLOADS_PER_OWNER = 50
FONT_DIRS = [BUILD_DIR / "fonts"]
# the journal: both are for tests
JOURNAL_STRICT_EVENTS = False
JOURNAL_MAY_BE_EMPTIED = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000
LOGGING = logging_setting(
    setting("LOG_FORMAT", "line", "form of the log: line (for a reader) or json (for a machine)"),
    setting("LOG", "WARNING", "level of the log: DEBUG, INFO, WARNING, ERROR"),
    access=flag("ACCESS_LOG", "a line in the log for each request"),
)
# running and watching
RUN_DIR = Path(
    setting(
        "RUN", "", "folder of heartbeats and counters, which a web server looks into; empty: run in the data folder"
    )
    or DATA_DIR / "run"
)
INSTANCE = setting("INSTANCE", "", "name of this web instance among several, as the verb `web` sets it")
METRICS_TOKEN = setting("METRICS_TOKEN", "", "bearer token of whoever reads /metrics from elsewhere", secret=True)
SLOW_MS = float(setting("SLOW_MS", "200", "milliseconds from which a statement of the database counts as slow"))
SOC = setting("SOC", "", "security centre: syslog://host:port (UDP) or syslog+tcp://host:port; empty for none")
BROKER = setting("BROKER", "", "broker of the province's events: amqp://… or amqps://…; empty for none", secret=True)
BROKER_EVENTS = [
    kind.strip()
    for kind in setting(
        "BROKER_EVENTS",
        "onestop.*,casework.*,catalogue.*,organisation.*",
        "events of the journal that the broker is told: names, or families with .*",
    ).split(",")
    if kind.strip()
]
OTLP = setting("OTLP", "", "OpenTelemetry collector, http://host:4318; empty: no traces")
