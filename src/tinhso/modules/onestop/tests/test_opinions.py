"""An opinion with a deadline: silence is noted once and told to the heads, what comes late is kept (Đ.19 k.5)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.snapshot import with_province

from tinhso.base.registry import Periodic, registry
from tinhso.kernel.casework.public import open_tasks, participants_of
from tinhso.kernel.identity.public import Notice
from tinhso.kernel.journal.public import dispatch, entries
from tinhso.kernel.organisation.public import appoint, find_official
from tinhso.modules.onestop.actions import filing, opinions, processing, reception
from tinhso.modules.onestop.actions.steps import NotYourStep
from tinhso.modules.onestop.models import Dossier
from tinhso.modules.onestop.queries import people
from tinhso.modules.onestop.queries.telling import LATE_TEXTS
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import AT, HOI_AN, PERMIT, later, official
from tinhso.modules.onestop.tests.test_actions_office import PAPERS

pytestmark = with_province
SECOND = timedelta(seconds=1)
fire_due_timers = next(each.call for each in registry.of(Periodic) if each.key == "casework.timers")


class Asked:
    """A construction permit at Hội An about which the land division was asked, until the end of Wednesday."""

    def __init__(self, who):
        post = {"valid_from": AT.date(), "decision": "minh họa", "actor": playing.DEMO, "at": AT}
        appoint("H47.32.05/head", find_official("QN-024").pk, **post)
        self.bao, self.sen, self.thanh = official("bao"), official("sen"), official("thanh")
        applicant = filing.Applicant.of(people.applicant(who.tu))
        taken = reception.take_at_counter(PERMIT, HOI_AN, applicant, components=PAPERS, actor=official("mai"), at=AT)
        self.code = taken.code
        processing.assign_dossier(self.code, find_official("QN-014"), actor=self.thanh, at=later(10))
        until = later(days=2).date()
        opinions.ask_opinion(self.code, question="Đất có quy hoạch?", until=until, actor=self.bao, at=later(20))
        self.due = self.part.due_at

    @property
    def part(self):
        """The newest record of who was asked."""
        return participants_of(Dossier.objects.get(code=self.code).case_id)[-1]

    @property
    def forms(self):
        """The kinds of the open steps."""
        return [task.form for task in open_tasks(Dossier.objects.get(code=self.code).case_id)]

    def silences(self):
        """The lines that tell of silence."""
        return [line for line in entries(("dossier", self.code)) if line.event == "casework.part_silent"]


@pytest.fixture
def asked(who):
    """An opinion that was asked."""
    return Asked(who)


def told():
    """Hand every line over; return which heads were told what."""
    while dispatch(at=later(days=20)):
        pass
    rows = Notice.objects.filter(text__in=LATE_TEXTS.values()).order_by("recipient")
    return sorted((row.recipient, row.text) for row in rows)


def heads():
    """The head of the division that asks, and the leader over the desk, which has no head of its own."""
    return sorted(official(name).key for name in ("thanh", "khanh"))


def test_who_is_asked_has_a_clock_of_its_own(asked):
    assert (asked.part.role, asked.part.agency_code) == ("consulted", "H47.32.05")
    assert asked.due == later(days=2).replace(hour=17)
    (task,) = open_tasks(Dossier.objects.get(code=asked.code).case_id)
    assert (task.form, task.due_at) == ("consult", asked.due)
    opinions.give_opinion(asked.code, opinion="Phù hợp", actor=asked.sen, at=asked.due)
    assert playing.last_line(asked.code).facts == {"opinion": "Phù hợp"}
    assert (asked.part.outcome, asked.part.silent_at) == ("answered", None)
    assert told() == []


def test_silence_is_noted_once_and_told_to_the_heads(asked):
    assert fire_due_timers(at=asked.due - SECOND) == 0
    assert fire_due_timers(at=asked.due) == 1
    assert fire_due_timers(at=asked.due + SECOND) == 0
    assert len(asked.silences()) == 1
    assert (asked.part.outcome, asked.part.silent_at) == ("silent", asked.due)
    assert asked.forms == ["process"]  # the flow goes on without it
    assert told() == [(key, LATE_TEXTS["gone_on"]) for key in heads()]
    assert told() == [(key, LATE_TEXTS["gone_on"]) for key in heads()]


def test_what_comes_after_the_flow_went_on_is_kept_and_marked_late(asked):
    fire_due_timers(at=asked.due)
    with pytest.raises(NotYourStep):
        opinions.give_opinion(asked.code, opinion="Thôi", actor=asked.thanh, at=asked.due + SECOND)
    opinions.give_opinion(asked.code, opinion="Không phù hợp", actor=asked.sen, at=asked.due + SECOND)
    line = playing.last_line(asked.code)
    assert (line.event, line.facts["opinion"], line.facts["late"]) == ("onestop.opinion_given", "Không phù hợp", True)
    assert asked.part.answered_late_at == asked.due + SECOND
    assert asked.forms == ["process"]
    with pytest.raises(NotYourStep):  # once
        opinions.give_opinion(asked.code, opinion="Nữa", actor=asked.sen, at=asked.due + 2 * SECOND)
    assert told() == sorted((key, LATE_TEXTS[text]) for key in heads() for text in ("gone_on", "late"))


def test_a_second_after_its_time_is_late_even_if_no_clock_has_struck(asked):
    opinions.give_opinion(asked.code, opinion="Phù hợp", actor=asked.sen, at=asked.due + SECOND)
    assert playing.last_line(asked.code).facts["late"] is True
    assert (asked.part.outcome, asked.forms) == ("answered", ["process"])
    assert fire_due_timers(at=asked.due + SECOND) == 0
    assert asked.silences() == []
    assert told() == [(key, LATE_TEXTS["late"]) for key in heads()]


@pytest.mark.parametrize("days", [-1, 0, 5, 200])
def test_a_deadline_is_a_working_day_ahead_within_the_time_of_the_dossier(asked, days):
    fire_due_timers(at=asked.due)
    at = asked.due + SECOND
    with pytest.raises(opinions.BadDeadline):  # yesterday, a day that is over, a Monday off …, a year on
        opinions.ask_opinion(
            asked.code, question="Còn gì?", until=(at + timedelta(days=days)).date() if days != 5 else later(days=6).date(),
            actor=asked.bao, at=at,
        )  # fmt: skip


def test_asked_again_is_a_new_record_with_a_new_clock(asked):
    fire_due_timers(at=asked.due)
    at = asked.due + SECOND
    opinions.ask_opinion(asked.code, question="Còn gì?", until=later(days=4).date(), actor=asked.bao, at=at)
    rows = participants_of(Dossier.objects.get(code=asked.code).case_id)
    assert [(row.outcome, row.due_at) for row in rows] == [
        ("silent", later(days=2).replace(hour=17)),
        ("", later(days=4).replace(hour=17)),
    ]
    fire_due_timers(at=later(days=5))
    assert len(asked.silences()) == 2
