"""Clock, text, refusals, settings, registry: the small things on which everything stands."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinhso.base import env, text
from tinhso.base.clock import civil, civil_date, now
from tinhso.base.refusals import BadInput, Fault, NotFound, Refusal, all_refusals
from tinhso.base.registry import Entry, Event, Module, Registry, TwiceLent, find_packages
from tinhso.base.text import fold, nfc, shorten


def test_the_civil_day_is_that_of_viet_nam():
    assert civil_date(datetime(2022, 11, 27, 16, 59, tzinfo=UTC)) == date(2022, 11, 27)
    assert civil_date(datetime(2022, 11, 27, 17, 0, tzinfo=UTC)) == date(2022, 11, 28)
    assert civil(datetime(2022, 11, 27, 17, 0, tzinfo=UTC)).isoformat() == "2022-11-28T00:00:00+07:00"
    with pytest.raises(ValueError, match="time zone"):
        civil(datetime(2022, 11, 27))
    assert now().tzinfo is UTC


@pytest.mark.parametrize(
    ("said", "folded"),
    [
        ("Đăng ký  khai sinh", "dang ky khai sinh"),
        ("ĐƯỜNG Nguyễn Huệ", "duong nguyen hue"),
        (unicodedata.normalize("NFD", "Hồ sơ đất đai"), "ho so dat dai"),
        (" ", ""),
        ("", ""),
    ],
)
def test_fold(said, folded):
    assert fold(said) == folded


vietnamese = st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệ ĐÁ", max_size=40)


@given(vietnamese)
@settings(max_examples=50)
def test_folding_forgets_marks_however_they_were_typed(text):
    assert fold(text) == fold(unicodedata.normalize("NFD", text)) == fold(fold(text)) == fold(nfc(text))
    assert fold(text).isascii()
    assert nfc(nfc(text)) == nfc(text)


def test_folding_keeps_no_more_than_the_letters_we_write():
    fold("".join(chr(point) for point in range(0x20, 0x30000, 7) if not 0xD800 <= point < 0xE000))
    assert len(text._BARE) <= text._LEARNT_BELOW
    assert fold("漢字 한글 \u3099") == unicodedata.normalize("NFD", "漢字 한글")


def test_what_is_too_long_for_its_place_says_so():
    assert [shorten("một hai ba", most) for most in (10, 9, 5, 4)] == ["một hai ba", "một hai…", "một…", "một…"]


class Closed(Refusal):
    code = "test.closed"
    text = "{office} is closed until {day}."
    law = "NĐ 61/2018/NĐ-CP Đ.1"


def test_a_refusal_is_a_sentence_with_its_facts():
    no = Closed(office="Một cửa", day="thứ Hai", faults=[Fault("/a", "Mend it")])
    assert str(no) == "Một cửa is closed until thứ Hai."
    assert no.args == ("test.closed",)
    assert no.faults == (Fault("/a", "Mend it", "invalid"),)
    assert (int(Closed.status), int(NotFound.status), int(BadInput.status)) == (409, 404, 422)
    assert Closed in all_refusals()
    assert [kind.code for kind in all_refusals()] == sorted(kind.code for kind in all_refusals())


def test_a_setting_is_declared_and_read(monkeypatch):
    monkeypatch.setattr(env, "DECLARED", {})
    monkeypatch.setenv("TINHSO_COLOUR", "red")
    assert env.setting("COLOUR", "blue", "colour of the door") == "red"
    assert env.setting("SHAPE", "round", "shape of the door") == "round"
    assert {name: variable.default for name, variable in env.DECLARED.items()} == {
        "TINHSO_COLOUR": "blue",
        "TINHSO_SHAPE": "round",
    }


@pytest.mark.parametrize(
    ("said", "meant"), [("1", True), ("YES", True), (" on ", True), ("0", False), ("", False), ("no", False)]
)
def test_a_flag(monkeypatch, said, meant):
    monkeypatch.setattr(env, "DECLARED", {})
    monkeypatch.setenv("TINHSO_OPEN", said)
    assert env.flag("OPEN", "is the door open", default=True) is meant


def entry(key, order=100):
    return Entry(key, key, lambda _actor: True, order=order)


@dataclass(frozen=True)
class Bell:
    key: str


def test_loans_are_found_by_their_type_in_their_order():
    own = Registry()
    own.add("a", Module(slug="a", title="A", lends=(entry("z", 5), [entry("y"), (entry("x"),)], Event("a.b", "B"))))
    own.add("b", Module(slug="b", title="B", lends=(Bell("x"),)))
    assert [loan.key for loan in own.of(Entry)] == ["z", "x", "y"]
    assert own.one(Bell) == Bell("x")
    assert own.owner(Bell, "x") == "b"
    assert own.of(int) == []
    for kind in (Entry, int):
        with pytest.raises(LookupError):
            own.one(kind)


def test_a_key_is_lent_once_and_nothing_after_the_start():
    own = Registry()
    own.add("a", Module(slug="a", title="A", lends=(entry("x"),)))
    with pytest.raises(TwiceLent):
        own.add("b", Module(slug="b", title="B", lends=(entry("x"),)))
    own.close()
    with pytest.raises(RuntimeError):
        own.add("c", Module(slug="c", title="C"))


def test_packages_are_found():
    assert "tinhso.modules.onestop" in find_packages("tinhso.modules")
    assert find_packages("tinhso.nowhere") == []
