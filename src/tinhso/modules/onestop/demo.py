"""Demonstration dossiers, made by acting: each invented person's dossier goes as far as the pack says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import yaml
from django.conf import settings

from tinhso.base.actors import Actor, system
from tinhso.base.clock import civil_date
from tinhso.kernel.casework.public import Task, part_of_task
from tinhso.kernel.documents.public import get_key_ring, issue_signing_key
from tinhso.kernel.identity.public import actor_of_official
from tinhso.kernel.organisation.public import get_agency, holdings_of, list_officials, who_holds
from tinhso.modules.onestop.actions import money, opinions, parts, processing, reception, results, supplement, visitors
from tinhso.modules.onestop.actions.filing import Applicant
from tinhso.modules.onestop.queries import dossiers
from tinhso.modules.onestop.queries.services import get_fileable_service, lanes

DEMO = system("demo")
STEPS = ("accepted", "assigned", "taken", "asked", "consulted", "proposed", "reviewed", "signed", "issued", "returned")
BYWAYS = ("asked", "consulted")
"""Steps that a dossier takes only when it is to stop there."""

MISSING = {
    "component": "",
    "pointer": "",
    "reason": "missing",
    "text": "Bổ sung bản sao giấy tờ tùy thân còn rõ ảnh.",
}
QUESTION = "Thửa đất có tranh chấp hoặc thuộc diện thu hồi không?"


def load(*, at: datetime) -> None:
    """Give the invented leaders signing keys and make the dossiers of `demo/dossiers.yaml`, once."""
    give_keys(at)
    file = settings.PACK_DIR / "demo" / "dossiers.yaml"
    if not file.exists() or dossiers.any_dossier():
        return
    for row in yaml.safe_load(file.read_text(encoding="utf-8")):
        Story(row, at).tell()


def give_keys(at: datetime) -> None:
    """Have the key ring make a test key for each invented leader who has none; the PIN is printed with the people."""
    ring, on = get_key_ring(), civil_date(at)
    for official in list_officials(demo=True):
        held = holdings_of(official.id, on)
        owner = f"official:{official.id}"
        if any("leader" in holding.roles for holding in held) and not ring.has_key(owner):
            issue_signing_key(
                owner,
                settings.DEMO_PIN,
                name=official.full_name,
                organisation=get_agency(held[0].agency, on).name,
                staff_code=official.staff_code,
                actor=DEMO,
                at=at,
            )


@dataclass
class Story:
    """One dossier on its way; every step is done by whoever holds the post, an hour after the one before."""

    row: Mapping[str, Any]
    now: datetime
    code: str = ""

    def tell(self) -> None:
        """Take it in at the counter and go on as far as the row says."""
        self.at = self.now - timedelta(days=int(self.row["days_ago"]))
        self.take_in()
        last = STEPS.index(self.row["until"])
        for step in STEPS[1 : last + 1]:
            if step in BYWAYS and self.row["until"] != step:
                continue
            self.at += timedelta(hours=1)
            # who takes part may stand before the lead, beside it or after it: the flow says when
            self.take_part()
            getattr(self, step)()
        self.take_part()

    def take_part(self) -> None:
        """Let each participant whose turn it is go as far as `parts` says: `asked`, `proposed` or `signed`."""
        wanted: Mapping[str, str] = self.row.get("parts", {})
        if not wanted:
            return
        lan = self.who("reception", self.lanes["desk"])
        for task in dossiers.view_dossier(self.code, seen_by=lan).tasks:
            if task.form == parts.PROCESSING and (until := wanted.get(part_of_task(task))):
                self.do_part(task, until)

    def do_part(self, task: Task, until: str) -> None:
        """Ask for papers, or propose the result of a part, and sign it where it goes so far."""
        key, officer = part_of_task(task), self.who("processor", task.agency_code)
        if until == "asked":
            supplement.ask_for_supplement(self.code, [dict(MISSING)], actor=officer, at=self.at)
            return
        parts.propose_part(self.code, part=key, actor=officer, at=self.at)
        if until == "signed":
            leader = self.who("leader", task.agency_code)
            parts.sign_part(self.code, pin=settings.DEMO_PIN, part=key, actor=leader, at=self.at)

    def who(self, role: str, agency: str) -> Actor:
        """Return an official who holds the role in the agency. Raises LookupError when nobody does."""
        found = who_holds(agency, role, civil_date(self.at))
        if not found:
            raise LookupError(f"demonstration: nobody holds {role} in {agency}")
        return actor_of_official(found[0], at=self.at)

    def take_in(self) -> None:
        """Take it in at the counter with all its papers."""
        on = civil_date(self.at)
        service = get_fileable_service(self.row["service"], on)
        self.lanes = lanes(service, get_agency(self.row["agency"], on), on)
        lan, person = self.who("reception", self.lanes["desk"]), self.row["person"]
        visitor = visitors.know_visitor(person["number"], person["name"], phone=person["phone"], actor=lan, at=self.at)
        papers = [
            {"code": part.code, "name": part.name, "originals": part.originals, "copies": part.copies}
            for part in service.components
            if part.required
        ]
        dossier = reception.take_at_counter(
            service.code,
            self.row["agency"],
            Applicant.of(visitor),
            components=papers,
            answers=self.row.get("answers", {}),
            actor=lan,
            at=self.at,
        )
        self.code = dossier.code

    def assigned(self) -> None:
        """Assign it, where the flow has that step."""
        if self._waits_for("assign"):
            official = who_holds(self.lanes["office"], "processor", civil_date(self.at))[0]
            processing.assign_dossier(self.code, official, actor=self.who("head", self.lanes["office"]), at=self.at)

    def taken(self) -> None:
        """Take it, as its officer."""
        officer = self.who("processor", self.lanes["office"])
        task = next(task for task in dossiers.view_dossier(self.code, seen_by=officer).tasks if task.form == "process")
        processing.take_dossier(self.code, task.id, actor=officer, at=self.at)

    def asked(self) -> None:
        """Ask for more, as its officer."""
        items = [dict(MISSING)]
        supplement.ask_for_supplement(self.code, items, actor=self.who("processor", self.lanes["office"]), at=self.at)

    def consulted(self) -> None:
        """Ask another body for its opinion, as its officer."""
        officer = self.who("processor", self.lanes["office"])
        opinions.ask_opinion(self.code, question=QUESTION, actor=officer, at=self.at)

    def proposed(self) -> None:
        """Propose the result, as its officer."""
        processing.propose_result(self.code, actor=self.who("processor", self.lanes["office"]), at=self.at)

    def reviewed(self) -> None:
        """Agree, as the head of division, where the flow has that step."""
        if self._waits_for("review"):
            processing.pass_on(self.code, actor=self.who("head", self.lanes["office"]), at=self.at)

    def signed(self) -> None:
        """Sign it, as the leader."""
        leader = self.who("leader", self.lanes["agency"])
        results.sign_result(self.code, pin=settings.DEMO_PIN, actor=leader, at=self.at)

    def issued(self) -> None:
        """Issue it, as the clerk."""
        results.issue_result(self.code, actor=self.who("clerk", self.lanes["agency"]), at=self.at)

    def returned(self) -> None:
        """Take the fee, if any, and hand the result over."""
        self._pay()
        reception.return_result(self.code, actor=self.who("reception", self.lanes["desk"]), at=self.at)

    def _pay(self) -> None:
        lan = self.who("reception", self.lanes["desk"])
        if dossiers.get_dossier(self.code, seen_by=lan).money == "due":
            money.take_payment(self.code, actor=lan, at=self.at)

    def _waits_for(self, form: str) -> bool:
        lan = self.who("reception", self.lanes["desk"])
        return any(task.form == form for task in dossiers.view_dossier(self.code, seen_by=lan).tasks)
