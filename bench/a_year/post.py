"""The post between the ward and its people: it takes in dossiers for the desk, and brings results; each on lists (QĐ 45/2016/QĐ-TTg)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from tinhso.base.actors import Actor
from tinhso.modules.onestop.actions import filing, handover, reception
from tinhso.modules.onestop.models import HandOver
from tinhso.modules.onestop.queries import people
from tinhso.modules.onestop.tests import playing

from .calendar import moment, next_open
from .ledger import MINH_AN, Parcel, Story

if TYPE_CHECKING:
    from .play import Year

POST = "H47.32.20.90"
AGENT = "buu"


class Post:
    """What its agent does, and what the desk checks off."""

    def __init__(self, year: Year) -> None:
        self.year, self.ledger = year, year.ledger
        self.lies_here: list[Story] = []
        """Taken in, and on no list that is under way."""

    def take_in(self, story: Story, citizen: Actor, at: datetime) -> None:
        """Take in a dossier for the desk; its time limit begins when the desk has it."""
        taken = reception.take_at_counter(
            story.kind.code, MINH_AN.agency, filing.Applicant.of(people.applicant(citizen)), components=[],
            answers=playing.answers_of(citizen, copies=story.copies), agent=POST, actor=self.year.official(AGENT), at=at,
        )  # fmt: skip
        story.code, story.filed_at = taken.code, at
        self.lies_here.append(story)

    def give_to_the_desk(self, at: datetime) -> None:
        """Put on a list what was taken in; the desk checks it off the next morning."""
        if not self.lies_here:
            return
        agent = self.year.official(AGENT)
        stories, self.lies_here = self.lies_here, []
        made = handover.begin_list("in", POST, actor=agent, at=at)
        for story in stories:
            handover.put_on_list(made.pk, story.code, papers="Tờ khai", actor=agent, at=at)
        parcel = Parcel("in", handover.send_list(made.pk, actor=agent, at=at).number, at, stories)
        self.ledger.parcels.append(parcel)
        self.year.then(moment(next_open(at.date()), time(8)), lambda at: self._desk_has_it(made.pk, parcel, at))

    def _desk_has_it(self, list_id: Any, parcel: Parcel, at: datetime) -> None:
        desk = self.year.official(MINH_AN.reception)
        items = {item.dossier.code: item for item in HandOver.objects.get(pk=list_id).items.select_related("dossier")}
        for story in parcel.stories:
            is_lost = self.year.chance(8)
            said = {"state": "missing", "note": "Không có trong túi"} if is_lost else {"state": "there"}
            handover.check_item(list_id, items[story.code].pk, **said, actor=desk, at=at)
            if is_lost:
                parcel.lost.append(story)
        handover.close_list(list_id, actor=desk, at=at)
        self.lies_here += parcel.lost
        for story in parcel.stories:
            if story not in parcel.lost:
                self.year.then(self.year.soon(at, 0.1, 2), lambda at, story=story: self.year.receive(story, at))

    def give_to_the_post(self, at: datetime) -> None:
        """Put what is ready for the post on a list, which the post checks off the next morning; then hand each over."""
        ready = [
            one for one in self.ledger.stories if one.by_post and one.issued_at and not one.returned_at and not one.owed
        ]
        if not ready:
            return
        lan = self.year.official(MINH_AN.reception)
        made = handover.begin_list("out", POST, actor=lan, at=at)
        for story in ready:
            handover.put_on_list(made.pk, story.code, papers="1 bản", actor=lan, at=at)
        sent = handover.send_list(made.pk, tracking=f"EM{len(self.ledger.parcels):09d}VN", actor=lan, at=at)
        self.ledger.parcels.append(Parcel("out", sent.number, at, ready))
        self.year.then(moment(next_open(at.date()), time(8)), lambda at: self._post_has_it(made.pk, ready, at))

    def _post_has_it(self, list_id: Any, stories: list[Story], at: datetime) -> None:
        agent = self.year.official(AGENT)
        for item in HandOver.objects.get(pk=list_id).items.order_by("id"):
            handover.check_item(list_id, item.pk, state="there", actor=agent, at=at)
        handover.close_list(list_id, actor=agent, at=at)
        for story in stories:
            self.year.give_back(story, at + timedelta(minutes=1))
