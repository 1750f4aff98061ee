from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from tinhso.base.refusals import NotFound
from tinhso.kernel.organisation import public
from tinhso.kernel.organisation.models import Agency, Delegation, Official, Post, Stamp, Succession, Tenure

pytestmark = pytest.mark.django_db
DAY = date(2024, 6, 3)
START = date(2020, 1, 1)


def agency(code: str, parent: str = "", **more: object) -> Agency:
    path = "/".join([*([parent] if parent else []), code])
    given = {"name": code, "name_en": code, "kind": "committee", "level": "province", "valid_from": START}
    given |= {"code": code, "parent_code": parent.rsplit("/", 1)[-1], "path": path, "folded": code.lower()} | more
    return Agency.objects.create(**given)


def official(number: int, name: str) -> Official:
    return Official.objects.create(id=UUID(int=number), staff_code=f"S{number}", full_name=name, folded=name.lower())


@pytest.fixture
def tree() -> None:
    agency("T")
    agency("T.5", "T", level="district", unit_code="503")
    agency("T.5.20", "T/T.5", level="commune", unit_code="20398", desk_code="T.5.20.1")
    agency("T.5.20.1", "T/T.5/T.5.20", level="commune", kind="desk")
    Post.objects.create(
        code="T.5.20-chair", agency_code="T.5.20", title="CT", title_en="Chair", roles=["leader"], valid_from=START
    )
    Post.objects.create(
        code="T.5.20.1-desk", agency_code="T.5.20.1", title="TN", title_en="Desk", roles=["reception", "cashier"],
        valid_from=START,
    )  # fmt: skip


def test_an_official_holds_what_is_in_force_and_nothing_else(tree: None) -> None:
    lan = official(1, "lan")
    Tenure.objects.create(post_code="T.5.20.1-desk", official=lan, valid_from=START, valid_to=DAY)
    Tenure.objects.create(
        post_code="T.5.20-chair", official=lan, valid_from=DAY, withdrawn_at=datetime(2024, 1, 1, tzinfo=UTC)
    )
    (holding,) = public.holdings_of(lan.id, DAY)
    assert holding.agency == "T.5.20.1"
    assert holding.agency_path == ("T", "T.5", "T.5.20", "T.5.20.1")
    assert holding.roles == {"reception", "cashier"}
    assert holding.delegated_by == ""
    assert public.holdings_of(lan.id, date(2024, 6, 4)) == ()


def test_a_delegation_lasts_as_long_as_its_giver_holds_the_post(tree: None) -> None:
    minh, lan = official(1, "Minh"), official(2, "Lan")
    Tenure.objects.create(post_code="T.5.20-chair", official=minh, valid_from=START, valid_to=DAY)
    Delegation.objects.create(
        post_code="T.5.20-chair", by_official=minh, to_official=lan, roles=["leader", "admin"], valid_from=START,
        decision="QĐ 1",
    )  # fmt: skip
    (holding,) = public.holdings_of(lan.id, DAY)
    assert (holding.roles, holding.delegated_by) == ({"leader"}, "Minh")  # never more than the post has
    assert [o.full_name for o in public.who_holds("T.5.20", "leader", DAY)] == ["Lan", "Minh"]
    assert public.holdings_of(lan.id, date(2024, 6, 4)) == ()
    assert public.who_holds("T.5.20", "leader", date(2024, 6, 4)) == []


def test_holdings_cost_three_statements_once_and_one_afterwards(tree: None, django_assert_num_queries) -> None:
    lan = official(1, "Lan")
    Tenure.objects.create(post_code="T.5.20.1-desk", official=lan, valid_from=START)
    Stamp.objects.create(value=UUID(int=99))
    with django_assert_num_queries(3):
        public.holdings_of(lan.id, DAY)
    with django_assert_num_queries(1):
        public.holdings_of(str(lan.id), DAY)


def test_the_competent_agency_and_its_desk(tree: None) -> None:
    assert public.desk_for("T.5.20", DAY).code == "T.5.20.1"
    with pytest.raises(NotFound):
        public.desk_for("T.5", DAY)


def test_list_is_the_tree_in_order(tree: None) -> None:
    assert [a.code for a in public.list_agencies(on=DAY)] == ["T", "T.5", "T.5.20", "T.5.20.1"]
    assert [a.code for a in public.list_agencies(on=DAY, below="T.5")] == ["T.5.20", "T.5.20.1"]
    assert [a.code for a in public.children("T", DAY)] == ["T.5"]
    assert public.list_agencies(on=date(2019, 12, 31)) == []


def test_a_closed_agency_leads_to_who_does_its_work(tree: None) -> None:
    for before, after in (("X", "Y"), ("Y", "T.5"), ("Y", "T.5.20"), ("T.5.20", "T.5.20"), ("T.5", "X")):
        Succession.objects.create(predecessor=before, successor=after, kind="merger", decision="NQ", valid_from=START)
    assert [a.code for a in public.successors("X", DAY)] == ["T.5.20"]
    assert public.successors("X", date(2019, 1, 1)) == []
