"""Telling people: once per event, in their language, and nobody reads another's."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils.translation import gettext_lazy, override

from tinhso.base.actors import ANONYMOUS
from tinhso.base.personal import Before
from tinhso.base.refusals import NotFound
from tinhso.kernel.identity import actions, erasures, queries
from tinhso.kernel.identity.actions.messages import wait_after
from tinhso.kernel.identity.models import FailedSignIn, Message, Notice

from .conftest import ADMIN, AT, CITIZEN, DEMO, DESK

pytestmark = pytest.mark.django_db
EVENT = UUID("01900000-0000-7000-8000-000000000001")
OTHER = UUID("01900000-0000-7000-8000-000000000002")


def tell(to, event_id=EVENT, text="Dossier {code} is ready.", **more):
    return actions.notify(to, text=text, facts={"code": "H1"}, link="/ho-so/H1/", event_id=event_id, at=AT, **more)


def test_once_per_event_and_reader(tu, lan):
    person = f"person:{tu.pk}"
    assert tell(person).pk == tell(person).pk
    tell(lan.subject_key)
    tell(person, OTHER)
    assert (Notice.objects.count(), Message.objects.count()) == (3, 3)
    assert set(Message.objects.values_list("address", flat=True)) == {"tu@dan.example", "lan@tinh.example"}


def test_who_has_no_address_gets_a_notice_only(tu):
    actions.change_person(tu, email="", actor=DESK, at=AT)
    tell(f"person:{tu.pk}")
    assert (Notice.objects.count(), Message.objects.count()) == (1, 0)


def test_the_address_given_for_the_matter_goes_before_their_own(tu):
    tell(f"person:{tu.pk}", address="viec-nay@dan.example")
    tell(f"person:{tu.pk}", OTHER)
    assert set(Message.objects.values_list("address", flat=True)) == {"viec-nay@dan.example", "tu@dan.example"}
    message = Message.objects.get(event_id=EVENT)
    assert message.recipient == f"person:{tu.pk}"
    assert tu.full_name in message.body


def test_who_has_no_address_is_told_at_the_one_given(tu):
    actions.change_person(tu, email="", actor=DESK, at=AT)
    tell(f"person:{tu.pk}", address="viec-nay@dan.example")
    assert Message.objects.get().address == "viec-nay@dan.example"


def test_nobody_known_does_not_fail():
    tell("person:01900000-0000-7000-8000-00000000ffff")
    assert (Notice.objects.count(), Message.objects.count()) == (1, 0)


def test_msgid_is_kept_and_renders_in_the_readers_language(tu_account):
    with override("vi"):
        notice = tell(tu_account.subject_key, text=gettext_lazy("Sign in first. What you typed has been kept."))
    assert notice.text == "Sign in first. What you typed has been kept."


def test_missing_fact_shows_its_name():
    assert queries.render_text("Dossier {code} of {who}", {"code": "H1"}) == "Dossier H1 of {who}"


def own(account):
    return queries.actor_for(account, assurance="vneid:2", level=2, at=AT)


def test_reading(tu_account):
    actor = own(tu_account)
    notice, _other = tell(actor.key), tell(actor.key, OTHER)
    assert queries.unread_count(actor) == 2
    actions.read_notice(notice.pk, actor=actor, at=AT)
    actions.read_notice(notice.pk, actor=actor, at=AT + timedelta(hours=1))
    notice.refresh_from_db()
    assert (notice.read_at, queries.unread_count(actor)) == (AT, 1)
    assert actions.read_all_notices(actor=actor, at=AT) == 1
    assert queries.unread_count(actor) == 0


def test_anothers_notice_is_not_there(tu_account):
    notice = tell(tu_account.subject_key)
    with pytest.raises(NotFound):
        actions.read_notice(notice.pk, actor=CITIZEN, at=AT)
    assert queries.list_notices(seen_by=CITIZEN) == []
    notice.refresh_from_db()
    assert notice.read_at is None


def test_count_is_one_statement_and_none_for_nobody(tu_account, django_assert_num_queries):
    actor = own(tu_account)
    with django_assert_num_queries(1):
        queries.unread_count(actor)
    with django_assert_num_queries(0):
        assert queries.unread_count(ANONYMOUS) == 0


def test_pages_by_key(tu_account):
    actor = own(tu_account)
    made = [tell(actor.key, UUID(int=number)) for number in range(1, 8)]
    first = queries.list_notices(seen_by=actor, limit=3)
    second = queries.list_notices(seen_by=actor, after=first[-1].pk, limit=3)
    wanted = sorted((one.pk for one in made), reverse=True)
    assert [one.pk for one in first + second] == wanted[:6]


@pytest.mark.parametrize(("tries", "minutes"), [(1, 1), (2, 2), (3, 4), (8, 128), (9, 256), (10, 360), (30, 360)])
def test_waits_double_up_to_six_hours(tries, minutes):
    assert wait_after(tries) == timedelta(minutes=minutes)


def test_dead_message_comes_back(tu):
    tell(f"person:{tu.pk}")
    Message.objects.update(state="dead", tries=10)
    dead = queries.dead_messages(seen_by=ADMIN)
    assert (len(dead), queries.dead_messages(seen_by=DESK)) == (1, [])
    actions.retry_message(dead[0].pk, actor=ADMIN, at=AT)
    with pytest.raises(NotFound):
        actions.retry_message(dead[0].pk, actor=ADMIN, at=AT)
    assert Message.objects.get().state == "waiting"


def test_old_failures_are_cleaned():
    for days in (29, 31):
        actions.record_failed_sign_in(
            "x", address="10.0.0.1", factor="password", actor=ANONYMOUS, at=AT - timedelta(days=days)
        )
    old = erasures.failed_sign_ins(Before(AT - timedelta(days=30)))
    assert erasures.delete_sign_ins(list(old.values_list("pk", flat=True)), DEMO, AT) == 1
    assert FailedSignIn.objects.count() == 1
