"""The disk is full: a clear refusal, nothing half written, and work goes on when there is room again."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from django.db import connection
from django.urls import reverse
from tests.snapshot import province, snapshots, with_province  # noqa: F401 - lent to the tests here

from tinhso.base.refusals import NoRoom
from tinhso.kernel.journal.public import verify_all
from tinhso.modules.onestop.actions import applications, filing
from tinhso.modules.onestop.models import Application, Dossier
from tinhso.modules.onestop.queries import people
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import AT, COPY, MINH_AN

pytestmark = [
    *with_province,
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="SQLite can be told how many pages there are"),
]


@contextmanager
def no_room():
    """Let the database grow no further than it is."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        (pages,) = cursor.fetchone()
        cursor.execute("PRAGMA max_page_count")
        (before,) = cursor.fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA max_page_count = {before}")


@pytest.fixture(autouse=True)
def _loaded(province, snapshots, django_db_blocker):  # noqa: F811
    """Put the province back for each test: one that commits leaves an empty database behind."""
    with django_db_blocker.unblock():
        snapshots["quang-nam"].put_back()


LONG = {"count": 2, "note": "x" * 100_000}


@pytest.mark.django_db(transaction=True)
def test_an_act_that_finds_no_room_is_undone_whole(tu):
    drafts = [playing.start(tu.actor) for _each in range(8)]
    applicant = filing.Applicant.of(people.applicant(tu.actor))
    moments = []

    def file_all():
        for draft in drafts:
            moments.append(playing.everything())
            filing.file_application(draft.id, applicant, actor=tu.actor, at=AT)

    with no_room():
        with pytest.raises(NoRoom):
            applications.save_step(drafts[0].id, "copies", LONG, complete=True, actor=tu.actor, at=AT)
        with pytest.raises(NoRoom):
            file_all()
        assert not connection.in_atomic_block
        assert playing.everything() == moments[-1]
    code = filing.file_application(drafts[len(moments) - 1].id, applicant, actor=tu.actor, at=AT).code
    assert code.endswith(f"{len(moments):04d}")
    assert verify_all().ok


@pytest.mark.django_db(transaction=True)
def test_the_page_says_that_nothing_was_saved(tu, browser):
    applications.start_application(COPY, agency_code=MINH_AN, actor=tu.actor, at=AT)
    before = Application.objects.values_list("answers", flat=True)[0]
    draft = Application.objects.get()
    with no_room():
        typed = {f"copies.{name}": value for name, value in LONG.items()}
        typed |= {"record.registered_at": "y" * 100_000}
        answer = browser.post(reverse("onestop:step", args=[draft.id, "record"]), typed)
    assert answer.status_code == 507
    assert "base.no_room" in answer.content.decode()
    assert Application.objects.values_list("answers", flat=True)[0] == before
    assert not Dossier.objects.exists()
