"""Tests: own data folder, plain password hasher, SQLite in memory unless TINHSO_TEST_DATABASE says PostgreSQL."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ["TINHSO_DATA"] = tempfile.mkdtemp(prefix="tinhso-test-")
os.environ.setdefault("TINHSO_SECRET_KEY", "only-for-tests-" + "x" * 40)

from tinhso.site.settings.base import *  # noqa: F403
from tinhso.site.settings.base import DATA_DIR, database

DATABASES = {"default": database(os.environ.get("TINHSO_TEST_DATABASE", "sqlite"))}
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
