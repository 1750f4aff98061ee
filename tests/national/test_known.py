"""What the portal took counts for 1.4 of QĐ 766, what it refused against it; nothing is guessed."""

from __future__ import annotations

from tests.national.test_telling import DAY, WORKER, hand_over, known, tell
from tests.snapshot import with_province

from tinhso.kernel.casework.public import known_nationally, national_portal
from tinhso.modules.nationalportal.actions import comparing, telling
from tinhso.modules.nationalportal.models import Message, Taken
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import later
from tinhso.modules.quality import tasks
from tinhso.modules.quality.models import Case

pytestmark = with_province


def measured(code, at):
    hand_over(at)
    tasks.keep_measures(at=at)
    case = Case.objects.get(code=code)
    counts = case.counts()
    return {"synced": bool(counts.synced), "known": bool(counts.sync_known)}


def test_a_dossier_counts_once_the_portal_took_it(portal, who):
    code = playing.accepted(who)
    assert measured(code, later(10)) == {"synced": False, "known": True}
    assert tell(later(11)) > 0
    assert measured(code, later(12)) == {"synced": True, "known": True}
    Message.objects.all().delete()  # thrown away in time
    assert known_nationally([code]) == {code: True}


def test_what_it_refuses_counts_against_it_until_it_goes_through(portal, who):
    portal.mode = "refuse"
    code = playing.accepted(who)
    tell(later(11))
    assert measured(code, later(12)) == {"synced": False, "known": True}
    portal.mode = ""
    telling.tell_again(code, actor=playing.official("quantri"), at=later(20))
    tell(later(21))
    assert measured(code, later(22)) == {"synced": True, "known": True}


def test_where_nobody_is_told_nothing_is_known(who, settings):
    settings.NATIONAL_URL = ""
    code = playing.accepted(who)
    assert measured(code, later(12)) == {"synced": False, "known": False}


def test_a_compared_day_tells_of_what_was_told_long_ago_and_of_what_is_missing(portal, who):
    code, other = playing.accepted(who), playing.accepted(who)
    tell(later(11))
    assert known(portal, code)["dossiers"]
    portal.store.run("DELETE FROM national_dossier WHERE code = ?", other)
    Message.objects.all().delete()
    Taken.objects.all().delete()
    assert known_nationally([code, other]) == {}
    comparing.compare_day(national_portal(), DAY, actor=WORKER, at=later(30))
    assert known_nationally([code, other]) == {code: True, other: False}
