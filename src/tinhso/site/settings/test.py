"""
Tests: own data folder, plain password hasher, a SQLite file unless TINHSO_TEST_DATABASE says PostgreSQL.

The cache is a file unless TINHSO_TEST_CACHE names a Redis (`redis://host:port`), whose last databases the tests empty.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import cast

os.environ["TINHSO_DATA"] = tempfile.mkdtemp(prefix="tinhso-test-")
os.environ.setdefault("TINHSO_SECRET_KEY", "only-for-tests-" + "x" * 40)

from tinhso.site.settings.base import *  # noqa: F403
from tinhso.site.settings.base import DATA_DIR, database

_database = database(os.environ.get("TINHSO_TEST_DATABASE", "sqlite"))
if "TINHSO_TEST_DATABASE" not in os.environ:
    # a file, as in life: in memory all threads share one connection, and a server under test now and then misses a row
    _database["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    # what a test wrote need not outlive a loss of power
    _options = cast("dict[str, str]", _database["OPTIONS"])
    _options["init_command"] = _options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
DATABASES = {"default": _database}
# the processes of one run count apart: each in a numbered database of its own, from the last one down
if _cache := os.environ.get("TINHSO_TEST_CACHE"):
    _number = 15 - int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
    CACHES = {"default": {"BACKEND": "tinhso.site.shared_cache.SharedCache", "LOCATION": f"{_cache}/{_number}"}}
# it would list every static file again for each test client
MIDDLEWARE = [name for name in MIDDLEWARE if not name.startswith("whitenoise.")]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
JOURNAL_MAY_BE_EMPTIED = True
Path(DATA_DIR).mkdir(parents=True, exist_ok=True)
atexit.register(shutil.rmtree, os.environ["TINHSO_DATA"], ignore_errors=True)
# nobody is told, except by tests that have a portal of their own
NATIONAL_URL = ""
# nor is any register asked, except by tests that have one of their own
REGISTERS_URL = ""
