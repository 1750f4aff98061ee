"""Versions by date: a change holds from the day it names, what a pack no longer has ends, nothing is loaded twice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tinhso.base.refusals import NotFound
from tinhso.kernel.journal.public import Entry
from tinhso.modules.catalogue.models import Procedure
from tinhso.modules.catalogue.queries.procedures import Ended, get_procedure, get_service
from tinhso.modules.catalogue.queries.search import search_procedures
from tinhso.modules.catalogue.tests.conftest import AT, FACTS, LOCAL

pytestmark = pytest.mark.django_db
TODAY = AT.date()
DAY = timedelta(days=1)
CODE = LOCAL["code"]
WEEK = AT + timedelta(days=7)
NAME = FACTS["name"]
OTHER = {**FACTS, "code": "1.000002", "name": "Cấp giấy phép thả đèn trời"}
BEGAN, FUTURE = date(2000, 1, 1), date(2025, 1, 1)


@pytest.fixture
def pack(pack):
    """The small pack with a second procedure, which nothing happens to."""
    pack.facts(FACTS, OTHER)
    return pack


def remove(pack) -> None:
    pack.facts(OTHER)
    (pack.folder / "1.000001.yaml").unlink()


def costing(amount: int, *, since: date | None = None):
    fee = {"amount": amount, "source": "NQ 1/2020/NQ-HĐND"}
    return {**LOCAL, "fee": fee, **({"valid_from": since.isoformat()} if since else {})}


def versions() -> list[tuple[int, date, date | None]]:
    """Return each version's fee, first and last day."""
    rows = Procedure.objects.filter(code=CODE).order_by("valid_from")
    return [(row.local["fee"]["amount"], row.valid_from, row.valid_to) for row in rows]


def said(plan) -> list[str]:
    return [str(change) for change in plan.changes]


@pytest.mark.parametrize(
    ("since", "starts"),
    [
        pytest.param(None, WEEK.date(), id="none given: today"),
        pytest.param(date(2024, 1, 1), WEEK.date(), id="a day that is over: today"),
        pytest.param(WEEK.date(), WEEK.date(), id="today"),
        pytest.param(WEEK.date() + DAY, WEEK.date() + DAY, id="tomorrow"),
        pytest.param(FUTURE, FUTURE, id="next year"),
    ],
)
def test_a_change_holds_from_its_day_and_the_old_terms_until_the_day_before(pack, since, starts):
    pack.local(costing(90_000))
    pack.load()
    pack.local(costing(123_000, since=since))
    plan = [f"~ procedure {CODE} ({NAME}; valid_from: {starts})"]
    assert said(pack.load(at=WEEK, dry_run=True)) == plan
    assert versions() == [(90_000, BEGAN, None)]
    assert said(pack.load(at=WEEK)) == plan
    assert versions() == [(90_000, BEGAN, starts - DAY), (123_000, starts, None)]
    for day, amount in ((starts - DAY, 90_000), (starts, 123_000)):
        assert get_service(CODE, on=day).fee_rule["amount"] == amount
        assert [row.local["fee"]["amount"] for row in search_procedures("diều", on=day)] == [amount]
    entries = Entry.objects.count()
    for later in (WEEK, WEEK + DAY, AT + timedelta(days=800)):
        assert pack.load(at=later).is_empty
    assert (len(versions()), Entry.objects.count()) == (2, entries)


def test_what_was_announced_may_change_before_its_day(pack):
    pack.local(costing(90_000))
    pack.load()
    pack.local(costing(100_000, since=FUTURE))
    pack.load(at=WEEK)
    for amount, since in ((110_000, FUTURE), (120_000, FUTURE - 30 * DAY), (130_000, FUTURE + 30 * DAY)):
        pack.local(costing(amount, since=since))
        assert said(pack.load(at=WEEK + DAY)) == [f"~ procedure {CODE} ({NAME}; valid_from: {since})"]
        assert versions() == [(90_000, BEGAN, since - DAY), (amount, since, None)]
    pack.local(costing(140_000))
    pack.load(at=WEEK + DAY)
    today = WEEK.date() + DAY
    assert versions() == [(90_000, BEGAN, today - DAY), (140_000, today, None)]
    assert [row.local["fee"]["amount"] for row in search_procedures("diều", on=FUTURE)] == [140_000]


def test_a_procedure_may_be_announced_before_it_is_there(pack):
    pack.local(costing(90_000, since=FUTURE))
    assert said(pack.load())[0] == f"+ procedure {CODE} ({NAME}; valid_from: {FUTURE})"
    with pytest.raises(NotFound) as no:
        get_service(CODE, on=FUTURE - DAY)
    assert type(no.value) is NotFound
    assert get_service(CODE, on=FUTURE).complete
    assert pack.load(at=WEEK).is_empty


def test_a_procedure_that_the_pack_no_longer_has_ends(pack):
    pack.load()
    remove(pack)
    plan = [f"- procedure {CODE} ({NAME}; valid_to: {WEEK.date()})"]
    assert said(pack.load(at=WEEK, dry_run=True)) == plan
    assert said(pack.load(at=WEEK)) == plan
    # who filed before goes on, this morning's dossiers too
    assert get_service(CODE, on=WEEK.date() - DAY).results[0].name == "Giấy phép thả diều"
    last = get_service(CODE, on=WEEK.date())
    assert (last.fee_rule, last.complete) == (LOCAL["fee"], False)
    tomorrow = WEEK.date() + DAY
    for read in (get_service, get_procedure):
        with pytest.raises(Ended) as no:
            read(CODE, on=tomorrow)
        assert str(no.value).startswith(f"“{NAME}” đã hết hiệu lực sau ngày 10/06/2024")
    assert search_procedures("diều", on=tomorrow) == []
    assert pack.load(at=WEEK + DAY).is_empty


def test_a_procedure_that_is_only_shown_from_now_on_keeps_its_terms_for_one_day(pack):
    pack.load()
    (pack.folder / "1.000001.yaml").unlink()
    tomorrow = WEEK.date() + DAY
    assert said(pack.load(at=WEEK)) == [f"~ procedure {CODE} ({NAME}; valid_from: {tomorrow})"]
    today, after = (get_service(CODE, on=day) for day in (WEEK.date(), tomorrow))
    assert (today.fee_rule, today.complete) == (LOCAL["fee"], False)
    assert (after.fee_rule, after.complete) == ({}, False)
    assert pack.load(at=WEEK).is_empty
    pack.local(LOCAL)
    pack.load(at=WEEK)
    assert get_service(CODE, on=WEEK.date()).complete
    assert versions() == [(10_000, BEGAN, WEEK.date() - DAY), (10_000, WEEK.date(), None)]


def test_what_was_announced_for_an_ended_procedure_is_dropped(pack):
    pack.local(costing(90_000))
    pack.load()
    pack.local(costing(100_000, since=FUTURE))
    pack.load(at=WEEK)
    remove(pack)
    pack.load(at=WEEK + DAY)
    assert versions() == [(90_000, BEGAN, WEEK.date() + DAY)]
    assert search_procedures("diều", on=FUTURE) == []


@pytest.mark.parametrize("days", [0, 5])
def test_an_ended_procedure_may_come_back(pack, days):
    pack.local(costing(90_000))
    pack.load()
    remove(pack)
    pack.load(at=WEEK)
    pack.facts(FACTS, OTHER)
    pack.local(costing(90_000))
    back = WEEK + timedelta(days=days)
    assert said(pack.load(at=back)) == [f"+ procedure {CODE} ({NAME}; valid_from: {back.date()})"]
    gone = WEEK.date() if days else WEEK.date() - DAY
    assert versions() == [(90_000, BEGAN, gone), (90_000, back.date(), None)]
    assert get_service(CODE, on=back.date()).complete
    assert pack.load(at=back).is_empty
