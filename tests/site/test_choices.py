"""Other verbs find the site that `./tinhso up` runs on the same folder, and only while it runs."""

from __future__ import annotations

import pytest

from tinhso.site.launch import choices
from tinhso.site.launch.up import hold

TOLD = {
    "TINHSO_SANDBOX_URL": "http://127.0.0.1:8410",
    "TINHSO_DEMONSTRATION": "1",
    "TINHSO_SECRET_KEY": "nobody's business",
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name in choices.NAMES:
        monkeypatch.delenv(name, raising=False)
    # what recall() sets is undone with the rest
    monkeypatch.setattr(choices.os, "environ", dict(choices.os.environ))
    return tmp_path


def test_what_a_running_site_was_told_is_taken_over(folder):
    with hold(folder):
        choices.keep(folder, 8400, TOLD)
        assert choices.recall(folder)["port"] == 8400
        assert choices.os.environ["TINHSO_SANDBOX_URL"] == "http://127.0.0.1:8410"
    assert "nobody's business" not in (folder / choices.KEPT).read_text()


def test_the_environment_goes_before_it(folder):
    choices.os.environ["TINHSO_SANDBOX_URL"] = "http://sandbox.example"
    with hold(folder):
        choices.keep(folder, 8400, TOLD)
        choices.recall(folder)
    assert choices.os.environ["TINHSO_SANDBOX_URL"] == "http://sandbox.example"


def test_a_site_that_has_ended_says_nothing_more(folder):
    with hold(folder):
        choices.keep(folder, 8400, TOLD)
    assert choices.recall(folder) == {}
    assert "TINHSO_DEMONSTRATION" not in choices.os.environ


@pytest.mark.parametrize("spoilt", ["", "[]", "{", '{"port": 1}'])
def test_a_spoilt_file_is_as_none(folder, spoilt):
    with hold(folder):
        (folder / choices.KEPT).write_text(spoilt)
        assert choices.recall(folder) == {}


def test_no_folder_is_as_none(folder):
    assert choices.recall(folder / "nowhere") == {}
