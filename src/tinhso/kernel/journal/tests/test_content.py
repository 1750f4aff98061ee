import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import pytest
from django.utils.translation import gettext_lazy
from hypothesis import given, settings
from hypothesis import strategies as st

from tinhso.kernel.journal.content import canonical, content_hash, plain
from tinhso.kernel.journal.public import Entry
from tinhso.kernel.journal.tests.cast import AT, do


class Colour(StrEnum):
    RED = "red"


@dataclass
class Step:
    on: date
    text: str


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (Colour.RED, "red"),
        (True, True),
        (1.0, 1),
        (1.5, 1.5),
        (Decimal("12.50"), "12.50"),
        (date(2026, 3, 14), "2026-03-14"),
        (datetime(2026, 3, 14, 9, tzinfo=timezone(timedelta(hours=7))), "2026-03-14T02:00:00.000000Z"),
        (timedelta(minutes=90), 5400),
        (UUID(int=7), "00000000-0000-0000-0000-000000000007"),
        ({3, 1, 2}, [1, 2, 3]),
        ((1, None), [1, None]),
        ({date(2026, 3, 14): 1}, {"2026-03-14": 1}),
        ({1: "a"}, {"1": "a"}),
        (Step(date(2026, 3, 14), "ngày lễ"), {"on": "2026-03-14", "text": "ngày lễ"}),
        (gettext_lazy("Receipt"), str(gettext_lazy("Receipt"))),
    ],
)
def test_plain(given, kept):
    assert plain(given) == kept
    assert type(plain(given)) is type(kept)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53 + 1, "a\0b", "\ud800", datetime(2026, 3, 14)])
def test_what_would_not_come_back_the_same_is_refused(value):
    with pytest.raises(ValueError):
        plain(value)


def test_a_model_is_no_fact():
    with pytest.raises(TypeError, match="give its key"):
        plain(Entry(facts={}))


def test_canonical_is_one_spelling():
    assert canonical({"b": 1, "a": ["Tư", None]}) == '{"a":["Tư",null],"b":1}'.encode()


texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9, allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.django_db
@settings(max_examples=50, deadline=None)
@given(values)
def test_the_hash_survives_the_database(value):
    (line,) = do("a", value=value)
    kept = Entry.objects.get(id=line.id)
    assert content_hash(kept) == bytes(kept.content_hash) == line.content_hash


@pytest.mark.django_db
def test_two_entries_that_say_the_same_do_not_hash_the_same():
    first, second = do("a", "a")
    assert bytes(first.salt) != bytes(second.salt)
    second.id, second.salt = first.id, first.salt
    assert content_hash(first) == content_hash(second)


@pytest.mark.django_db
def test_every_field_is_hashed():
    (line,) = do("a", fee=1)
    before = content_hash(line)
    changes = {"at": AT + timedelta(microseconds=1), "facts": {"fee": 2}, "salt": b"x" * 16, "id": UUID(int=1)}
    for field in Entry._meta.concrete_fields:
        if field.name == "content_hash":
            continue
        was = getattr(line, field.name)
        setattr(line, field.name, changes.get(field.name, "other"))
        assert content_hash(line) != before, field.name
        setattr(line, field.name, was)
    assert content_hash(line) == before


def test_moment_needs_a_zone():
    assert json.loads(canonical(plain(datetime(2026, 3, 14, tzinfo=UTC)))) == "2026-03-14T00:00:00.000000Z"
