"""
Whatever a stranger writes into a header, a cursor or a file gets an answer or a refusal, never a bug.

Short here; by hand as long as one likes: `TINHSO_FUZZ=20000 ./tinhso test tests/safety/test_fuzz.py`.
"""

import base64
import copy
import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import RequestFactory, override_settings
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tinhso.base.refusals import BadInput, Refusal
from tinhso.kernel.casework.bpmn.compiler import compile_flow
from tinhso.kernel.documents import tus
from tinhso.kernel.forms.definition import examine, parse_form
from tinhso.kernel.forms.definition.problems import Problems
from tinhso.kernel.forms.definition.references import resolve
from tinhso.kernel.forms.expressions import BadExpressionError, Expression
from tinhso.kernel.forms.public import validate_all
from tinhso.kernel.identity.limits import client_address, network_of
from tinhso.kernel.identity.public import TokenRefused, actor_from_bearer, checked_citizen_number
from tinhso.modules.onestop.queries.paging import BY_FILING, _read

MANY = int(os.environ.get("TINHSO_FUZZ", "100"))
long = settings(max_examples=MANY, deadline=None, suppress_health_check=list(HealthCheck), database=None)
# what a server hands over: one letter for each byte, no line breaks
headers = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=60)
encoded = st.binary(max_size=30).map(lambda raw: base64.b64encode(raw).decode())
AT = datetime(2026, 3, 16, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]


def asked(**given_headers: str):
    return RequestFactory().get("/", headers={name.replace("_", "-"): text for name, text in given_headers.items()})


@long
@given(
    st.lists(st.tuples(headers, encoded | headers), max_size=4).map(lambda pairs: ",".join(" ".join(p) for p in pairs))
)
@example("filename é")
def test_what_an_upload_says_of_itself(header):
    with suppress(tus.NotTus):
        assert all(isinstance(value, str) for value in tus._metadata(header).values())


@long
@given(st.sampled_from(["sha1 ", "sha256 ", "md5 ", "crc ", ""]), encoded | headers)
@example("sha1 ", "é")
def test_the_sum_of_a_piece(algorithm, value):
    with suppress(tus.NotTus):
        tus._checksum(asked(Upload_Checksum=algorithm + value))


@long
@given(headers)
@example("²")
@example("9" * 400)
def test_a_number_in_a_header(header):
    with suppress(tus.NotTus):
        assert tus._number(asked(Upload_Offset=header), "Upload-Offset") >= 0


@long
@given(headers, st.integers(0, 3))
@example("::1%eth0", 1)
@example("1.2.3.4, [::1]:80", 1)
def test_where_somebody_says_they_come_from(header, proxies):
    with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=proxies):
        assert len(network_of(client_address(asked(X_Forwarded_For=header)))) <= 64


@pytest.mark.django_db
@long
@given(st.sampled_from(["Bearer ", "bearer", "Basic ", ""]), st.sampled_from(["", "ts_", "tinhso_"]), headers)
def test_what_somebody_shows_as_a_token(scheme, prefix, text):
    with pytest.raises(TokenRefused):
        actor_from_bearer(scheme + prefix + text, at=AT)


@long
@given(st.text(max_size=30) | st.text("0123456789٣ .-", max_size=16))
def test_a_personal_number(text):
    with suppress(Refusal):
        number = checked_citizen_number(text)
        assert (len(number), number.isascii(), number.isdigit()) == (12, True, True)


@long
@given(headers | st.text(max_size=40) | st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
@example(base64.urlsafe_b64encode(b"0001-01-01T00:00:00+14:00|x").decode())
def test_where_a_page_begins(cursor):
    with suppress(Refusal):
        assert set(_read(BY_FILING, cursor)) == set(BY_FILING)


FLOW = b"""<?xml version="1.0"?><definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p" isExecutable="true">
<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="t"/><userTask id="t" name="x"/>
<sequenceFlow id="g" sourceRef="t" targetRef="e"/><endEvent id="e"/></process></definitions>"""


@st.composite
def spoiled(draw):
    """A flow with some of its bytes taken away, doubled or replaced."""
    data = bytearray(FLOW)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        data[at : at + draw(st.integers(0, 30))] = draw(st.binary(max_size=6) | st.just(bytes(data[at : at + 20])))
    return bytes(data)


@long
@given(spoiled() | st.binary(max_size=200))
def test_a_flow(data):
    with suppress(Refusal):
        compile_flow(data)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=8)
            | st.sampled_from(
                [
                    "type",
                    "properties",
                    "items",
                    "$ref",
                    "x-when",
                    "x-widget",
                    "x-messages",
                    "required",
                    "title",
                    "enum",
                    "allOf",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@long
@given(st.dictionaries(st.sampled_from(["type", "properties", "$defs", "$ref", "title", "allOf"]), values, max_size=4))
@example({"$defs": None, "properties": {"a": {"$ref": "#/$defs/a"}}})
@example({"$defs": {"a": 3}, "properties": {"a": {"$ref": "#/$defs/a"}}})
def test_the_references_of_a_form(schema):
    problems = Problems()
    assert isinstance(resolve(schema, {}, problems), dict)


def test_a_definition_that_is_none_is_told_to_whoever_names_it():
    _form, problems = examine({"$defs": {"a": 3}, "properties": {"a": {"$ref": "#/$defs/a"}}})
    assert "ref" in {problem.code for problem in problems}


REAL = json.loads((ROOT / "provinces/quang-nam/forms/1.001193.json").read_text())
COMMON = json.loads((ROOT / "provinces/quang-nam/forms/_common.json").read_text())


def places(node, path=()):
    """Every place in a form, the form itself left out."""
    members = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in members:
        yield (*path, key)
        yield from places(value, (*path, key))


PLACES = sorted(places(REAL), key=str)


@long
@given(st.lists(st.tuples(st.sampled_from(PLACES), values), min_size=1, max_size=3))
@example([(("properties", "child", "required"), None)])
def test_a_form_with_a_wrong_value_somewhere(changes):
    """A form is taken or its faults are named, whatever stands where; a form that is taken can be asked."""
    form = copy.deepcopy(REAL)
    for path, value in changes:
        node = form
        try:
            for key in path[:-1]:
                node = node[key]
            node[path[-1]] = value
        except (KeyError, IndexError, TypeError):
            continue
    with suppress(BadInput):
        made = parse_form("x", form, common=COMMON)
        validate_all(made, {}, on=AT.date())


CEL = ["a", "b.c", "1", "'x'", "(", ")", "[", "]", "{", "}", ".", ",", "?", ":", "+", "-", "*", "/", "%", "&&", "||", "!", "==", "in",
       "size(", "a.all(x, ", "matches('", "date(", "null", "true", "9" * 30, "'" + "(a+)+" * 5, "\\", '"', "`", "é"]  # fmt: skip


@long
@given(st.lists(st.sampled_from(CEL), max_size=12).map(" ".join) | st.text(max_size=40))
@example("(" * 5000)
@example("[" * 300 + "]" * 300)
@example("!" * 3000 + "true")
def test_a_condition(source):
    with suppress(BadExpressionError):
        expression = Expression(source)
        with suppress(BadExpressionError):
            expression.evaluate({"a": 1, "b": {"c": "x"}})
