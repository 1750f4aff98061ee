"""What is told to people after an act: once, in words, however often the line is handed over."""

from __future__ import annotations

import pytest
from tests.snapshot import with_province

from tinhso.kernel.identity.public import Message, Notice
from tinhso.kernel.journal.public import dispatch, entries
from tinhso.modules.onestop import subscribers
from tinhso.modules.onestop.actions import filing
from tinhso.modules.onestop.models import Dossier
from tinhso.modules.onestop.queries import people
from tinhso.modules.onestop.queries.telling import OWNER_TEXTS
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import later

pytestmark = with_province


def notices(actor):
    return [(notice.text, notice.facts) for notice in Notice.objects.filter(recipient=actor.key).order_by("at", "id")]


def hand_over():
    while dispatch(at=later(500)):
        pass


def test_the_applicant_reads_the_whole_story(who):
    code = playing.returned(who)
    hand_over()
    told = [text for text, _facts in notices(who.tu)]
    assert told == [
        OWNER_TEXTS[event]
        for event in (
            "onestop.dossier_filed",
            "onestop.dossier_accepted",
            "onestop.result_issued",
            "onestop.payment_settled",
            "onestop.result_returned",
        )
    ]
    facts = dict(notices(who.tu))[OWNER_TEXTS["onestop.dossier_accepted"]]
    assert facts["code"] == code
    assert facts["due"] == "29/11/2022"
    assert not Notice.objects.exclude(recipient=who.tu.key).exists()


def test_mail_goes_to_the_address_given_for_the_dossier(who):
    """VNeID gives no address for many; and one may be given for this dossier alone."""
    draft = playing.start(who.tu, delivery={"email": "tu@vidu.vn"})
    filing.file_application(draft.id, people.applicant(who.tu), actor=who.tu, at=later(1))
    other = playing.file(who.tu)  # without one: no address is known
    hand_over()
    sent = list(Message.objects.order_by("channel").values_list("channel", "address", "recipient"))
    assert sent == [("email", "tu@vidu.vn", who.tu.key), ("sms", "0905123456", who.tu.key)]
    assert Notice.objects.filter(recipient=who.tu.key).count() == 2
    assert Dossier.objects.get(code=other.code).applicant_email == ""


def test_a_line_that_is_handed_over_twice_is_told_once(who):
    code = playing.accepted(who)
    hand_over()
    before = notices(who.tu)
    from tinhso.kernel.journal.dispatching import view

    for entry in entries(("dossier", code)):
        subscribers.tell_owner(view(entry, later(600)))
    assert notices(who.tu) == before
    assert len(before) == 2


@pytest.mark.parametrize(
    ("station", "event"),
    [
        ("refused", "onestop.dossier_refused"),
        ("waiting", "onestop.supplement_asked"),
        ("stopped", "onestop.dossier_stopped"),
    ],
)
def test_every_bad_news_carries_its_reason(who, station, event):
    playing.STATIONS[station](who)
    hand_over()
    text, facts = notices(who.tu)[-1]
    assert text == OWNER_TEXTS[event]
    assert station == "waiting" or facts["reason"]


def test_what_applicants_do_themselves_is_not_told_to_them(who):
    playing.withdrawn(who)
    hand_over()
    assert [text for text, _facts in notices(who.tu)] == [OWNER_TEXTS["onestop.dossier_filed"]]
