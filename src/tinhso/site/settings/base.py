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
from tinhso.site.settings.sign_in import *  # noqa: F403
from tinhso.site.settings.sign_in import FORM_TARGETS, SIGN_IN_APPS, SIGN_IN_MIDDLEWARE

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


def database(url: str) -> dict[str, object]:
    """Return Django's database setting for a URL: `sqlite` (in the data folder), `sqlite:///path` or `postgresql://…`."""
    if url == "sqlite" or url.startswith("sqlite:"):
        path = unquote(urlsplit(url).path[1:]) if url.startswith("sqlite:///") else str(DATA_DIR / "tinhso.sqlite3")
        return {
            "ENGINE": "django.db.backends.sqlite3",
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
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": {**dict(parse_qsl(parts.query)), "pool": {"min_size": 1, "max_size": 8}},
    }


SECRET_KEY = _secret_key()
DEBUG = False
ALLOWED_HOSTS = setting("HOSTS", "localhost,127.0.0.1,[::1]", "host names the site answers to").split(",")
PUBLIC_URL = setting("PUBLIC_URL", "http://localhost:8000", "address under which people reach the site")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
DATABASES = {
    "default": database(setting("DATABASE", "sqlite", "sqlite, sqlite:///path or postgresql://…", secret=True))
}
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
    "django.middleware.security.SecurityMiddleware",
    *(["whitenoise.middleware.WhiteNoiseMiddleware"] if (BUILD_DIR / "collected").exists() else []),
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "tinhso.site.problems.ProblemMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
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
LANGUAGE_COOKIE_NAME = "ngon_ngu"
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
CSRF_FAILURE_VIEW = "tinhso.web.errors.csrf_failure"
# shared by all web processes of the machine: rate limits and used one-time codes
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": str(DATA_DIR / "cache")}
}
FILES_DIR = DATA_DIR / "files"
KEYS_DIR = DATA_DIR / "keys"

SESSION_COOKIE_NAME = "phien"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_COOKIES = flag("HTTPS", "the site is reached over https: secure cookies and HSTS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SECURE_HSTS_SECONDS = 31536000 if SECURE_COOKIES else 0
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "form-action": [CSP.SELF, *FORM_TARGETS],
}
API_PER_MINUTE = int(setting("API_PER_MINUTE", "600", "requests a minute that one API token may make"))
MAX_FILE_BYTES = 100 * 1024 * 1024
MAX_IMAGE_PIXELS = 80_000_000
FILE_KINDS = ("pdf", "png", "jpeg", "docx", "xlsx", "odt")
FILE_STORE = "tinhso.kernel.documents.store.FolderStore"
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
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["console"],
        "level": setting("LOG", "WARNING", "level of the log: DEBUG, INFO, WARNING, ERROR"),
    },
}
