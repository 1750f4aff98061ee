"""Two versions of a flow in sentences, and a file changed by a table: by tables."""

import pytest

from tinhso.kernel.casework.bpmn import compile_flow
from tinhso.kernel.casework.difference import Version, compare_flows
from tinhso.kernel.casework.editing import (
    CannotChange,
    add_step,
    change_element,
    process_named,
    properties_of,
    remove_step,
    with_drawing,
)
from tinhso.kernel.casework.proofs import read_notes
from tinhso.kernel.casework.tests.drawing import approval, one_step

XML = approval().xml()


def told(new, old=XML):
    changes = compare_flows(*(Version(compile_flow(xml), read_notes(xml)) for xml in (old, new)))
    return {change.code: str(change) for change in changes}


@pytest.mark.parametrize(
    ("element", "values", "code", "words"),
    [
        ("Process", {"role": "head"}, "role", "“Thẩm định hồ sơ”"),
        ("Process", {"within": "5d"}, "within", "5"),
        ("Process", {"within": ""}, "within", "2"),
        ("Process", {"name": "Xem kỹ"}, "step_renamed", "Xem kỹ"),
        ("Process", {"agency": "desk"}, "place", "desk"),
        ("Process", {"form": "look"}, "form", "look"),
        ("Sign", {"not_same_as": "Process"}, "apart", "Thẩm định hồ sơ"),
        ("Refused", {"legal": "Đ.17"}, "legal", "Đ.17"),
    ],
)
def test_one_change_is_one_sentence(element, values, code, words):
    found = told(change_element(XML, element, values))
    assert code in found
    assert words in found[code]


def test_the_same_is_nothing_and_order_conditions_and_steps_are_told():
    assert told(XML) == {}
    longer, step = add_step(XML, "Start", {"name": "Đọc lại", "role": "clerk", "within": "1h"})
    assert set(told(longer)) == {"step_added", "way_added", "way_removed"}
    assert told(remove_step(longer, step)) == {}
    assert set(told(XML, longer)) == {"step_removed", "way_added"}
    flow = next(key for key, each in properties_of(XML).items() if each.condition)
    assert "condition" in told(change_element(XML, flow, {"condition": 'outcome == "x"'}))


@pytest.mark.parametrize(
    ("do", "code"),
    [
        (lambda: change_element(XML, "Nowhere", {"name": "x"}), "casework.cannot_change"),
        (lambda: change_element(XML, "Process", {"within": "mai"}), "casework.cannot_change"),
        (lambda: change_element(XML, "Process", {"condition": "1 +"}), "casework.cannot_change"),
        (lambda: add_step(XML, "Done", {"name": "x"}), "casework.cannot_change"),
        (lambda: remove_step(XML, "Checked"), "casework.cannot_change"),
    ],
)
def test_what_cannot_be_written_is_refused(do, code):
    with pytest.raises(CannotChange) as no:
        do()
    assert no.value.code == code


def test_a_drawing_shows_everything_and_changes_nothing_else():
    drawn = with_drawing(XML)
    assert told(drawn) == {}
    for element in properties_of(XML):
        assert f'bpmnElement="{element}"'.encode() in drawn
    assert with_drawing(drawn) == drawn
    assert process_named(one_step("abc").xml())[0] == "abc"
