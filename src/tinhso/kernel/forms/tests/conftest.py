"""The tests read Vietnamese, so the catalogue is compiled first where the build has not done it."""

from datetime import UTC, datetime
from pathlib import Path

import polib
import pytest

from tinhso.base.actors import system
from tinhso.kernel.forms.lookups import Lookup

PO = Path(__file__).parents[1] / "locale" / "vi" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")
if not MO.exists() or MO.stat().st_mtime < PO.stat().st_mtime:
    polib.pofile(str(PO)).save_as_mofile(str(MO))

LOADER = system("loader")
AT = datetime(2022, 11, 28, 2, 0, tzinfo=UTC)


@pytest.fixture
def no_units(monkeypatch):
    """A province without communes, so that a test needs no database."""
    empty = Lookup("unit", lambda _text, _on, _limit: (), lambda _code, _on: None)
    monkeypatch.setattr("tinhso.kernel.forms.lookups._lookup", lambda _key: empty)


@pytest.fixture
def loader():
    return LOADER


@pytest.fixture
def at():
    return AT
