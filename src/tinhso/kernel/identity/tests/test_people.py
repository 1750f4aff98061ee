"""People and businesses become known once and are changed by the right hands."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tinhso.base.actors import ANONYMOUS
from tinhso.base.refusals import BadInput, Forbidden, NotFound, SignInNeeded
from tinhso.kernel.identity import actions, queries
from tinhso.kernel.identity.models import Business, Person
from tinhso.kernel.journal.public import Entry

from .conftest import AT, CITIZEN, DEMO, DESK, events

pytestmark = pytest.mark.django_db


def test_same_number_is_the_same_person(tu):
    again = actions.find_or_add_person(citizen_number=" 049 165 000 123 ", full_name="Ai đó", actor=DESK, at=AT)
    assert (again.pk, again.full_name) == (tu.pk, "Trần Thị Tư")
    assert events() == ["identity.person_added"]


@pytest.mark.parametrize("number", ["", "12", "04916500012a", "0491650001234", "٠٤٩١٦٥٠٠٠١٢٣"])
def test_number_that_cannot_be_is_refused(number):
    with pytest.raises(BadInput) as no:
        actions.find_or_add_person(citizen_number=number, full_name="Tư", actor=DESK, at=AT)
    assert [fault.pointer for fault in no.value.faults] == ["/citizen_number"]
    assert Person.objects.count() == 0


@pytest.mark.parametrize(("name", "sex", "pointer"), [("  ", "", "/full_name"), ("Tư", "x", "/sex")])
def test_name_and_sex_are_checked(name, sex, pointer):
    with pytest.raises(BadInput) as no:
        actions.add_person(citizen_number="049165000123", full_name=name, sex=sex, actor=DESK, at=AT)
    assert no.value.faults[0].pointer == pointer


def test_nobody_adds_nobody():
    with pytest.raises(SignInNeeded):
        actions.add_person(citizen_number="049165000123", full_name="Tư", actor=ANONYMOUS, at=AT)
    assert Person.objects.count() == 0


def test_name_is_stored_composed_and_found_without_marks(tu):
    typed = unicodedata.normalize("NFD", "Trần   Thị Tư")
    actions.change_person(tu, full_name=typed, actor=DESK, at=AT)
    tu.refresh_from_db()
    assert tu.full_name == "Trần Thị Tư"
    assert [one.pk for one in queries.search_people("tran tu", seen_by=DESK)] == [tu.pk]
    assert [one.pk for one in queries.search_people("049165000123", seen_by=DESK)] == [tu.pk]
    assert queries.search_people("tran tu", seen_by=CITIZEN) == []
    assert queries.find_person("049165000123", seen_by=CITIZEN) is None


def test_stranger_changes_nothing(tu):
    with pytest.raises(Forbidden):
        actions.change_person(tu, phone="0900000000", actor=CITIZEN, at=AT)
    tu.refresh_from_db()
    assert tu.phone == ""


def test_what_vneid_vouches_for_is_changed_by_vneid_only(tu):
    actions.change_person(tu, full_name="Trần Thị Tư", verified_by="vneid:2", actor=DEMO, at=AT)
    actions.change_person(tu, full_name="Tên Khác", sex="male", phone="0900000000", actor=DESK, at=AT)
    tu.refresh_from_db()
    assert (tu.full_name, tu.sex, tu.phone) == ("Trần Thị Tư", "", "0900000000")


def test_journal_names_fields_and_never_values(tu):
    actions.change_person(tu, phone="0900000111", actor=DESK, at=AT)
    entry = Entry.objects.order_by("id").last()
    assert entry.facts["fields"] == ["phone"]
    assert "0900000111" not in str(entry.facts)
    assert tu.citizen_number not in f"{entry.subject_key} {entry.facts}"


@pytest.mark.parametrize("code", ["4009999009", "400 999 9009", "4009999009-001"])
def test_tax_codes(code):
    assert actions.find_or_add_business(tax_code=code, name="Thu Bồn", actor=DESK, at=AT).tax_code.startswith(
        "4009999009"
    )
    assert Business.objects.count() == 1


def test_wrong_check_digit_is_refused():
    with pytest.raises(BadInput):
        actions.find_or_add_business(tax_code="4009999000", name="Thu Bồn", actor=DESK, at=AT)


@pytest.mark.parametrize("key", ["", "x", "01900000-0000-7000-8000-000000000001"])
def test_absent_person_is_not_found(key):
    with pytest.raises(NotFound):
        queries.get_person(key)


def test_two_desks_adding_the_same_number_get_the_same_person(tu):
    again = actions.add_person(citizen_number="049165000123", full_name="Ai đó", actor=DESK, at=AT)
    assert (again.pk, again.full_name) == (tu.pk, "Trần Thị Tư")
    assert events() == ["identity.person_added", "identity.person_found"]


class Names(TestCase):
    """Whatever name can be typed is found again by it."""

    @settings(max_examples=30, deadline=None)
    @given(st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyĂÂĐÊÔƠƯáạảẫ ", min_size=1, max_size=30).filter(str.strip))
    def test_found_by_own_name(self, name):
        person = actions.add_person(citizen_number="049165000999", full_name=name, actor=DEMO, at=AT)
        found = queries.search_people(unicodedata.normalize("NFD", name).upper(), seen_by=DESK)
        assert [one.pk for one in found] == [person.pk]
        person.delete()
