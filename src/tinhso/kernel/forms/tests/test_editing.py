"""Changing a form one by one, what is wrong with it, and the difference in sentences."""

import copy
import json

import pytest
from django.utils import translation

from tinhso.kernel.forms import editing
from tinhso.kernel.forms.definition import examine, fingerprint
from tinhso.kernel.forms.editing import Told, Use

from .worlds import FILES, form_of, small

FORMS = {f"{path.parts[-3]}-{path.stem}": path for path in FILES}


def fresh():
    return dict(examine(small())[0])


def said(old, new, lang="vi"):
    with translation.override(lang):
        return [str(each) for each in editing.compare_forms(old, new)]


def codes(old, new):
    return [each.code for each in editing.compare_forms(old, new)]


@pytest.mark.parametrize("name", FORMS)
def test_every_form_of_the_packs_is_edited_without_loss(name):
    form = form_of(FORMS[name])
    schema = json.loads(json.dumps(form.schema))
    again, problems = examine(schema)
    assert (problems, fingerprint(again)) == ([], form.sha256), "what is given out is taken in again as the same form"
    for row in editing.outline(schema):
        kept = editing.change_question(schema, row.path, editing.answers_of(schema, row.path))
        assert fingerprint(examine(kept)[0]) == form.sha256, row.path
        if parts := editing.told(schema, row.path, row.when):
            source = editing.condition_of(schema, row.path, parts)
            assert editing.told(schema, row.path, source) == parts
    assert editing.compare_forms(schema, again) == []
    assert editing.find_faults(schema, code=form.code, old=schema) == []


@pytest.mark.parametrize("name", list(FORMS)[:6])
def test_no_change_of_a_form_goes_unsaid(name):
    schema = form_of(FORMS[name]).schema
    for row in editing.outline(schema):
        changed = copy.deepcopy(dict(schema))
        node = editing.node_at(changed, row.path)
        node["x-law"] = "zz"
        assert editing.compare_forms(schema, changed), row.path
        if not row.is_step:
            assert editing.compare_forms(schema, editing.remove_question(schema, row.path)), row.path
            flipped = editing.change_question(schema, row.path, {"required": not row.required})
            assert [each.path for each in editing.compare_forms(schema, flipped)] == [row.path]
        if not row.is_last:
            assert editing.compare_forms(schema, editing.move_question(schema, row.path, by=1)[0]), row.path


NEW = {"kind": "phone", "title": "Số máy bàn", "title_en": "Landline", "required": True}


def test_a_question_is_added_changed_moved_and_taken_out():
    old = fresh()
    new, path = editing.add_question(old, "me", NEW)
    assert path == "me.landline"
    assert said(old, new) == ["Câu hỏi “Số máy bàn” được thêm vào bước 1, “Về bạn”; bắt buộc trả lời."]
    assert said(old, new, "en") == ["Question “Landline” is added to step 1, “About you”; it must be answered."]
    assert editing.find_faults(new, code="T.1") == []
    assert old == fresh(), "what was given stays as it is"
    named = editing.change_question(new, path, {"title": "Điện thoại bàn", "required": False, "sensitive": "health"})
    assert codes(new, named) == ["title", "optional", "sensitive"]
    up, _path = editing.move_question(named, path, by=-1)
    assert codes(named, up) == ["order"]
    moved, there = editing.move_question(named, path, into="things")
    assert there == "things.landline"
    assert codes(named, moved) == ["question_moved"]
    assert codes(new, editing.remove_question(new, path)) == ["question_gone"]


def test_conditions_are_said_with_questions_and_answers():
    schema = fresh()
    parts = [Told("me.colour", ("blue",)), Told("me.agrees", ("true",))]
    source = editing.condition_of(schema, "me.phone", parts)
    assert source == "this.colour == 'blue' && this.agrees == true"
    new = editing.change_question(schema, "me.phone", {"when": source})
    assert said(schema, new) == ["“Điện thoại” nay chỉ được hỏi khi “Màu” là “Xanh” và “Đồng ý” là “Có”."]
    assert editing.told(new, "me.shade", "this.colour != 'red'") is None
    other = editing.condition_of(schema, "things.x", [Told("me.colour", ("red", "blue"))])
    assert other == "me.colour in ['red', 'blue']"


def test_faults_are_said_at_their_question():
    schema = fresh()
    gone = editing.remove_question(schema, "me.colour")
    assert ("me.shade", "name") in [(each.path, each.problem.code) for each in editing.find_faults(gone, code="T.1")]
    nameless = editing.change_question(schema, "me.name", {"title_en": ""})
    with translation.override("vi"):
        fault = editing.find_faults(nameless, code="T.1")[0]
        assert (fault.path, str(fault)) == ("me.name", "Ghi thêm tên bằng tiếng Anh.")
    used = editing.find_faults(schema, code="T.1", uses=[Use("me.copies", "lệ phí")])
    assert [each.is_error for each in used] == [True]
    assert editing.find_faults(schema, code="T.2")[0].is_error
    marked = editing.change_question(schema, "me.name", {"sensitive": "health"})
    blue = editing.change_question(schema, "me.colour", {"choices": "red | Đỏ | Red"})
    for old, new in (
        (marked, schema),
        (schema, blue),
        (schema, editing.change_question(schema, "me.tax", {"kind": "date"})),
    ):
        assert [each.is_error for each in editing.find_faults(new, code="T.1", old=old)] == [False]


@pytest.mark.parametrize(
    ("whens", "ring"),
    [
        ({"me.name": "this.shade == 'a'", "me.shade": "this.name == 'b'"}, True),
        ({"me.name": "this.name == 'b'"}, True),
        ({"me": "me.name == 'b'"}, True),
        ({"things": "blue.x == 'a'", "blue": "me.name == 'c'"}, False),
        ({"me.name": "this.colour == 'red'", "me.shade": "this.name == 'b'"}, False),
    ],
)
def test_conditions_that_wait_for_each_other_are_found(whens, ring):
    schema = fresh()
    for path, when in whens.items():
        schema = editing.change_question(schema, path, {"when": when})
    assert ("circle" in [problem.code for problem in examine(schema)[1]]) == ring


def test_what_makes_no_question_is_refused():
    schema = fresh()
    for do in (
        lambda: editing.change_question(schema, "me.nobody", {}),
        lambda: editing.add_question(schema, "me.name", NEW),
        lambda: editing.add_question(schema, "me", NEW, key="name"),
        lambda: editing.change_question(schema, "me.colour", {"choices": "red | Đỏ"}),
        lambda: editing.change_question(schema, "me.colour", {"choices": "a | Đỏ | Red\na | Đỏ | Red"}),
        lambda: editing.change_question(schema, "me.name", {"maxLength": "nhiều"}),
        lambda: editing.change_question(schema, "me.name", {"maxLength": "1e999"}),
        lambda: editing.move_question(schema, "me", into="things"),
        lambda: editing.remove_rule(schema, 99),
        lambda: editing.read_form_file(b"title: YAML\n"),
        lambda: editing.read_form_file(b"[" * 100_000),
        lambda: editing.read_form_file(b'{"properties":' * 200 + b"1" + b"}" * 200),
        lambda: editing.read_form_file(b"\xff\xfe"),
        lambda: editing.read_form_file(b'{"a": 1, "a": 2}'),
        lambda: editing.read_form_file(b" " * (1024 * 1024 + 1)),
        lambda: editing.read_form_file(many(5000)),
    ):
        with pytest.raises(editing.CannotEdit):
            do()


def many(number):
    asked = {f"q{n}": {"type": "string", "title": "x", "x-title-en": "x"} for n in range(number)}
    step = {"type": "object", "title": "a", "x-title-en": "a", "properties": asked}
    return json.dumps({"title": "a", "x-title-en": "a", "type": "object", "properties": {"s": step}}).encode()


@pytest.mark.parametrize(
    "schema",
    [{}, {"properties": 3}, {"properties": {"a": None}}, {"properties": {"a": {"type": "array", "items": 5, "properties": []}}},
     {"title": {"x": 1}, "properties": {"a": {"type": [], "oneOf": {"a": 1}, "x-rules": 3, "required": 7}}}, {"x-rules": "a"}],
)  # fmt: skip
def test_files_of_another_shape_have_faults_and_no_crash(schema):
    editing.outline(schema)
    assert [str(each) for each in editing.find_faults(schema, code="T.1", old=fresh())]
