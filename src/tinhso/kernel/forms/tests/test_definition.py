import copy

import pytest
from django.utils import translation

from tinhso.base.refusals import BadInput
from tinhso.kernel.forms.definition import examine, parse_form
from tinhso.kernel.forms.definition.problems import TEXTS
from tinhso.kernel.forms.expressions import UNKNOWN, Expression

from .worlds import FILES, form_of, small, small_form


def spoilt(path, value):
    schema = copy.deepcopy(small())
    *way, last = path
    node = schema
    for key in way:
        node = node[key]
    if value is None:
        del node[last]
    else:
        node[last] = value
    return schema


ME = ("properties", "me", "properties")


@pytest.mark.parametrize(
    ("path", "value", "code", "pointer"),
    [
        ((*ME, "name", "maxLenght"), 3, "keyword", "/properties/me/properties/name/maxLenght"),
        ((*ME, "name", "x-widget"), "slider", "widget", "/properties/me/properties/name/x-widget"),
        ((*ME, "name", "x-widget"), "yes-no", "widget", "/properties/me/properties/name/x-widget"),
        ((*ME, "name", "title"), None, "title", "/properties/me/properties/name"),
        ((*ME, "name", "x-title-en"), None, "title_en", "/properties/me/properties/name"),
        ((*ME, "name", "description"), "Gợi ý", "hint_en", "/properties/me/properties/name"),
        ((*ME, "name", "format"), "hostname", "format", "/properties/me/properties/name/format"),
        ((*ME, "name", "type"), "text", "type", "/properties/me/properties/name"),
        ((*ME, "name", "pattern"), "[", "pattern", "/properties/me/properties/name/pattern"),
        ((*ME, "name", "pattern"), "^a$", "pattern_message", "/properties/me/properties/name"),
        ((*ME, "name", "x-messages"), {"required": {"vi": "Nhập"}}, "messages", "/properties/me/properties/name/x-messages/required"),
        ((*ME, "name", "x-width"), "7", "width", "/properties/me/properties/name/x-width"),
        ((*ME, "name", "x-when"), "this.colour ==", "expression", "/properties/me/properties/name/x-when"),
        ((*ME, "name", "x-when"), "1 == 1 || " * 90 + "true", "expression", "/properties/me/properties/name/x-when"),
        ((*ME, "name", "x-when"), "this.color == 'red'", "name", "/properties/me/properties/name/x-when"),
        ((*ME, "name", "x-when"), "him.colour == 'red'", "name", "/properties/me/properties/name/x-when"),
        ((*ME, "name", "$ref"), "https://example.vn/x.json", "ref", "/properties/me/properties/name"),
        ((*ME, "born_on", "x-max"), "tomorrow", "bound", "/properties/me/properties/born_on/x-max"),
        ((*ME, "colour", "oneOf"), [{"const": "red"}], "choices", "/properties/me/properties/colour/oneOf/0"),
        ((*ME, "Name"), {"type": "string", "title": "T", "x-title-en": "T"}, "key", "/properties/me/properties/Name"),
        ((*ME, "item"), {"type": "string", "title": "T", "x-title-en": "T"}, "key", "/properties/me/properties/item"),
        (("properties", "me", "required"), ["nmae"], "required", "/properties/me/required"),
        (("properties", "me", "x-after"), ["it"], "after", "/properties/me/x-after"),
        (("properties", "things", "required"), ["sum"], "compute", "/properties/things/required"),
        (("properties", "things", "properties", "list", "items"), None, "items", "/properties/things/properties/list"),
        (("x-rules", 0, "at"), "/me/nobody", "name", "/x-rules/0/at"),
        (("x-rules", 0, "message"), {"vi": "x"}, "pair", "/x-rules/0/message"),
        (("properties", "me", "if"), {"minProperties": 1}, "keyword", "/properties/me/if/minProperties"),
        (("properties", "me", "if"), {"required": ["nobody"]}, "required", "/properties/me/if"),
        (("properties",), {}, "steps", ""),
        (("x-procedure",), None, "procedure", ""),
        (("enum",), [1], "keyword", "/enum"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_where_it_stands(path, value, code, pointer):
    found = {(problem.code, problem.pointer) for problem in examine(spoilt(path, value))[1]}
    assert (code, pointer) in found


def test_all_mistakes_are_named_at_once():
    schema = spoilt((*ME, "name", "title"), None)
    schema["properties"]["things"]["colour"] = "red"
    with pytest.raises(BadInput) as caught:
        parse_form("T.1", schema)
    assert [(fault.code, fault.pointer) for fault in caught.value.faults] == [
        ("forms.title", "/properties/me/properties/name"),
        ("forms.keyword", "/properties/things/colour"),
    ]
    with translation.override("vi"):
        assert str(caught.value.faults[0].text) == "Ghi “title” bằng tiếng Việt."


@pytest.mark.parametrize(
    "junk", [None, [], 3, {"properties": []}, {"properties": {"a": 3}}, {"properties": {"a": {"type": "object"}}}]
)
def test_what_is_no_form_is_refused(junk):
    assert examine(junk)[1] != []


def test_a_reference_that_returns_to_itself_ends():
    schema = small(**{"$defs": {"loop": {"$ref": "#/$defs/loop"}}})
    schema["properties"]["me"]["properties"]["name"] = {"$ref": "#/$defs/loop"}
    assert "ref_depth" in {problem.code for problem in examine(schema)[1]}


def test_what_stands_beside_a_reference_wins():
    common = {"$defs": {"person": small()["properties"]["me"]}}
    schema = small()
    schema["properties"]["me"] = {
        "$ref": "_common.json#/$defs/person",
        "title": "Mẹ",
        "properties": {"name": {"maxLength": 9}, "died": None},
    }
    me = parse_form("T.1", schema, common=common).step("me")
    assert (me.title.vi, me.title.en, me.child("name").schema["maxLength"]) == ("Mẹ", "About you", 9)
    assert me.child("name").title.vi == "Họ tên"
    assert me.child("died") is None


def test_a_form_keeps_no_reference_and_refuses_unasked_keys():
    for path in FILES:
        text = str(form_of(path).schema)
        assert "$ref" not in text
        assert text.count("'additionalProperties': False") == text.count("'type': 'object'")


def test_the_same_text_is_the_same_form_and_another_order_is_another():
    assert small_form().sha256 == small_form().sha256
    turned = small()
    turned["properties"] = dict(reversed(turned["properties"].items()))
    assert parse_form("T.1", turned).sha256 != small_form().sha256


def test_every_problem_is_said_in_vietnamese():
    with translation.override("vi"):
        from django.utils.translation import gettext

        assert [text for text in TEXTS.values() if gettext(text) == text] == []


@pytest.mark.parametrize(
    ("pointer", "key"),
    [
        ("/me/name", "name"),
        ("/things/list/0/what", "what"),
        ("/things/list/2", "list"),
        ("/things/tags/1", "tags"),
        ("/x", None),
    ],
)
def test_a_pointer_leads_to_its_question(pointer, key):
    found = small_form().field_at(pointer)
    assert (found.key if found else None) == key


@pytest.mark.parametrize(
    ("source", "members"),
    [
        ("this.kind == 'x'", {"this": {"kind"}}),
        ("this.kind == 'this'", {"this": {"kind"}}),
        ("has(this.a.b) && this.c > 1", {"this": {"a", "c"}}),
        ("size(this) > 0 && this.a == 1", {"this": None}),
        ("this['a'] == 1", {"this": None}),
        ("'a' in item", {"item": None}),
        ("child.name.startsWith('N') && today > child.born", {"child": {"name", "born"}, "today": None}),
        ("child.size() > 0", {"child": None}),
        ("item.people.exists(p, p.age > this.most)", {"item": {"people"}, "this": {"most"}, "p": None}),
        ("age_on(child.born, today) < 6", {"child": {"born"}, "today": None}),
    ],
)
def test_an_expression_knows_what_it_reads_of_each_name(source, members):
    assert Expression(source).members() == members


def test_an_expression_is_handed_what_it_reads_and_no_more():
    scope = {"this": {"kind": "x"}}
    assert Expression("this.kind == 'x'").evaluate(scope) is True
    assert Expression("this.other == 'x'").evaluate(scope) is UNKNOWN
