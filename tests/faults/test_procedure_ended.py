"""A province ends a procedure while people are at it: drafts are told so, dossiers go on as they were filed."""

from __future__ import annotations

import shutil

import pytest
from django.urls import reverse
from tests.snapshot import PROVINCES, with_province

from tinhso.base.actors import system
from tinhso.base.refusals import NotFound
from tinhso.kernel.organisation.pack import load_pack
from tinhso.modules.onestop.actions import applications, filing, money, processing, reception, results
from tinhso.modules.onestop.models import Dossier
from tinhso.modules.onestop.queries import people
from tinhso.modules.onestop.queries.services import NotOnline
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import COPY, later

pytestmark = with_province
LOADED = later(30)


@pytest.fixture
def who(own_folders, db):
    return playing.cast()


@pytest.fixture
def end(tmp_path):
    """Return what loads the province without COPY, on the day on which everything here begins."""
    folder = tmp_path / "pack"
    shutil.copytree(PROVINCES / "quang-nam", folder)
    (folder / "procedures" / f"{COPY}.yaml").unlink()
    (folder / "forms" / f"{COPY}.json").unlink()
    _without_lines(folder / "procedures/facts/ho-tich.jsonl", f'"{COPY}"')
    events = folder / "procedures/life-events.yaml"
    events.write_text(events.read_text().replace(f', "{COPY}"', "").replace(f'"{COPY}", ', ""))
    return lambda: load_pack(folder, actor=system("loader"), at=LOADED)


def _without_lines(file, text: str) -> None:
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(line for line in lines if text not in line))


@pytest.mark.parametrize("station", ["filed", "waiting", "proposed"])
def test_what_was_filed_goes_on_under_the_version_it_was_filed_with(who, end, station):
    code = playing.STATIONS[station](who)
    assert [str(change) for change in end().changes if change.kind == "procedure"] == [
        f"- procedure {COPY} (Cấp bản sao Trích lục hộ tịch, bản sao Giấy khai sinh; valid_to: 2022-11-28)"
    ]
    if station == "filed":
        reception.accept_dossier(code, actor=who.lan, at=later(31))
    if station == "waiting":
        playing.ACTS["answer"](who, code, later(301))
    if station != "proposed":
        processing.propose_result(code, actor=who.ha, at=later(days=1))
    playing.sign_plainly(code, actor=who.minh, at=later(20, days=1))
    results.issue_result(code, actor=who.ngoc, at=later(21, days=1))
    money.take_payment(code, actor=who.hoa, at=later(22, days=1))
    reception.return_result(code, actor=who.lan, at=later(23, days=1))
    assert Dossier.objects.get(code=code).delivery == "handed"


def test_nothing_new_is_begun_and_the_draft_says_why(who, end, tu, browser):
    draft = playing.start(tu.actor)
    end()
    with pytest.raises(NotOnline):
        applications.start_application(COPY, actor=who.tu, at=later(40))
    applicant = filing.Applicant.of(people.applicant(tu.actor))
    for refused in (
        lambda: applications.start_application(COPY, actor=who.tu, at=later(days=1)),
        lambda: filing.file_application(draft.id, applicant, actor=tu.actor, at=later(days=1)),
    ):
        with pytest.raises(NotFound) as no:
            refused()
        assert no.value.code == "catalogue.ended"
    for name, args in (
        ("onestop:tasks", [draft.id]),
        ("onestop:step", [draft.id, "copies"]),
        ("onestop:check", [draft.id]),
        ("onestop:begin", [COPY]),
        ("catalogue:procedure", [COPY]),
    ):
        answer = browser.get(reverse(name, args=args))
        assert answer.status_code == 404
        assert "đã hết hiệu lực sau ngày 28/11/2022, không nhận hồ sơ mới" in answer.content.decode()
    assert browser.get(reverse("onestop:mine")).status_code == 200
    assert not Dossier.objects.exists()
