"""A role taken in an emergency: who is told, what it opens, what it never opens, and how it ends."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from tests.doors import come_in
from tests.snapshot import province, snapshots, with_province  # noqa: F401 - lent to the tests here
from tests.world import account_of, at_now, token  # noqa: F401

from tinhso.base.refusals import BadInput, Forbidden, NotFound
from tinhso.kernel.identity.public import (
    NeverInEmergency,
    Notice,
    actor_for,
    actor_from_bearer,
    begin_emergency,
    end_emergency,
    issue_token,
    list_emergencies,
)
from tinhso.kernel.journal.public import Entry
from tinhso.kernel.organisation.public import find_official
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions import reception, results
from tinhso.modules.onestop.models import Dossier
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.conftest import own_folders  # noqa: F401
from tinhso.modules.onestop.tests.playing import AT

pytestmark = [*with_province, pytest.mark.usefixtures("own_folders", "at_now")]
DESK, WARD = "H47.32.20.01", "H47.32.20"
WHY = "Bão số 9: cả bộ phận một cửa không đến được trụ sở"


@pytest.fixture(autouse=True)
def fresh():
    cache.clear()


def admin(at=AT, *, level=2):
    return actor_for(account_of("quantri"), assurance="password+totp", level=level, at=at)


def take(role="reception", agency=DESK, hours=2, reason=WHY, at=AT):
    return begin_emergency(agency, role, hours=hours, reason=reason, actor=admin(at), at=at)


def test_it_opens_the_role_marks_each_act_and_ends_by_itself():
    code = playing.STATIONS["filed"](playing.cast())
    with pytest.raises(NotFound):
        reception.accept_dossier(code, actor=admin(), at=AT)
    taken = take()
    reception.accept_dossier(code, actor=admin(), at=AT)
    lines = Entry.objects.filter(actor_key=admin().key, subject_key=code)
    assert lines.exists()
    assert {line.facts.get("by_emergency") for line in lines} == {str(taken.pk)}
    late = AT + timedelta(hours=2)
    assert not admin(late).has_role("reception")
    assert not Entry.objects.exclude(actor_key=admin().key).filter(facts__has_key="by_emergency").exists()


def test_everybody_near_is_told_at_once():
    taken = take("processor", WARD)
    told = set(Notice.objects.filter(event_id=taken.pk).values_list("recipient", flat=True))
    near = {account_of(name).subject_key for name in ("minh", "ha", "quantri")}
    assert near | {f"official:{find_official('QN-052').pk}"} <= told
    assert account_of("hung").subject_key not in told


def test_every_page_says_so_and_the_auditor_reads_it():
    browser = come_in(Client(), account_of("quantri"), at=AT)
    assert "cq-emergency" not in browser.get("/tai-khoan/").content.decode()
    sent = {"agency": DESK, "role": "reception", "hours": "1", "reason": WHY}
    assert browser.post("/quan-tri/khan-cap/moi/", sent).status_code == 302
    for page in ("/tai-khoan/", "/", "/quan-tri/", "/thu-tuc/"):
        assert "cq-emergency" in browser.get(page).content.decode(), page
    auditor = come_in(Client(), find_official("QN-052").account, at=AT)
    page = auditor.get("/quan-tri/khan-cap/").content.decode()
    assert WHY in page
    assert "cq-emergency" not in page
    (taken,) = list_emergencies(seen_by=admin())
    assert auditor.post(f"/quan-tri/khan-cap/{taken.pk}/ket-thuc/").status_code == 302
    assert "cq-emergency" not in browser.get("/tai-khoan/").content.decode()


def test_it_never_signs():
    for role in ("leader", "admin", "auditor", "king"):
        with pytest.raises(NeverInEmergency):
            take(role, WARD)
    take("head", WARD)
    code = playing.STATIONS["proposed"](playing.cast())
    assert not access.can_sign(admin(), playing.task_of(code))
    # refused before any key is asked for
    with pytest.raises(Forbidden):
        results.sign_result(code, pin="246813", actor=admin(), at=AT)
    assert Dossier.objects.get(code=code).result.number == ""


def test_who_may_not_take_one():
    for who in (
        playing.official("lan"),
        playing.official("minh"),
        actor_for(find_official("QN-052").account, assurance="password+totp", level=2, at=AT),
        admin(level=1),
        playing.narrowed(admin(), "dossier:write"),
    ):
        with pytest.raises(Forbidden):
            begin_emergency(DESK, "reception", hours=1, reason=WHY, actor=who, at=AT)


@pytest.mark.parametrize(("hours", "reason"), [(0, WHY), (5, WHY), (1, "vội")])
def test_hours_and_reason_are_bounded(hours, reason):
    with pytest.raises(BadInput):
        take(hours=hours, reason=reason)


def test_a_token_does_not_carry_it():
    account = account_of("quantri")
    take()
    _row, text = issue_token(
        account, name="x", scopes=["dossier:write"], expires_at=AT + timedelta(days=1), actor=admin(), at=AT
    )
    assert not actor_from_bearer(f"Bearer {text}", at=AT).has_role("reception")


def test_given_back_it_is_over_at_once():
    taken = take()
    assert admin().has_role("reception")
    end_emergency(taken, actor=admin(), at=AT)
    assert not admin(AT + timedelta(seconds=1)).has_role("reception")
