"""Of a form that was filed only what is asked again may change, on the page and by whoever posts something else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinhso.kernel.forms.asked import asked, prune
from tinhso.kernel.forms.bind import Sent, as_posted, bind
from tinhso.kernel.forms.pages import step_page
from tinhso.kernel.forms.reopened import answer_again, reopen

from .answers import form_answers
from .worlds import GOOD, ON, small_form

FORM = small_form()
KEPT = prune(FORM, GOOD, on=ON)


def again(*pointers, **given):
    return answer_again(FORM, reopen(FORM, KEPT, pointers, on=ON), given, on=ON)


def names(page):
    """Return the posted names of every control on a page."""
    found, rest = [], list(page.controls)
    while rest:
        control = rest.pop(0)
        rest += [*control.controls, *control.entries]
        found += [] if control.shape in {"group", "repeat", "entry"} else [control.name]
    return found


def test_only_the_question_asked_stands_on_the_page():
    page = step_page(FORM, "me", KEPT, on=ON, reopened=reopen(FORM, KEPT, ["/me/name"], on=ON))
    assert names(page) == ["me.name"]


def test_what_follows_from_the_question_stands_with_it():
    page = step_page(FORM, "me", KEPT, on=ON, reopened=reopen(FORM, KEPT, ["/me/colour"], on=ON))
    assert names(page) == ["me.colour"]
    blue = prune(FORM, {**GOOD, "me": {**GOOD["me"], "colour": "blue"}, "blue": {"tone": "nhạt"}}, on=ON)
    page = step_page(FORM, "me", blue, on=ON, reopened=reopen(FORM, blue, ["/me/colour"], on=ON))
    # the shade was never asked, and is once the colour is red
    assert names(page) == ["me.colour", "me.shade"]


def test_an_answer_given_again_replaces_and_leaves_the_rest():
    made = again("/me/name", me={"name": "Trần Thị Năm"})
    assert (made.beyond, made.faults) == ([], [])
    assert made.answers == {**KEPT, "me": {**KEPT["me"], "name": "Trần Thị Năm"}}


def test_an_open_question_left_empty_has_no_answer():
    assert [fault.pointer for fault in again("/me/name", me={}).faults] == ["/me/name"]
    assert "price" not in again("/things/price", things={}).answers["things"]


@pytest.mark.parametrize(
    ("given", "beyond"),
    [
        ({"me": {"name": "Trần Thị Năm", "agrees": False}}, ["/me/agrees"]),
        ({"me": {"name": "Trần Thị Năm", "agrees": True}}, []),
        ({"me": {"name": "Trần Thị Năm"}, "things": {"price": 1}}, ["/things"]),
        ({"me": {"name": "Trần Thị Năm"}, "things": KEPT["things"]}, []),
        ({"me": {"name": "Trần Thị Năm"}, "nothing": {}}, ["/nothing"]),
    ],
)
def test_what_was_not_asked_is_not_taken(given, beyond):
    assert [fault.pointer for fault in again("/me/name", **given).beyond] == beyond


def test_a_step_that_the_answer_asks_is_open():
    made = again("/me/colour", me={"colour": "blue"})
    assert [fault.pointer for fault in made.faults] == ["/blue/tone"]
    made = again("/me/colour", me={"colour": "blue"}, blue={"tone": "nhạt"})
    assert (made.beyond, made.faults, made.answers["blue"]) == ([], [], {"tone": "nhạt"})


def test_what_becomes_wrong_by_the_answer_is_open_too():
    form = small_form(
        **{
            "x-rules": [
                {
                    "check": "me.colour == 'red' || things.price < 100.0",
                    "at": "/me/agrees",
                    "message": {"vi": "Không hợp nhau", "en": "Not together"},
                }
            ]
        }
    )
    opened = reopen(form, KEPT, ["/me/colour"], on=ON)
    made = answer_again(form, opened, {"me": {"colour": "blue"}}, on=ON)
    assert made.reopened.has("/me/agrees")
    assert not opened.has("/me/agrees")
    assert [fault.pointer for fault in made.faults if fault.pointer.startswith("/me")] == ["/me/agrees"]
    page = step_page(form, "me", made.answers, on=ON, faults=made.faults, reopened=made.reopened)
    assert names(page) == ["me.colour", "me.agrees"]


def test_a_repeated_group_is_asked_whole():
    opened = reopen(FORM, KEPT, ["/things/list/0/what"], on=ON)
    assert opened.pointers == {"/things/list"}
    page = step_page(FORM, "things", KEPT, on=ON, reopened=opened)
    assert "things.list.0.what" in names(page)
    assert "things.price" not in names(page)
    made = answer_again(FORM, opened, {"things": {"list": [{"what": "Ghế", "area": 2.0}]}}, on=ON)
    assert (made.beyond, made.faults) == ([], [])
    things = prune(FORM, made.answers, on=ON)["things"]
    assert things == {"list": [{"what": "Ghế", "area": 2.0}], "sum": 2.0, "price": 1500000}


def test_a_page_that_is_posted_reads_only_what_is_open():
    opened = reopen(FORM, KEPT, ["/me/name"], on=ON)
    bound = bind(FORM, "me", Sent({"me.name": ["Trần Thị Năm"]}), on=ON, data=KEPT, reopened=opened)
    assert bound.is_done
    assert bound.data["me"] == {**KEPT["me"], "name": "Trần Thị Năm"}
    forged = Sent({"me.name": ["Trần Thị Năm"], "me.phone": ["0905123456"], "me.agrees": ["false"]})
    bound = bind(FORM, "me", forged, on=ON, data=KEPT, reopened=opened)
    assert [fault.pointer for fault in bound.faults] == ["/me/phone", "/me/agrees"]
    assert bound.data["me"]["agrees"] is True


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_whatever_is_given_what_was_not_asked_stays(data):
    kept = prune(FORM, data.draw(form_answers(FORM)), on=ON)
    other = prune(FORM, data.draw(form_answers(FORM)), on=ON)
    places = [each.pointer for each in asked(FORM, kept, on=ON) if each.field.compute is None]
    opened = reopen(FORM, kept, data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=3)), on=ON)
    post = {step: as_posted(FORM, step, other, on=ON) for step in ("me", "things") if opened.has_step(step)}
    for step, sent in post.items():
        bound = bind(FORM, step, sent, on=ON, data=kept, reopened=opened)
        wider = bound.reopened
        now = {each.pointer: each.value for each in asked(FORM, prune(FORM, bound.data, on=ON), on=ON)}
        for each in asked(FORM, kept, on=ON):
            leaf = not (each.field.is_group or each.field.is_repeat) and each.field.compute is None
            if leaf and not wider.has(each.pointer) and each.pointer in now:
                assert now[each.pointer] == each.value
