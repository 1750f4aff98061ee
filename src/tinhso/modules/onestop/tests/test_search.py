"""Finding dossiers: names without marks, half-typed words, codes, numbers; only what the reader may see."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.snapshot import with_province

from tinhso.base.text import fold
from tinhso.modules.onestop.models import Dossier
from tinhso.modules.onestop.queries.dossiers import search_dossiers
from tinhso.modules.onestop.queries.search import codes_by_name
from tinhso.modules.onestop.tests import playing

pytestmark = with_province


def found(text, actor):
    return [dossier.code for dossier in search_dossiers(text, seen_by=actor)]


@pytest.fixture
def two(who):
    """Two dossiers of Minh An: of bà Tư, and of ông Đức, filed later."""
    duc = playing.citizen("Trần Đức Bình", "049085000777", "0905777777")
    return playing.file(who.tu).code, playing.file(duc, at=playing.later(5)).code


@pytest.mark.parametrize("text", ["Trần Đức Bình", "tran duc binh", "duc tran", "binh", "ĐỨC", "tran du", "tran d"])
def test_a_name_is_found_in_any_order_marks_or_none_the_last_word_half_typed(who, two, text):
    assert found(text, who.lan) == [two[1]]


@pytest.mark.parametrize("text", ["ran", "duc binhx", "khong co", "'\"", "*", "x* OR tran", "a:b", "  "])
def test_what_nobody_is_called_is_not_found(who, two, text):
    assert found(text, who.lan) == []


def test_a_code_or_its_beginning_in_any_case(who, two):
    assert found(two[0].lower(), who.lan) == [two[0]]
    assert found(two[0][:-2], who.lan) == [two[1], two[0]]


@pytest.mark.parametrize("text", ["049085000777", "0905777777", "0905 777 777"])
def test_a_number_of_the_person_or_a_telephone_whole(who, two, text):
    assert found(text, who.lan) == [two[1]]
    assert found(text[:-1], who.lan) == []


def test_officers_of_another_agency_and_other_people_find_nothing(who, two):
    for text in ("binh", two[1], "0905777777"):
        assert found(text, who.lan) == [two[1]]
        assert found(text, who.hung) == found(text, who.neighbour) == found(text, who.nobody) == []


def test_an_applicant_finds_their_own(who, two):
    assert found("tu", who.tu) == [two[0]]
    assert found(two[0], who.tu) == [two[0]]


def test_the_index_follows_a_dossier_that_changes_hands_and_one_that_goes(who, two):
    Dossier.objects.filter(code=two[1]).update(
        agency_code="H47.31.20", desk_code="H47.31.20.01", office_code="H47.31.20"
    )
    assert codes_by_name("binh", ["H47.32.20"], limit=5) == []
    assert codes_by_name("binh", ["H47.31.20"], limit=5) == [two[1]]
    Dossier.objects.filter(code=two[1]).update(applicant_folded="le van tam")
    assert codes_by_name("binh", ["H47.31.20"], limit=5) == []
    assert codes_by_name("van le", ["H47.31.20"], limit=5) == [two[1]]
    playing.file(who.tu, at=playing.later(9))
    Dossier.objects.filter(code=two[1]).update(case_id=None, filed_from=None)
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM onestop_dossierfile WHERE dossier_id IN (SELECT id FROM onestop_dossier WHERE code = %s)",
            [two[1]],
        )
        cursor.execute("DELETE FROM onestop_dossier WHERE code = %s", [two[1]])
    assert codes_by_name("le", ["H47.31.20"], limit=5) == []


def test_a_word_that_fills_the_list_as_it_stands_goes_before_longer_ones(who):
    whole = playing.file(playing.citizen("Trần Đức Bình", "049085000777", "0905777777")).code
    longer = playing.file(playing.citizen("Lê Văn Bìnhson", "049085000778", "0905777778"), at=playing.later(5)).code
    assert codes_by_name("binh", ["H47.32.20"], limit=1) == [whole]
    assert codes_by_name("binh", ["H47.32.20"], limit=2) == [longer, whole]
    assert codes_by_name("bin", ["H47.32.20"], limit=1) == [longer]


def test_an_agency_whose_code_only_looks_alike_finds_nothing(who, two):
    Dossier.objects.filter(code=two[1]).update(
        agency_code="H47-32-20", desk_code="H47-32-20-01", office_code="H47-32-20"
    )
    assert codes_by_name("binh", ["H47.32.20"], limit=5) == [two[1]]
    assert found("binh", who.lan) == found(two[1], who.lan) == found("0905777777", who.lan) == []


def test_the_database_keeps_the_index_by_itself(db):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'onestop_dossier'")
            assert ("onestop_dossier_search",) in cursor.fetchall()
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'onestop_dossier'")
            made = {name for (name,) in cursor.fetchall()}
            assert made == {"onestop_search_insert", "onestop_search_update", "onestop_search_delete"}


@settings(max_examples=40, deadline=None)
@given(text=st.text(max_size=30))
def test_no_text_breaks_the_question(text):
    assert codes_by_name(text, ["H47.99"], limit=3) == []


@settings(max_examples=40, deadline=None)
@given(words=st.permutations(["nguyen", "thi", "tu"]), cut=st.integers(1, 6))
def test_folding_what_is_asked_changes_nothing(words, cut):
    text = " ".join(words)[: -cut or None]
    assert codes_by_name(text, ["H47.32.20"], limit=3) == codes_by_name(fold(text.upper()), ["H47.32.20"], limit=3)
