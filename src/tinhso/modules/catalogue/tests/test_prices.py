"""What a procedure costs, as its page says it: by the law of the day, for every way of filing, and never too little."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.utils.translation import override

from tinhso.base.actors import system
from tinhso.kernel.organisation.pack import load_pack
from tinhso.modules.catalogue.models import Procedure
from tinhso.modules.catalogue.queries.prices import fee_note, fee_words
from tinhso.modules.catalogue.queries.procedures import service_of
from tinhso.modules.catalogue.tests.conftest import AT, PROVINCES

ON = date(2024, 6, 3)
SOURCE = {"source": "NQ 1"}


def cost(*amounts, **more):
    """Return an item of a fee: a sum, or what is written of it."""
    written = [{"amount": one, **SOURCE} if isinstance(one, int) else {**SOURCE, **one} for one in amounts]
    return {"code": "fee", "name": "Phí", "name_en": "Fee", "amounts": written, **more}


def words(rule, *, ways=("online", "direct", "post"), cases=(), on=ON, language="en") -> str:
    local = {
        "fee": rule,
        "ways": [{"way": way, "amount": 1, "unit": "day"} for way in ways],
        "cases": [{"code": case, "name": case} for case in cases],
    }
    procedure = Procedure(code="1.000001", facts={}, local=local, valid_from=ON)
    with override(language):
        return fee_words(procedure, service_of(procedure), on).replace("\u00a0", " ")


BY_WAY = (cost({"amount": 90_000, "way": "online"}, {"amount": 60_000, "way": "direct"}),)
TWO_YEARS = cost(
    {"amount": 10_000, "until": "2023-12-31"},
    {"amount": 20_000, "from": "2024-01-01", "until": "2024-12-31"},
    {"amount": 30_000, "from": "2025-01-01"},
)
HALF = {"way": "online", "percent": 50, **SOURCE}


@pytest.mark.parametrize(
    ("items", "said"),
    [
        pytest.param([cost(100_000)], "VND 100,000", id="one sum"),
        pytest.param([cost(100_000), cost(20_000)], "VND 120,000", id="two items"),
        pytest.param([cost(0)], "Free", id="free"),
        pytest.param(
            [cost(100_000, discounts=[HALF])],
            "Online: VND 50,000; At the counter, by post: VND 100,000",
            id="less online",
        ),
        pytest.param([cost(100_000, discounts=[{**HALF, "until": "2023-12-31"}])], "VND 100,000", id="less once"),
        pytest.param([cost(100_000, exempt=[{"group": "poor", "percent": 100, **SOURCE}])], "VND 100,000", id="exempt"),
        pytest.param(
            [*BY_WAY],
            "Online: VND 90,000; At the counter: VND 60,000; By post: Not stated",
            id="another sum for each way",
        ),
        pytest.param([cost({"amount": 5000, "way": "online"}, 7000)], "Online: VND 5,000; At the counter, by post: VND 7,000", id="one way apart"),
        pytest.param([TWO_YEARS], "VND 20,000", id="in force today, not listed last"),
        pytest.param([cost({"amount": 10_000, "until": "2023-12-31"})], "Not stated", id="over"),
        pytest.param([cost({"amount": 10_000, "from": "2025-01-01"})], "Not stated", id="not yet"),
        pytest.param([cost(set_by="council")], "Set by the provincial People's Council", id="not set"),
        pytest.param([cost(8000, quantity="copies.count")], "VND 8,000 each", id="by number"),
        pytest.param([cost(8000, quantity="n", discounts=[HALF])], "Online: VND 4,000 each; At the counter, by post: VND 8,000 each", id="by number, less online"),
        pytest.param([cost(50_000), cost(2000, quantity="n")], "From VND 52,000", id="fixed and by number"),
        pytest.param([cost(50_000), cost(2000, quantity="n", included=1)], "From VND 50,000", id="some free of charge"),
        pytest.param([cost(50_000), cost(9000, only_if="a.b")], "From VND 50,000", id="by an answer"),
        pytest.param([cost(9000, only_if="a.b")], "Depends on your case", id="only by an answer"),
    ],
)  # fmt: skip
def test_every_way_with_its_sum(items, said):
    assert words({"items": items}) == said


@pytest.mark.parametrize(
    ("amounts", "said"),
    [
        ([{"amount": 10_000, "case": "new"}, {"amount": 5000, "case": "again"}], "From VND 5,000"),
        ([{"amount": 10_000, "case": "new"}, {"amount": 10_000, "case": "again"}], "VND 10,000"),
        ([{"amount": 10_000, "case": "new"}, {"amount": 0, "case": "again"}], "Depends on your case"),
        ([{"amount": 10_000, "case": "new"}, 7000], "From VND 7,000"),
    ],
)
def test_cases_that_cost_differently(amounts, said):
    assert words({"items": [cost(*amounts)]}, cases=("new", "again")) == said


def test_short_rules_and_no_ways():
    assert words({"free": True, **SOURCE}) == "Free"
    assert words({"amount": 8000, **SOURCE}, ways=()) == "VND 8,000"
    assert words({"set_by": "council"}) == "Set by the provincial People's Council"


def test_the_sum_changes_with_the_day():
    assert [words({"items": [TWO_YEARS]}, on=date(year, 6, 1)) for year in (2023, 2024, 2025)] == [
        "VND 10,000",
        "VND 20,000",
        "VND 30,000",
    ]


def test_the_words_of_the_house():
    assert words({"items": [*BY_WAY]}, ways=("online", "direct"), language="vi") == (
        "Trực tuyến: 90.000 đ; Tại quầy: 60.000 đ"
    )


def test_what_is_free_needs_no_way_of_paying():
    free, paid = (
        Procedure(code="1.000001", facts={}, local={"fee": {"amount": amount, **SOURCE}}, valid_from=ON)
        for amount in (0, 5000)
    )
    assert fee_note(free, service_of(free), ON) == ""
    assert fee_note(paid, service_of(paid), ON) == "nộp trực tuyến hoặc tại quầy"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/thu-tuc/9.000001/", "/thu-tuc/", "/thu-tuc/linh-vuc/ong-va-hoa/"])
def test_pages_say_what_will_be_asked(address):
    load_pack(PROVINCES / "nghich", actor=system("loader"), at=AT)
    page = Client().get(address).content.decode().replace("\u00a0", " ")
    assert "Trực tuyến: 90.000 đ; Tại quầy: 60.000 đ" in page
