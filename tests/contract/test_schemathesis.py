"""
Schemathesis reads our OpenAPI and sends what it allows, and what it forbids: no 5xx, no answer that breaks the schema.

It runs against the WSGI application with tokens of a citizen and of officers, and meets dossiers at every station.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from tests.world import COPY, account_of, known_citizen, token, with_province

from tinhso.modules.onestop.tests import playing
from tinhso.site.api import api as house
from tinhso.site.api import operations_of
from tinhso.site.wsgi import application

EXAMPLES = 5
pytestmark = with_province
load_all_checks()
ALWAYS = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")
ALLOWED = [CHECKS.get_one(name) for name in (*ALWAYS, "ignored_auth")]
FORBIDDEN = [CHECKS.get_one(name) for name in (*ALWAYS, "negative_data_rejection")]
STATIONS = ("filed", "accepted", "taken", "issued")


def labels() -> list[str]:
    described = house.get_openapi_schema()
    assert list(operations_of(described))
    return [f"{method.upper()} {path}" for path, item in described["paths"].items() for method in item]


@pytest.fixture(scope="module")
def described(province, django_db_blocker) -> Any:
    with django_db_blocker.unblock():
        return schemathesis.openapi.from_wsgi("/api/openapi.json", application)


@pytest.fixture
def known(db, province, at_now, settings) -> dict[str, Any]:
    """Tokens of everybody, and real codes and ids for the paths."""
    settings.API_PER_MINUTE = 1_000_000
    who = playing.cast()
    codes = [playing.STATIONS[station](who) for station in STATIONS]
    draft = playing.start(who.tu)
    accounts = [known_citizen().account, *(account_of(name) for name in ("lan", "ha", "minh", "ngoc", "hoa"))]
    return {
        "tokens": [token(account) for account in accounts],
        "dossiers": codes,
        "application": str(draft.id),
    }


def fixed(label: str, known: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Yield path parameters that lead to something."""
    more = {"form": "01", "step": "copies", "document_id": known["application"], "file_id": known["application"]}
    first = {"/applications/": [known["application"]], "/dossiers/": known["dossiers"], "/track/": known["dossiers"]}
    for part, values in first.items():
        for value in values if part in label else ():
            yield {"application_id": value, "code": value, **more}
    if "/procedures/" in label or "/forms/" in label:
        yield {"code": COPY}


def narrowed(operation: Any, parameters: dict[str, str]) -> dict[str, str]:
    names = {parameter.name for parameter in operation.path_parameters}
    return {name: value for name, value in parameters.items() if name in names}


def send(case: Any, bearer: str, checks: list[Any]) -> None:
    case.call_and_validate(headers={"Authorization": f"Bearer {bearer}"}, checks=checks)


@pytest.mark.parametrize("label", labels())
def test_every_answer_keeps_to_the_description(label, described, known, request):
    method, path = label.split()
    if path.endswith("/pay"):
        request.getfixturevalue("gateway")
    operation = described[path][method]
    places = [narrowed(operation, one) for one in fixed(label, known)] or [{}]
    allowed = st.one_of(*(operation.as_strategy(path_parameters=place or None) for place in places))
    tokens = st.sampled_from(known["tokens"])
    bounded = settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

    @bounded
    @given(case=allowed, bearer=tokens)
    def sent_as_described(case, bearer):
        send(case, bearer, ALLOWED)

    @bounded
    @given(case=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE), bearer=tokens)
    def sent_wrongly(case, bearer):
        send(case, bearer, FORBIDDEN)

    sent_as_described()
    if operation.path_parameters or operation.query or operation.body:  # else nothing of it can be wrong
        sent_wrongly()
