"""A procedure as it is edited: nothing that a file says is lost, every answer lands where the file has it, changes are told in words."""

from __future__ import annotations

import copy
import json

import pytest
import yaml
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from tinhso.base.refusals import NotFound
from tinhso.law.fees import read_fee_rule
from tinhso.law.later_fees import read_later_fees
from tinhso.modules.catalogue.actions.local import LOCAL as SHAPE
from tinhso.modules.catalogue.forms import form_of, read_answers
from tinhso.modules.catalogue.queries.written.asked import BLOCKS, KEPT, LISTS, asks_of, lists_below
from tinhso.modules.catalogue.queries.written.changing import (
    answers_of,
    changed,
    editable,
    filled,
    long_fee,
    put_in,
    rows_at,
    shifted,
    taken_out,
)
from tinhso.modules.catalogue.queries.written.comparing import compare
from tinhso.modules.catalogue.tests.conftest import FACTS, PROVINCES

FILES = sorted(
    path for path in PROVINCES.glob("*/procedures/*.yaml") if path.name not in ("life-events.yaml", "synonyms.yaml")
)


def document_of(path):
    """The file of a pack as the table keeps it."""
    return json.loads(json.dumps(yaml.safe_load(path.read_text()), default=str))


def pages_of(document):
    """Every page of a document: its blocks, its rows, the rows inside of rows."""
    yield from BLOCKS
    paths = [path for path in LISTS if "*" not in path]
    while paths:
        path = paths.pop()
        for place in range(len(rows_at(document, path))):
            yield f"{path}/{place}"
            paths += lists_below(f"{path}/{place}")


@pytest.mark.django_db
@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parts[-3]} {path.stem}")
def test_saving_a_page_as_it_was_changes_nothing(path):
    document = editable(document_of(path))
    pages = list(pages_of(document))
    for page in pages:
        shown = form_of(document, page)
        typed = {name: _typed(shown[name].value()) for name in shown.fields}
        form = form_of(document, page, {name: value for name, value in typed.items() if value not in (None, False)})
        assert form.is_valid(), (page, form.errors)
        after = changed(document, page, read_answers(page, form.cleaned_data))
        assert compare(document, after) == []
        assert after == document, page


def _typed(value):
    if value is None or isinstance(value, bool):
        return "on" if value else None
    return str(value)


def test_every_key_of_a_file_is_asked_or_named_as_kept():
    asked = {ask.key.split("/")[0] for block in BLOCKS.values() for ask in block.asks} | {
        path.split("/")[0] for path in LISTS
    }
    # the code is the procedure's own, the first day is the approval's to say
    assert set(SHAPE["properties"]) == asked | set(KEPT) | {"code", "valid_from"}
    for path, key in (
        ("ways", "ways"),
        ("components", "components"),
        ("results", "results"),
        ("legal", "legal"),
        ("cases", "cases"),
    ):
        assert {ask.key for ask in LISTS[path].asks} == set(SHAPE["properties"][key]["items"]["properties"])


@pytest.mark.parametrize(
    "short",
    [
        {"free": True, "source": "NĐ 1"},
        {"amount": 8000, "source": "TT 2", "from": "2024-01-01"},
        {
            "amount": 8000,
            "source": "TT 2",
            "name": "Lệ phí",
            "name_en": "Charge",
            "kind": "charge",
            "set_by": "council",
        },
        {"set_by": "council"},
        {"free": True, "source": "NĐ 1", "not_given_back": "NĐ 3"},
        {"amount": 5, "source": "a", "later": [{"code": "b", "name": "B", "source": "c", "percent": 0.25, "of": "d"}]},
        {"items": [{"code": "a", "name": "A", "amounts": [{"amount": 1, "source": "x"}]}], "group_answer": "a.b"},
    ],
)
def test_a_short_fee_says_the_same_in_its_long_form(short):
    assert read_fee_rule(long_fee(short)) == read_fee_rule(short)
    assert read_later_fees(long_fee(short)) == read_later_fees(short)
    assert "items" in long_fee(short)


BASE = {
    "code": "1.000001",
    "name": "Thả diều",
    "agency": {"level": "commune"},
    "ways": [
        {"way": "online", "amount": 5, "unit": "working_day"},
        {"way": "direct", "amount": 5, "unit": "working_day"},
    ],
    "components": [{"code": "A", "name": "Đơn", "name_en": "Form", "originals": 1}],
    "fee": {"amount": 10000, "source": "NQ 1"},
    "linked": {"kept": True},
}


@pytest.mark.parametrize(
    ("page", "answers", "says"),
    [
        (
            "ways/0",
            {"amount": 3},
            "Cách nộp “Trực tuyến”, thời hạn giải quyết: trước là “5 ngày làm việc”, nay là “3 ngày làm việc”.",
        ),
        (
            "ways/0",
            {"unit": "day"},
            "Cách nộp “Trực tuyến”, thời hạn giải quyết: trước là “5 ngày làm việc”, nay là “5 ngày”.",
        ),
        ("names", {"name": "Thả diều lớn"}, "Tên: trước là “Thả diều”, nay là “Thả diều lớn”."),
        ("names", {"name_en": "Kites"}, "Tên tiếng Anh: thêm mới “Kites”."),
        ("work", {"agency/level": ""}, "Cấp của cơ quan: bỏ “Xã”."),
        ("components/0", {"originals": 2}, "Giấy tờ “Đơn”, bản chính: trước là “1”, nay là “2”."),
        ("components/0", {"required": False}, "Giấy tờ “Đơn”, bắt buộc nộp: trước là “có”, nay là “không”."),
        (
            "fee/items/0/amounts/0",
            {"amount": 12000},
            "Khoản “Phí, lệ phí”: Mức 12.000, mức thu, đồng: trước là “10.000”, nay là “12.000”.",
        ),
    ],
)
def test_what_changes_is_told_in_words(page, answers, says):
    document = editable(BASE)
    with override("vi"):
        told = [str(change) for change in compare(BASE, changed(document, page, answers))]
    assert len(told) == 1
    assert says in told[0]


def test_small_differences_are_told_as_well():
    later = {"code": "b", "name": "B", "source": "c", "percent": 0.25, "of": "d"}
    old = {"code": "1.000001", "fee": {"amount": 5, "source": "a", "later": [later]}}
    new = changed(editable(old), "fee/later/0", {"percent": 0.3})
    with override("vi"):
        (told,) = compare(old, new)
    assert "“0,25”, nay là “0,3”" in str(told)


def test_rows_added_taken_out_and_moved_are_told():
    document = editable(BASE)
    added, place = put_in(
        document, "components", {"code": "B", "name": "Ảnh", "name_en": "Photo", "copies": 2, "required": True}
    )
    assert place == "components/1"
    assert added["components"][1] == {"code": "B", "name": "Ảnh", "name_en": "Photo", "copies": 2}
    gone = taken_out(document, "components/0")
    # an empty list means that no paper is asked; none at all would bring back those of the national record
    assert gone["components"] == []
    moved, there = shifted(document, "ways/0", 1)
    assert (there, [way["way"] for way in moved["ways"]]) == ("ways/1", ["direct", "online"])
    with override("en"):
        assert [str(each) for each in compare(document, added)] == [
            "Paper “Ảnh” is added: Code: B; Name in English: Photo; Copies: 2; It must be handed in: yes."
        ]
        assert [str(each) for each in compare(document, gone)] == ["Paper “Đơn” is taken out."]
        assert [str(each) for each in compare(document, moved)] == [
            "Ways of filing and time limits: they come in another order."
        ]


def test_what_the_national_record_says_can_be_written_in_and_changed():
    bare = {"code": "1.000001"}
    made = filled(bare, "components", FACTS)
    assert made["components"] == [
        {"code": "1.1", "name": "Đơn xin thả diều", "originals": 1, "copies": 0, "required": False}
    ]
    assert filled(bare, "ways", FACTS)["ways"] == [{"way": "direct", "amount": 3.0, "unit": "working_day"}]
    assert filled(made, "components", FACTS) == made
    assert "components" not in bare


def test_pages_that_are_not_there_are_not_found():
    document = editable(BASE)
    for page in (
        "components/7",
        "linked",
        "linked/parts/0",
        "nope",
        "components/x",
        "fee/items/0/amounts/9",
        "components",
    ):
        with pytest.raises(NotFound):
            changed(document, page, {})
    for path in ("linked/parts", "nope", "fee/items/7/amounts", "components/0"):
        with pytest.raises(NotFound):
            put_in(document, path, {})


@given(st.data())
def test_whatever_is_answered_the_rest_stays(data):
    """Any answers to any page of any file: other keys are as before, and saying it again changes nothing more."""
    document = editable(document_of(data.draw(st.sampled_from(FILES))))
    before = copy.deepcopy(document)
    page = data.draw(st.sampled_from(list(pages_of(document))))
    asks = asks_of(page)
    answers = {ask.key: data.draw(_ANSWERS[ask.kind]) for ask in asks}
    after = changed(document, page, answers)
    assert document == before
    assert changed(after, page, answers) == after
    touched = {ask.key.split("/")[0] for ask in asks} if page in BLOCKS else {page.split("/")[0]}
    assert {key: value for key, value in after.items() if key not in touched} == {
        key: value for key, value in before.items() if key not in touched
    }
    held = {key: None if value in ("", [], {}) else value for key, value in answers.items()}
    shown = answers_of(after, page)
    for ask in asks:
        assert shown[ask.key] == (ask.default if held[ask.key] is None else held[ask.key])


_WORDS = st.text("aăâbcđ “”<>&", max_size=12)
_ANSWERS = {
    **dict.fromkeys(("text", "words", "choice", "form", "flow", "date"), _WORDS),
    "lines": st.lists(_WORDS.filter(bool), max_size=3),
    "pairs": st.dictionaries(st.sampled_from(["office", "police"]), _WORDS.filter(bool), max_size=2),
    "shows": st.lists(st.fixed_dictionaries({"pointer": st.just("/a"), "kind": st.just("text")}), max_size=2),
    "whole": st.none() | st.integers(0, 10**9),
    "number": st.none() | st.integers(0, 10**4),
    "yes": st.booleans(),
}
