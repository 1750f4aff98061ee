"""What no single agency owns is asked of the province's own administrators."""

from __future__ import annotations

from tinhso.base.actors import Actor, ActorKind, Holding
from tinhso.kernel.casework.access import can_mend_cases, can_publish_flows
from tinhso.kernel.forms.access import can_publish_form
from tinhso.kernel.journal.access import can_read_journal, can_replay
from tinhso.kernel.organisation.access import can_load_pack


def admin_at(*path: str) -> Actor:
    holding = Holding(path[-1], path, "p", frozenset({"admin"}))
    return Actor(ActorKind.OFFICIAL, "official:x", "X", holdings=(holding,))


def test_what_belongs_to_the_province_is_not_for_the_administrator_of_one_agency() -> None:
    asked = {can_publish_form, can_publish_flows, can_mend_cases, can_read_journal, can_replay, can_load_pack}
    of_province, of_agency = admin_at("Y90"), admin_at("Y90", "Y90.7")
    assert {can for can in asked if can(of_province)} == asked
    assert {can for can in asked if can(of_agency)} == set()
