"""What goes wrong at the other end or beside us harms one dossier at most, and spoils nothing that waits."""

from __future__ import annotations

import threading
import time

import pytest
from django.core.cache import cache
from django.db import connection
from tests.national.test_telling import WORKER, hand_over, known, tell
from tests.snapshot import with_province

from tinhso.kernel.casework.public import PortalAway, national_portal
from tinhso.kernel.journal.public import Entry
from tinhso.modules.nationalportal.actions import telling
from tinhso.modules.nationalportal.models import Message
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import later

pytestmark = with_province


def breaking(monkeypatch, portal, code):
    """Let the portal fall over each time it hears of one dossier."""
    plain = portal._dossier

    def dossier(row):
        if row["MaHoSo"] == code:
            raise RuntimeError("a fault of theirs")
        return plain(row)

    monkeypatch.setattr(portal, "_dossier", dossier)


@pytest.mark.parametrize("wrong", [{"NATIONAL_SECRET": "another"}, {"NATIONAL_URL": "/nowhere"}])
def test_a_wrong_password_or_address_spoils_nothing_that_waits(portal, who, settings, wrong):
    code = playing.file(who.tu).code
    before = {name: getattr(settings, name) for name in wrong}
    for name, value in wrong.items():
        setattr(settings, name, settings.NATIONAL_URL + value if name == "NATIONAL_URL" else value)
    cache.clear()
    assert tell(later(1)) == 0
    assert {row.state for row in Message.objects.all()} == {"waiting"}
    for name, value in before.items():
        setattr(settings, name, value)
    assert tell(later(5)) == 2
    assert known(portal, code)["dossiers"]


def test_a_dossier_on_which_the_portal_falls_over_holds_up_no_other(portal, who, monkeypatch):
    bad, *good = [playing.file(who.tu, at=later(n)).code for n in range(4)]
    breaking(monkeypatch, portal, bad)
    assert tell(later(10)) == 6, "each of the others at once"
    assert {row.dossier_code for row in Message.objects.exclude(state="sent")} == {bad}
    assert {row["MaHoSo"] for row in known(portal)["dossiers"]} == set(good)


def test_it_is_parked_with_the_reason_when_others_went_through_all_the_while(portal, who, monkeypatch):
    bad = playing.file(who.tu).code
    breaking(monkeypatch, portal, bad)
    minutes = 1.0
    for round_ in range(telling.MOST_TRIES):
        playing.file(who.tu, at=later(minutes))
        tell(later(minutes + 1))
        minutes += 2 + telling.wait_after(round_ + 1).total_seconds() / 60
    first = Message.objects.filter(dossier_code=bad).order_by("id").first()
    assert (first.state, first.tries) == ("parked", telling.MOST_TRIES)
    assert "500" in first.fault


def test_a_portal_that_is_away_for_days_parks_nothing(portal, who):
    playing.file(who.tu)
    portal.mode = "away"
    for hours in range(telling.MOST_TRIES + 3):
        tell(later(60 * 7 * hours + 1))
    assert {row.state for row in Message.objects.all()} == {"waiting"}


def test_a_fault_of_our_own_in_one_dossier_holds_up_no_other(portal, who):
    bad, good = (playing.file(who.tu, at=later(n)).code for n in range(2))
    hand_over(later(2))
    Message.objects.filter(dossier_code=bad, kind="step").update(facts={"state": "no such"})
    assert tell(later(10)) >= 2
    assert not Message.objects.filter(dossier_code=good).exclude(state="sent").exists()
    assert Message.objects.filter(dossier_code=bad, kind="step").get().fault


def test_a_portal_that_is_away_is_not_asked_for_every_dossier(portal, who):
    for n in range(6):
        playing.file(who.tu, at=later(n))
    hand_over(later(10))
    portal.asked.clear()
    portal.mode = "away"
    tell(later(10))
    assert len(portal.asked) <= telling.ASKED_BEFORE_AWAY * 2
    assert max(Message.objects.values_list("tries", flat=True)) == 1


def test_a_batch_never_begins_in_the_middle_of_a_dossier(portal, who, monkeypatch):
    """Two workers: the second one finds the later messages of a dossier whose first ones are in the hand of the first."""
    playing.accepted(who)
    hand_over(later(20))
    assert Message.objects.count() >= 4
    first = Message.objects.order_by("id").first()
    # as PostgreSQL's SKIP LOCKED hides from the second worker what the first one has locked and not yet committed
    plain = telling._due
    monkeypatch.setattr(telling, "_due", lambda at: plain(at).exclude(pk=first.pk))
    with pytest.raises(telling._Nothing):
        telling._take(actor=WORKER, at=later(20))
    monkeypatch.setattr(telling, "_due", plain)
    assert telling._take(actor=WORKER, at=later(20))[0].pk == first.pk


def test_the_portals_words_about_somebody_never_reach_the_journal(portal, who, monkeypatch):
    code = playing.file(who.tu).code
    words = {"MaHoSo": code, "ma": 22, "thongbao": "ChuHoSo Nguyễn Thị Tư 049185000123 không đúng"}
    monkeypatch.setattr(portal, "_dossier", lambda _row: words)
    tell(later(1))
    assert "Nguyễn Thị Tư" in Message.objects.filter(state="parked").get().fault, "who looks after it reads it"
    lines = Entry.objects.filter(event__startswith="nationalportal.")
    assert [line.facts["fault"] for line in lines if line.event == "nationalportal.parked"] == ["PortalRefuses"]
    assert "Nguyễn" not in str([line.facts for line in lines])


def test_telling_again_leaves_alone_what_a_worker_has_in_hand(portal, who):
    code = playing.file(who.tu).code
    hand_over(later(1))
    taken = {row.pk for row in telling._take(actor=WORKER, at=later(1))}
    made = telling.tell_again(code, actor=playing.official("quantri"), at=later(2))
    with pytest.raises(telling._Nothing):
        telling._take(actor=WORKER, at=later(2))
    # that worker died: its turn is over, and all goes in order
    again = telling._take(actor=WORKER, at=later(1) + telling.LEASE)
    assert [row.pk for row in again] == [*sorted(taken), made.pk]


@pytest.mark.parametrize("code", ["000.00.12.H62-201105-0004", "H47.12-240115-0001", "G09.20-20260609-0092637"])
def test_the_sandbox_takes_every_form_of_code_that_was_ever_in_force(portal, code):
    row = {"MaHoSo": code, "MaTTHC": "2.000635", "TrangThaiHoSo": 1, "NgayNopHoSo": "20221128090000"}
    assert portal._dossier(row)["ma"] == 0


def test_a_million_that_wait_are_not_sorted_for_the_next_fifty(portal, who):
    if connection.vendor != "sqlite":
        pytest.skip("plans of SQLite")
    with connection.cursor() as cursor:
        query, values = telling._next_due(later(0)).query.sql_with_params()
        cursor.execute(f"EXPLAIN QUERY PLAN {query}", values)
        plan = " ".join(str(row[3]) for row in cursor.fetchall())
    assert "TEMP B-TREE FOR ORDER BY" not in plan, plan


def test_an_answer_without_end_is_no_answer(portal, monkeypatch):
    monkeypatch.setattr("tinhso.adapters.national_portal.LONGEST_ANSWER", 10)
    with pytest.raises(PortalAway):
        national_portal().filed_on(later(0).date())


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_on_postgresql_keep_the_order_of_each_dossier(portal, who):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer")
    codes = [playing.accepted(who) for _three in range(3)]
    hand_over(later(20))
    ready, seen, told = threading.Barrier(2), [], national_portal()

    class Watching:
        """Notes what goes out, and is slow, so that both are at it."""

        def tell_dossier(self, dossier):
            told.tell_dossier(dossier)

        def tell_steps(self, steps):
            time.sleep(0.05)
            seen.extend((step.code, step.at) for step in steps)
            told.tell_steps(steps)

    def work():
        try:
            ready.wait()
            telling.tell_some(Watching(), actor=WORKER, at=later(20))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _two in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert not Message.objects.exclude(state="sent").exists()
    for code in codes:
        mine = [at for which, at in seen if which == code]
        assert mine == sorted(mine)
        assert len(mine) == Message.objects.filter(dossier_code=code, kind="step").count(), "none twice"
