"""Which answers are sensitive: taken out of the others wherever they stand, and put back into the same place."""

from __future__ import annotations

import copy
from datetime import UTC, datetime

import pytest

from tinhso.base.actors import system
from tinhso.kernel.forms.definition import examine
from tinhso.kernel.forms.public import codes_marked, marks_of, publish_form
from tinhso.kernel.forms.sensitive import EACH, DoesNotFit, put_back, take_out, touches
from tinhso.kernel.forms.tests.worlds import FILES, form_of, small
from tinhso.kernel.organisation.public import steady
from tinhso.law.sensitive import sensitive_classes

MARKS = {"me": {"faith": None}, "family": {"people": {EACH: {"ill": None, "home": {"place": None}}}}, "body": None}
ANSWERS = {
    "me": {"name": "Tư", "faith": "…"},
    "family": {
        "people": [{"name": "A", "ill": True}, {"name": "B"}, {"ill": None, "home": {"place": "x", "line": "1"}}]
    },
    "body": {"height": 160},
    "other": 1,
}


def test_what_is_taken_out_is_put_back_where_it_was():
    given = copy.deepcopy(ANSWERS)
    kept, taken = take_out(given, MARKS)
    assert given == ANSWERS
    assert kept == {
        "me": {"name": "Tư"},
        "family": {"people": [{"name": "A"}, {"name": "B"}, {"home": {"line": "1"}}]},
        "other": 1,
    }
    assert len(taken) == 5
    assert put_back(kept, taken) == ANSWERS


@pytest.mark.parametrize("typed", ["text", 5, None, [], [1], {"people": "text"}, {"people": [{"ill": 1}, "text"]}])
def test_what_was_typed_amiss_where_something_sensitive_stands_is_taken_out_whole(typed):
    answers = {"family": typed, "body": typed}
    kept, taken = take_out(answers, MARKS)
    assert "text" not in str(kept.get("family", {}).get("people"))
    assert "body" not in kept
    assert put_back(kept, taken) == answers


def test_what_has_no_place_any_more_is_refused():
    kept, taken = take_out(ANSWERS, MARKS)
    kept["family"]["people"].pop()
    with pytest.raises(DoesNotFit):
        put_back(kept, taken)


@pytest.mark.parametrize(
    ("pointer", "is_so"),
    [
        ("/me/faith", True),
        ("/me/name", False),
        ("/me", True),
        ("/family/people", True),
        ("/family/people/2/ill", True),
        ("/family/people/2/name", False),
        ("/body/height", True),
        ("/other", False),
        ("/nothing/such", False),
    ],
)
def test_a_pointer_touches_what_is_sensitive(pointer, is_so):
    assert touches(MARKS, pointer) is is_so


def problems(mark, *, on_items=False):
    schema = small()
    if on_items:
        schema["properties"]["me"]["properties"]["list"] = {
            "type": "array",
            "title": "Danh sách",
            "x-title-en": "List",
            "items": {
                "type": "object",
                "x-sensitive": mark,
                "properties": {"one": {"type": "string", "title": "Một", "x-title-en": "One"}},
            },
        }
    else:
        schema["properties"]["me"]["properties"]["name"]["x-sensitive"] = mark
    return [(problem.pointer, problem.code) for problem in examine(schema)[1]]


def test_a_form_is_told_of_a_class_that_the_law_does_not_know():
    at = "/properties/me/properties/name/x-sensitive"
    assert problems("health") == []
    assert problems("secret") == [(at, "sensitive")]
    assert problems(True) == [(at, "shape_text")]
    assert problems("health", on_items=True) == [
        ("/properties/me/properties/list/items/x-sensitive", "sensitive_entry")
    ]


def test_the_classes_are_those_of_the_decree():
    assert {"ethnicity", "health", "biometric", "sexuality", "location", "finance"} < sensitive_classes()
    assert len(sensitive_classes()) == 11


@pytest.mark.django_db
def test_a_question_that_one_version_marks_is_sensitive_in_all(django_assert_num_queries):
    at, actor = datetime(2026, 1, 5, tzinfo=UTC), system("demo")
    schema = small()
    publish_form("T.1", schema, actor=actor, at=at)
    assert marks_of("T.1") == {}
    schema["properties"]["me"]["properties"]["name"]["x-sensitive"] = "health"
    publish_form("T.1", schema, actor=actor, at=at)
    assert marks_of("T.1") == marks_of("T.1") == {"me": {"name": None}}
    del schema["properties"]["me"]["properties"]["name"]["x-sensitive"]
    publish_form("T.1", schema, actor=actor, at=at)
    assert marks_of("T.1") == {"me": {"name": None}}
    assert codes_marked() == ["T.1"]
    with steady(), django_assert_num_queries(1):  # the version of the organisation, once a request
        marks_of("T.1")
        marks_of("T.1")
        marks_of("")


def test_ethnic_groups_and_causes_of_death_are_marked_in_the_packs():
    unmarked, marked = [], set()
    for path in FILES:
        for place, field in form_of(path).fields():
            named = field.schema.get("x-sensitive")
            if named:
                marked.add((path.parent.parent.name, place[-1], named))
            elif place[-1] in {"ethnicity", "religion", "health", "cause"}:
                unmarked.append((path.name, place))
    assert unmarked == []
    assert marked == {
        ("quang-nam", "ethnicity", "ethnicity"),
        ("quang-nam", "cause", "health"),
        ("quang-nam", "proof", "private_life"),
        ("quang-nam", "mortgaged", "finance"),
        ("quang-nam", "bank", "finance"),
        ("nghich", "weight", "health"),
    }
