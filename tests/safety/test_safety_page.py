"""The page of safety says the figures that the program has."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.hashers import ScryptPasswordHasher

from tinhso.kernel.documents import contents, hidden
from tinhso.kernel.identity import queries
from tinhso.kernel.identity.actions.sign_in import LONGEST_SESSION
from tinhso.kernel.identity.library_pages import __doc__ as library
from tinhso.site.settings import base

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "reference" / "safety.md").read_text("utf-8")


def chapter(title: str) -> str:
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert found, title
    return " ".join(found.group(1).split())


def test_kinds_and_sizes_of_files_are_written_down():
    said = chapter("Files that come in")
    assert f"Kinds: {', '.join(base.FILE_KINDS)};" in said
    assert f"A file: {base.MAX_FILE_BYTES // 2**20} MB" in said
    assert f"{base.MAX_IMAGE_PIXELS // 10**6} million points" in said
    assert f"{contents._MOST_MEMBERS:,} members, {contents._MOST_UNPACKED_BYTES // 2**20} MB unpacked" in said
    assert f"more than {hidden._PAGES:,} pages" in said
    assert f"at most {hidden._LOOKS:,} actions and annotations" in said
    assert f"one owner: {base.UPLOADS_PER_OWNER}, each for {base.UPLOAD_HOURS} hours" in said


def test_ways_to_sign_in_are_written_down():
    said = chapter("Ways to sign in")
    for word in (
        "official",
        "citizen, business",
        "program",
        "one-time code",
        "passkey",
        "recovery code",
        "VNeID",
        "bearer",
    ):
        assert word in said
    assert set(base.MFA_SUPPORTED_TYPES) == {"totp", "webauthn", "recovery_codes"}
    assert [app["provider_id"] for app in base.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]] == ["vneid"]
    assert "VNeID" in library


def test_brakes_on_guessing_are_written_down():
    said = chapter("Brakes on guessing")
    limits = {value for name, value in vars(queries).items() if name.isupper() and isinstance(value, int)}
    assert "Five failures of one name or thirty of one address" in said
    assert {5, 30} <= limits
    assert f"API takes {base.API_PER_MINUTE} requests a minute" in said
    (length,) = [one["OPTIONS"]["min_length"] for one in base.AUTH_PASSWORD_VALIDATORS if "OPTIONS" in one]
    assert f"Passwords: {length} signs or more" in said


def test_lengths_of_sessions_are_written_down():
    said = chapter("Sessions")
    hours = int(LONGEST_SESSION.total_seconds() // 3600)
    assert f"{base.SESSION_COOKIE_AGE // 60} minutes of rest, {hours} hours in any case" in said
    assert f"lasts {base.ACCOUNT_REAUTHENTICATION_TIMEOUT} seconds" in said
    assert "side by side" in said


def test_keys_are_listed_with_what_they_are_for():
    rows = list(re.findall(r"^\|(.+)\|$", TEXT.split("## Keys")[1].split("##")[0], re.MULTILINE))[2:]
    assert len(rows) >= 5
    assert all(cell.strip() for row in rows for cell in row.split("|"))
    secrets = set(re.findall(r"`(TINHSO_\w+)`", chapter("Keys")))
    assert "TINHSO_SECRET_KEY" in secrets


@pytest.mark.parametrize("title", ["Logs", "Time to mend"])
def test_chapters_have_their_figures(title):
    assert re.search(r"\d|ninety", chapter(title))


def test_logs_are_written_down():
    said = chapter("Logs")
    for word in ("operate", "deleted", "Read by", "TINHSO_SOC"):
        assert word in said


def test_time_to_mend_is_written_down():
    assert re.findall(r"(\d+) days", chapter("Time to mend")) == ["2", "14", "90"]


def test_passwords_are_kept_by_scrypt():
    assert base.PASSWORD_HASHERS[0].endswith(".ScryptPasswordHasher")
    kept = ScryptPasswordHasher()
    assert (kept.work_factor >= 2**14, kept.block_size >= 8) == (True, True)
    assert kept.encode("mật khẩu", kept.salt()) != kept.encode("mật khẩu", kept.salt())
