"""How somebody is reached: one address, at its owner; the language they chose."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from tests.doors import come_in

from tinhso.base.personal import Before
from tinhso.kernel.identity import actions, erasures, queries
from tinhso.kernel.identity.models import Account, Message
from tinhso.kernel.journal.public import Entry
from tinhso.kernel.organisation.public import change_official

from .conftest import AT, DEMO, PASSWORD
from .test_notices import EVENT, OTHER, tell

pytestmark = pytest.mark.django_db
NEW = "lan.moi@tinh.example"


def ask_for_a_new_password(client, email):
    client.post("/tai-khoan/password/reset/", {"email": email})
    return [message for message in Message.objects.order_by("pk") if "password/reset/key" in message.body]


def correct(lan):
    change_official(lan.official_id, full_name="Nguyễn Thị Lan", email=NEW, phone="", actor=DEMO, at=AT)
    return Account.objects.get(pk=lan.pk)


def test_a_corrected_address_is_used_by_mail_and_by_the_way_back_in(client, lan):
    lan = correct(lan)
    assert queries.reach_of(lan.subject_key).email == NEW
    tell(lan.subject_key)
    assert Message.objects.get().address == NEW
    assert ask_for_a_new_password(client, "lan@tinh.example") == []
    (sent,) = ask_for_a_new_password(client, NEW.upper())
    assert sent.address == NEW


def test_a_link_sent_to_the_old_address_is_worthless(client, lan):
    (sent,) = ask_for_a_new_password(client, "lan@tinh.example")
    correct(lan)
    link = re.search(r"http://testserver(/tai-khoan/password/reset/key/\S+)", sent.body)[1]
    assert client.get(link).status_code == 200  # the page that says the link is spent; a good one redirects


def test_a_closed_account_is_sent_no_way_in(client, lan):
    actions.close_account(lan, reason="x", actor=DEMO, at=AT)
    assert ask_for_a_new_password(client, "lan@tinh.example") == []


def test_notes_about_ones_password_go_to_the_owners_address_in_their_language(client, lan):
    lan = correct(lan)
    actions.choose_language(lan, "en", actor=queries.actor_for(lan, assurance="x", level=2, at=AT), at=AT)
    come_in(client, lan)
    changed = {"oldpassword": PASSWORD, "password1": "mot-mat-khau-moi-khac-2", "password2": "mot-mat-khau-moi-khac-2"}
    client.cookies["ngon_ngu"] = "vi"
    assert client.post("/tai-khoan/password/change/", changed).status_code == 302
    note = Message.objects.get()
    assert (note.address, note.subject) == (NEW, "Password Changed")


def test_the_language_chosen_while_signed_in_is_that_of_mail(client, tu_account):
    tell(tu_account.subject_key)
    assert "Kính gửi" in Message.objects.get(event_id=EVENT).body
    come_in(client, tu_account)
    assert client.post("/ngon-ngu/", {"language": "en"}).status_code == 302
    tu_account.refresh_from_db()
    assert tu_account.language == "en"
    entry = Entry.objects.get(event="identity.language_chosen")
    assert (entry.actor_key, entry.facts) == (tu_account.subject_key, {"language": "en"})
    tell(tu_account.subject_key, OTHER)
    assert "Dear Trần Thị Tư" in Message.objects.get(event_id=OTHER).body


def test_choosing_the_same_again_or_a_language_we_do_not_speak_leaves_no_line(client, tu_account):
    come_in(client, tu_account)
    for language in ("vi", "fr", ""):
        client.post("/ngon-ngu/", {"language": language})
    assert not Entry.objects.filter(event="identity.language_chosen").exists()
    client.logout()
    client.post("/ngon-ngu/", {"language": "en"})
    tu_account.refresh_from_db()
    assert tu_account.language == "vi"


def test_what_was_sent_may_be_erased_and_what_waits_may_not(tu_account):
    for number in range(1, 8):
        tell(tu_account.subject_key, UUID(int=number))
    rows = list(Message.objects.order_by("pk"))
    made = datetime.fromtimestamp((rows[0].pk.int >> 80) / 1000, UTC)  # ids carry the moment they were made
    Message.objects.filter(pk__in=[row.pk for row in rows[:5]]).update(state="sent", sent_at=made)
    Message.objects.filter(pk=rows[5].pk).update(state="dead")
    assert erasures.messages(Before(made - timedelta(days=1))).count() == 0
    due = erasures.messages(Before(made + timedelta(days=1)))
    assert erasures.delete_messages(list(due.values_list("pk", flat=True)), DEMO, AT) == 5
    assert sorted(Message.objects.values_list("state", flat=True)) == ["dead", "waiting"]
