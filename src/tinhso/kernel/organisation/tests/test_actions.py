from __future__ import annotations

from datetime import date, timedelta

import pytest

from tinhso.base.actors import ANONYMOUS, Actor, ActorKind, Holding, system
from tinhso.base.refusals import BadInput, Forbidden, NotFound, SignInNeeded
from tinhso.kernel.journal.public import Entry
from tinhso.kernel.organisation import public, refusals
from tinhso.kernel.organisation.models import Delegation, Official, Post, Tenure
from tinhso.kernel.organisation.tests.packs import AT, NGHICH, load

pytestmark = pytest.mark.django_db
TODAY = date(2024, 6, 3)
LEADER, DESK = "Y90.7/leader", "Y90.7.1/welcome"
SYSTEM = system("test")


@pytest.fixture(autouse=True)
def pack() -> None:
    load(NGHICH)


def person(code: str) -> Official:
    return public.find_official(code)


def actor_of(code: str) -> Actor:
    official = person(code)
    holdings = public.holdings_of(official.id, TODAY)
    return Actor(ActorKind.OFFICIAL, f"official:{official.id}", official.full_name, holdings=holdings)


def admin_at(*path: str) -> Actor:
    holding = Holding(path[-1], path, "p", frozenset({"admin"}))
    return Actor(ActorKind.OFFICIAL, "official:x", "X", holdings=(holding,))


def delegate(by: str, to: str, *, actor: Actor, **more) -> Delegation:
    given = {
        "roles": ["leader"],
        "valid_from": TODAY,
        "valid_to": None,
        "decision": "QĐ 9",
        "at": AT,
        "post_code": LEADER,
    }
    return public.delegate(by=person(by).id, to=person(to).id, actor=actor, **(given | more))


def test_add_official() -> None:
    made = public.add_official("S1", "Nguyễn  Văn A", username="a", email="a@x.example", actor=SYSTEM, at=AT)
    assert (made.full_name, made.demo) == ("Nguyễn Văn A", False)
    assert (public.find_official("S1"), made.folded) == (made, "nguyen van a s1 a@x.example")
    entry = Entry.objects.get(event="organisation.official_added")
    assert (entry.subject_key, entry.facts) == (str(made.id), {"staff_code": "S1"})
    with pytest.raises(refusals.StaffCodeTaken):
        public.add_official("S1", "B", actor=SYSTEM, at=AT)
    with pytest.raises(refusals.UserNameTaken):
        public.add_official("S2", "B", username="a", actor=SYSTEM, at=AT)


def test_change_official() -> None:
    lan = person("NG-01")
    public.change_official(lan.id, full_name="Đinh Lan", email=lan.email, actor=SYSTEM, at=AT)
    assert person("NG-01").full_name == "Đinh Lan"
    assert Entry.objects.get(event="organisation.official_changed").facts == {"fields": ["full_name"], "by": "hand"}
    assert load(NGHICH).is_empty  # the pack's row did not change: the correction stays


def test_appoint_and_end() -> None:
    hung = person("NG-10")
    tenure = public.appoint(DESK, hung.id, valid_from=TODAY, decision="QĐ 1", actor=admin_at("Y90"), at=AT)
    assert DESK in [h.post for h in public.holdings_of(hung.id, TODAY)]
    assert Entry.objects.get(event="organisation.appointed").facts["post"] == DESK
    last = TODAY + timedelta(days=30)
    public.end_tenure(tenure.pk, last_day=last, decision="QĐ 2", actor=admin_at("Y90", "Y90.7"), at=AT)
    assert DESK in [h.post for h in public.holdings_of(hung.id, last)]
    assert DESK not in [h.post for h in public.holdings_of(hung.id, last + timedelta(days=1))]
    with pytest.raises(refusals.EndedAlready):
        public.end_tenure(tenure.pk, last_day=last, decision="QĐ 3", actor=SYSTEM, at=AT)
    with pytest.raises(refusals.DatesCrossed):
        public.end_tenure(tenure.pk, last_day=date(2020, 1, 1), decision="QĐ 3", actor=SYSTEM, at=AT)


def test_appoint_refuses_a_full_post_and_a_second_time() -> None:
    bich = person("NG-07")
    with pytest.raises(refusals.HoldsAlready):
        public.appoint(DESK, person("NG-01").id, valid_from=TODAY, decision="d", actor=SYSTEM, at=AT)
    with pytest.raises(refusals.SeatsFull) as full:
        public.appoint("Y90.1.1/lead", bich.id, valid_from=TODAY, decision="d", actor=SYSTEM, at=AT)
    assert full.value.facts["holders"] == "Kiều Văn Lùi"
    with pytest.raises(refusals.DatesCrossed):
        public.appoint(DESK, bich.id, valid_from=TODAY, valid_to=date(2024, 1, 1), decision="d", actor=SYSTEM, at=AT)
    with pytest.raises(NotFound):
        public.appoint("nowhere", bich.id, valid_from=TODAY, decision="d", actor=SYSTEM, at=AT)


def test_a_post_with_seats_is_full_only_on_the_same_day() -> None:
    first, second, third = person("NG-07"), person("NG-08"), person("NG-09")
    public.appoint(DESK, first.id, valid_from=TODAY, valid_to=TODAY, decision="d", actor=SYSTEM, at=AT)
    tomorrow = TODAY + timedelta(days=1)
    public.appoint(DESK, second.id, valid_from=tomorrow, valid_to=tomorrow, decision="d", actor=SYSTEM, at=AT)
    with pytest.raises(refusals.SeatsFull):
        public.appoint(DESK, third.id, valid_from=tomorrow, decision="d", actor=SYSTEM, at=AT)
    after = tomorrow + timedelta(days=1)
    assert public.appoint(DESK, third.id, valid_from=after, decision="d", actor=SYSTEM, at=AT).valid_from == after


@pytest.mark.parametrize(
    ("actor", "no"),
    [
        (admin_at("Y90", "Y90.8"), Forbidden),
        (ANONYMOUS, SignInNeeded),
        (Actor(ActorKind.CITIZEN, "person:1", "Tư"), Forbidden),
    ],
)
def test_only_an_administrator_there_or_above_appoints(actor: Actor, no: type[Exception]) -> None:
    before = list(Tenure.objects.order_by("pk").values())
    with pytest.raises(no):
        public.appoint(DESK, person("NG-10").id, valid_from=TODAY, decision="d", actor=actor, at=AT)
    assert list(Tenure.objects.order_by("pk").values()) == before
    assert not Entry.objects.filter(event="organisation.appointed").exists()


def test_a_leader_delegates_and_takes_back() -> None:
    minh, lan = actor_of("NG-02"), person("NG-01")
    made = delegate("NG-02", "NG-01", actor=minh)
    (lent,) = [h for h in public.holdings_of(lan.id, TODAY) if h.delegated_by]
    assert (lent.agency, lent.roles, lent.delegated_by) == ("Y90.7", {"leader"}, "Quách Minh Trái")
    assert [o.staff_code for o in public.who_holds("Y90.7", "leader", TODAY)] == ["NG-01", "NG-02"]
    later = AT + timedelta(days=5)
    public.revoke_delegation(made.pk, decision="QĐ 10", actor=minh, at=later)
    assert [h.delegated_by for h in public.holdings_of(lan.id, date(2024, 6, 7))] == ["", "Quách Minh Trái"]
    assert [h.delegated_by for h in public.holdings_of(lan.id, date(2024, 6, 8))] == [""]
    with pytest.raises(refusals.EndedAlready):
        public.revoke_delegation(made.pk, decision="QĐ 11", actor=minh, at=later)
    events = Entry.objects.filter(subject_type="official").order_by("id").values_list("event", flat=True)
    assert list(events) == ["organisation.delegated", "organisation.delegation_revoked"]


def test_a_delegation_revoked_on_its_first_day_never_was() -> None:
    made = delegate("NG-02", "NG-01", actor=SYSTEM)
    public.revoke_delegation(made.pk, decision="d", actor=SYSTEM, at=AT)
    assert [h.delegated_by for h in public.holdings_of(person("NG-01").id, TODAY)] == [""]
    assert not Delegation.objects.on(TODAY).exists()
    with pytest.raises(NotFound):
        public.revoke_delegation(made.pk, decision="d", actor=SYSTEM, at=AT)


def test_what_was_delegated_is_not_delegated_on() -> None:
    delegate("NG-02", "NG-01", actor=SYSTEM)
    with pytest.raises(Forbidden):
        delegate("NG-02", "NG-10", actor=actor_of("NG-01"))
    with pytest.raises(refusals.NotTheHolder):
        delegate("NG-01", "NG-10", actor=SYSTEM)


def test_delegation_refusals() -> None:
    with pytest.raises(refusals.RoleNotInPost):
        delegate("NG-02", "NG-01", actor=SYSTEM, roles=["admin"])
    with pytest.raises(refusals.RoleNotInPost):
        delegate("NG-02", "NG-01", actor=SYSTEM, roles=[])
    with pytest.raises(refusals.DelegatedToSelf):
        delegate("NG-02", "NG-02", actor=SYSTEM)
    with pytest.raises(refusals.DatesCrossed):
        delegate("NG-02", "NG-01", actor=SYSTEM, valid_to=date(2024, 1, 1))
    with pytest.raises(Forbidden):
        delegate("NG-02", "NG-01", actor=actor_of("NG-10"))
    assert not Delegation.objects.exists()


def test_several_hold_a_post_and_each_delegates_in_their_own_name_only() -> None:
    Post.objects.filter(code=LEADER).update(seats=2)
    public.appoint(LEADER, person("NG-11").id, valid_from=TODAY, decision="d", actor=SYSTEM, at=AT)
    minh, other = actor_of("NG-02"), actor_of("NG-11")
    with pytest.raises(Forbidden):
        delegate("NG-02", "NG-01", actor=other)
    made = delegate("NG-02", "NG-01", actor=minh)
    with pytest.raises(Forbidden):
        public.revoke_delegation(made.pk, decision="d", actor=other, at=AT)
    assert Delegation.objects.standing().get() == made
    assert public.revoke_delegation(made.pk, decision="d", actor=minh, at=AT).withdrawn_at == AT


def test_what_does_not_fit_is_refused_where_it_stands() -> None:
    before = list(Official.objects.order_by("pk").values())
    with pytest.raises(BadInput) as no:
        public.add_official("S" * 21, "Lan " * 50, phone="0" * 31, actor=SYSTEM, at=AT)
    assert [fault.pointer for fault in no.value.faults] == ["/staff_code", "/full_name", "/phone"]
    with pytest.raises(BadInput):
        public.change_official(person("NG-01").id, full_name="Lan", email="a" * 121, actor=SYSTEM, at=AT)
    with pytest.raises(BadInput):
        public.appoint(DESK, person("NG-10").id, valid_from=TODAY, decision="Q" * 201, actor=SYSTEM, at=AT)
    with pytest.raises(BadInput):
        delegate("NG-02", "NG-01", actor=SYSTEM, decision="Q" * 201)
    assert list(Official.objects.order_by("pk").values()) == before
