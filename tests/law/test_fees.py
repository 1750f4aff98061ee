"""What a procedure costs. Luật Phí và lệ phí 97/2015/QH13; amounts and decisions here are examples."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinhso.law.fees import (
    FeeNotSet,
    MalformedFeeRule,
    QuantityMissing,
    compute_fee,
    fee_given_back,
    read_fee_rule,
    read_national_fee,
)

ON = date(2026, 3, 2)
COPY = {
    "group_answer": "applicant.groups",
    "items": [
        {
            "code": "copy", "name": "Phí cấp bản sao", "name_en": "Fee for copies", "kind": "fee",
            "quantity": "request.copies", "included": 1,
            "amounts": [
                {"amount": 5000, "from": date(2017, 1, 1), "until": date(2020, 12, 31), "source": "TT 281"},
                {"amount": 8000, "from": "2021-01-01", "source": "TT 106"},
                {"amount": 6000, "from": "2021-01-01", "way": "online", "source": "NQ 1"},
                {"amount": 20000, "from": "2021-01-01", "case": "late", "source": "NQ 2"},
            ],
            "exempt": [{"group": "poor_household", "source": "NQ 3"}, {"group": "elderly", "percent": 50, "source": "NQ 3"}],
            "discounts": [{"way": "online", "percent": 50, "from": "2024-01-01", "until": "2026-12-31", "source": "NQ 4"}],
        }
    ],
}  # fmt: skip


def facts(copies=2, groups=(), case=""):
    return {"case": case, "answers": {"request": {"copies": copies}, "applicant": {"groups": list(groups)}}}


@pytest.mark.parametrize(
    ("given_facts", "way", "on", "vnd"),
    [
        pytest.param(facts(), "direct", ON, 8000, id="two copies, one of them free"),
        pytest.param(facts(1), "direct", ON, 0, id="the free one"),
        pytest.param(facts(3), "direct", date(2020, 5, 1), 10000, id="the amount of that year"),
        pytest.param(facts(3), "online", ON, 6000, id="online: its own amount, then half of it"),
        pytest.param(facts(3), "online", date(2023, 5, 1), 12000, id="online before the discount"),
        pytest.param(facts(3), "online", date(2027, 1, 1), 12000, id="online after the discount"),
        pytest.param(facts(3, case="late"), "online", ON, 20000, id="the case counts before the way"),
        pytest.param(facts(3, ["poor_household"]), "direct", ON, 0, id="exempt"),
        pytest.param(facts(3, ["elderly"]), "direct", ON, 8000, id="half exempt"),
        pytest.param(facts(3, ["elderly", "poor_household"]), "direct", ON, 0, id="the larger exemption, not both"),
        pytest.param(facts("3"), "direct", ON, 16000, id="a number typed"),
        pytest.param(facts([{}, {}, {}]), "direct", ON, 16000, id="as many as were listed"),
    ],
)
def test_compute_fee(given_facts, way, on, vnd):
    assert compute_fee(COPY, given_facts, way, on).value == vnd


def test_every_step_has_its_decision():
    answer = compute_fee(COPY, facts(3, ["elderly"]), "online", ON)
    assert answer.value == 3000
    assert answer.sources == ("NQ 1", "NQ 3", "NQ 4")
    assert [str(step) for step in answer.steps] == [
        "Fee for copies: 6.000 đồng × 2 (3 less 1 free) = 12.000 đồng.",
        "Fee for copies: 50 % less (elderly), 6.000 đồng to pay.",
        "Fee for copies: 50 % less (online), 3.000 đồng to pay.",
    ]


@pytest.mark.parametrize(
    ("rule", "on"),
    [
        pytest.param({"set_by": "council"}, ON, id="the People's Council has set none"),
        pytest.param(COPY, date(2016, 12, 31), id="before the first amount"),
        pytest.param({"amount": 5000, "from": "2020-01-01", "until": "2025-12-31", "source": "NQ"}, ON, id="run out"),
        pytest.param({"amount": 5000, "way": "post", "source": "NQ"}, ON, id="for another way only"),
    ],
)
def test_what_nobody_has_set_is_not_free(rule, on):
    with pytest.raises(FeeNotSet):
        compute_fee(rule, facts(), "direct", on)


def test_free_by_decision_is_free():
    answer = compute_fee({"free": True, "source": "NQ 9"}, {}, "online", ON)
    assert (answer.value, answer.sources) == (0, ("NQ 9",))


def test_one_item_not_set_leaves_the_whole_unknown():
    items = [
        {"code": "a", "name": "Lệ phí", "kind": "charge", "amounts": [{"amount": 1000, "source": "NQ"}]},
        {"code": "b", "name": "Phí", "set_by": "council"},
    ]
    with pytest.raises(FeeNotSet) as no:
        compute_fee({"items": items}, {}, "direct", ON)
    assert no.value.facts["item"] == "Phí"


def test_items_add_up_and_some_are_asked_for():
    items = [
        {"code": "a", "name": "Lệ phí", "kind": "charge", "amounts": [{"amount": 1000, "source": "NQ"}]},
        {"code": "b", "name": "Phí", "only_if": "paper.wanted", "amounts": [{"amount": 500, "source": "NQ"}]},
    ]
    assert compute_fee({"items": items}, {"answers": {"paper": {"wanted": True}}}, "direct", ON).value == 1500
    assert compute_fee({"items": items}, {"answers": {"paper": {"wanted": False}}}, "direct", ON).value == 1000


@pytest.mark.parametrize("copies", [None, "two", -1, 1.5, True])
def test_a_quantity_must_be_answered(copies):
    with pytest.raises(QuantityMissing):
        compute_fee(COPY, facts(copies), "direct", ON)


@pytest.mark.parametrize(
    ("rule", "pointer"),
    [
        ({}, "/"),
        ({"items": []}, "/items"),
        ({"items": ["x"]}, "/items/0"),
        ({"amount": "5000", "source": "NQ"}, "/amounts/0/amount"),
        ({"amount": -1, "source": "NQ"}, "/amounts/0/amount"),
        ({"amount": 5000}, "/amounts/0/source"),
        ({"amount": 5000, "source": "NQ", "way": "fax"}, "/amounts/0/way"),
        ({"amount": 5000, "source": "NQ", "from": "1/2/2024"}, "/amounts/0/from"),
        ({"amount": 5000, "source": "NQ", "from": "2024-01-02", "until": "2024-01-01"}, "/amounts/0/until"),
        ({"amount": 5000, "source": "NQ", "colour": "red"}, "/amounts/0/colour"),
        ({"items": [{"code": "a", "name": "Phí"}]}, "/items/0/amounts"),
        ({"items": [{"code": "a", "name": "Phí", "kind": "tax", "set_by": "council"}]}, "/items/0/kind"),
        ({"items": [{"code": "a", "name": "Phí", "set_by": "council", "exempt": [{"percent": 5, "source": "x"}]}]},
         "/items/0/exempt/0"),
        ({"items": [{"code": "a", "name": "Phí", "set_by": "council", "exempt": [{"group": "g", "percent": 101, "source": "x"}]}]},
         "/items/0/exempt/0/percent"),
    ],
)  # fmt: skip
def test_a_wrong_rule_says_where(rule, pointer):
    with pytest.raises(MalformedFeeRule) as fault:
        read_fee_rule(rule)
    assert fault.value.facts["pointer"] == pointer


@pytest.mark.parametrize(
    ("text", "note", "vnd"),
    [
        pytest.param("Miễn phí", "", 0, id="free"),
        pytest.param(
            "Miễn phí", "(mức cụ thể do HĐND tỉnh quyết định)", None, id="set by the People's Council: not free"
        ),
        pytest.param("Miễn phí", "do Ủy ban nhân dân cấp tỉnh quy định.", None, id="set by the province: not free"),
        pytest.param("Miễn phí", "Không quy định.", 0, id="free, and the note says so too"),
        pytest.param("Miễn phí", " - Không có ", 0, id="free, with signs around"),
        pytest.param("Miễn phí", "8.000.000/lần", None, id="a sum in the note: not free"),
        pytest.param("Miễn phí", "Thông tư số 60/2023/TT-BTC", None, id="a circular in the note: not free"),
        pytest.param("Miễn phí", "Chưa quy định.", None, id="not regulated yet: not stated"),
        pytest.param("Miễn phí", "Không thu lệ phí đăng ký đối với tổ hợp tác", None, id="free for some: not for all"),
        pytest.param("10,000 Việt Nam Đồng", "/khẩu-chiếc.", 10000, id="an amount"),
        pytest.param("Không có thông tin", "", None, id="nothing stated"),
        pytest.param("", "", None, id="empty"),
    ],
)
def test_lines_of_the_national_data(text, note, vnd):
    rule = read_national_fee(text, note)
    assert (rule and compute_fee(rule, {}, "direct", ON).value) == vnd


percents = st.integers(0, 100)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**9), percents, percents, st.integers(0, 50))
def test_a_reduction_never_adds_and_never_goes_below_nothing(amount, exempt, discount, copies):
    item = {
        "code": "a", "name": "Phí", "quantity": "n", "amounts": [{"amount": amount, "source": "NQ"}],
        "exempt": [{"group": "g", "percent": exempt, "source": "NQ"}],
        "discounts": [{"way": "online", "percent": discount, "source": "NQ"}],
    }  # fmt: skip
    told = {"answers": {"n": copies}}
    full = compute_fee({"items": [item]}, told, "direct", ON).value
    less = compute_fee({"items": [item]}, {**told, "groups": ["g"]}, "direct", ON).value
    least = compute_fee({"items": [item]}, {**told, "groups": ["g"]}, "online", ON).value
    assert full == amount * copies
    assert 0 <= least <= less <= full
    assert abs(Decimal(full) * (100 - exempt) / 100 - less) <= Decimal("0.5")


@pytest.mark.parametrize(
    ("rule", "received", "back", "source"),
    [
        pytest.param({"amount": 8000, "source": "TT"}, False, True, "Luật Phí và lệ phí 97/2015/QH13 Đ.3", id="never received"),
        pytest.param({"amount": 8000, "source": "TT"}, True, False, "Luật Phí và lệ phí 97/2015/QH13", id="received"),
        pytest.param({"amount": 8000, "source": "TT", "not_given_back": "NĐ"}, False, False, "NĐ", id="kept by a text"),
        pytest.param(
            {"items": [{"code": "a", "name": "A", "amounts": [{"amount": 1, "source": "x"}]}], "not_given_back": "NĐ"},
            False, False, "NĐ", id="kept by a text, long form",
        ),
    ],
)  # fmt: skip
def test_a_fee_goes_back_when_the_dossier_was_never_received(rule, received, back, source):
    answer = fee_given_back(rule, received=received, on=date(2026, 3, 2))
    assert (answer.value, answer.sources) == (back, (source,))


def test_a_local_resolution_that_takes_online_fees_to_nothing_shows_what_they_were():
    rule = {
        "items": [
            {
                "code": "fee",
                "name": "Phí",
                "amounts": [{"amount": 8000, "source": "TT 281/2016"}],
                "discounts": [{"way": "online", "percent": 100, "from": "2023-07-01", "source": "NQ 9/HĐND"}],
            }
        ]
    }
    found = compute_fee(rule, {}, "online", date(2023, 7, 1))
    assert found.value == 0
    assert [(step.code, step.source) for step in found.steps] == [
        ("fee.amount", "TT 281/2016"),
        ("fee.discount", "NQ 9/HĐND"),
    ]
    assert found.steps[0].facts["amount"] == "8.000 đồng"
    assert compute_fee(rule, {}, "online", date(2023, 6, 30)).value == compute_fee(rule, {}, "direct", ON).value == 8000
