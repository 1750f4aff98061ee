"""Two versions of a flow in sentences, and a file changed by a table: by tables."""

import re

import pytest

from tinhso.kernel.casework.bpmn import BadFile, compile_flow
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
from tinhso.kernel.casework.proofs import check_soundness, read_notes
from tinhso.kernel.casework.tests.drawing import TERMINATE, Draw, approval, cycle, duration, each, message, one_step

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


def node_with(element, **attrs):
    """Return the file with XML attributes of one element set, as an editor on the canvas writes them."""
    made = XML.decode()
    head = re.search(rf'<bpmn:\w+ id="{element}"[^>]*', made).group()
    kept = re.sub(r' (\S+)="[^"]*"', lambda found: found.group() if found.group(1) not in attrs else "", head)
    return made.replace(head, kept + "".join(f' {name}="{value}"' for name, value in attrs.items())).encode()


@pytest.mark.parametrize(
    ("element", "attrs", "code"),
    [
        ("Process", {"tinhso:nameEn": "Appraise"}, "details"),
        ("Process", {"tinhso:template": "other"}, "details"),
        ("Done", {"tinhso:ending": "refused"}, "ending"),
    ],
)
def test_nothing_that_changes_is_unseen(element, attrs, code):
    found = told(node_with(element, **attrs))
    assert set(found) == {code}


def bordered(inner, **more):
    d = one_step()
    d.border("Clock", "A", inner, **more)
    d.chain("Clock", d.user("Late"), d.end("E2"))
    return d.xml()


def repeated(*, sequential):
    d = Draw()
    d.chain(d.start(), d.user("A", each("n", "x", sequential=sequential)), d.end())
    return d.xml()


def test_what_turns_from_one_thing_to_the_other_is_told():
    beside = bordered(duration("P2D"), interrupting=False)
    assert set(told(beside, bordered(duration("P2D")))) == {"interrupting"}
    assert set(told(bordered(cycle("R3/P2D"), interrupting=False), beside)) == {"details"}
    assert set(told(bordered(message("paid")), bordered(message("opinion")))) == {"message"}
    assert set(told(repeated(sequential=True), repeated(sequential=False))) == {"sequential"}
    assert set(
        told(one_step("P").xml().replace(b'id="End">', b'id="End">' + TERMINATE.encode()), one_step("P").xml())
    ) == {"terminate"}


def diamonds(number, last="x"):
    """Draw gateways behind one another: two ways each, all to the same place."""
    d = Draw()
    d.chain(d.start(), d.user("A"))
    at = "A"
    for n in range(number):
        d.flow(at, d.exclusive(f"S{n}", default=f"d{n}"))
        at = d.exclusive(f"J{n}")
        d.flow(f"S{n}", at, id=f"d{n}")
        d.flow(f"S{n}", at, f'outcome == "{last if n == number - 1 else n}"', id=f"c{n}")
    d.flow(at, d.end())
    return d.xml()


def test_gateways_that_multiply_are_compared_and_walked_in_bounded_time():
    assert told(diamonds(60), diamonds(60)) == {}
    assert "condition" in told(diamonds(60, "y"), diamonds(60))
    assert [each.code for each in check_soundness(compile_flow(diamonds(60)))] == ["not_walked"]
    wide = Draw()
    wide.chain(wide.start(), wide.user("A"), wide.inclusive("S", default="d0"))
    wide.inclusive("J")
    for n in range(40):
        wide.flow("S", wide.user(f"U{n}"), "" if n == 0 else f'outcome == "{n}"', id=f"d{n}")
        wide.flow(f"U{n}", "J")
    wide.flow("J", wide.end())
    assert "not_walked" in [each.code for each in check_soundness(compile_flow(wide.xml()))]


def test_flows_that_call_each_other_twice_over_are_refused_before_they_grow():
    drawn = []
    for n in range(30):
        d = Draw(f"P{n}", numbers={"Flow": 10 * n})
        calls = [d.node("callActivity", f"{which}{n}", calledElement=f"P{n + 1}") for which in "ab"]
        d.chain(d.start(f"S{n}"), *calls, d.end(f"E{n}"))
        drawn.append(d)
    leaf = Draw("P30", numbers={"Flow": 900})
    leaf.chain(leaf.start("S"), leaf.user("U", t_most="1"), leaf.end("E"))
    xml = drawn[0].xml(*drawn[1:], leaf)
    with pytest.raises(BadFile):
        compile_flow(xml)
    with pytest.raises(BadFile):
        read_notes(xml)


@pytest.mark.parametrize("bad", ["a/b", "a b", "a&#10;b", "1a", "&quot;x"])
def test_an_id_that_is_no_name_is_refused_where_a_file_comes_in(bad):
    for old in (b'id="A"', b'id="P"'):
        xml = one_step("P").xml().replace(old, f'id="{bad}"'.encode())
        for read in (compile_flow, process_named):
            with pytest.raises(BadFile):
                read(xml)


def test_a_step_put_in_again_after_it_was_taken_out_gets_an_arrow_of_its_own():
    values = {"name": "Đọc lại", "role": "clerk", "within": "1h"}
    once, step = add_step(XML, "Start", values)
    again, _step = add_step(remove_step(once, step), "Start", values)
    assert len(compile_flow(again).nodes) == len(compile_flow(once).nodes)


@pytest.mark.parametrize("key", ["name", "agency", "legal", "outcomes"])
def test_letters_that_no_file_can_hold_are_refused_with_a_sentence(key):
    with pytest.raises(CannotChange):
        change_element(XML, "Process", {key: "Thẩm\x0bđịnh"})
    with pytest.raises(CannotChange):
        add_step(XML, "Start", {"name": "Thẩm\x0bđịnh", "role": "clerk"})
