"""
The API's door: one django-ninja API over the routers that modules lend (`base.registry.Api`).

OpenAPI 3.1 at `/api/openapi.json`, a page for people at `/api/`. Who is asking is known here (bearer token or session),
how often they may ask is counted here, and every failure is said in one shape (`site.problems`). Nothing is decided here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.module_loading import import_string
from django.utils.translation import gettext
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.parser import Parser
from ninja.security import APIKeyCookie, HttpBearer
from ninja.throttling import BaseThrottle
from ninja.utils import check_csrf

from tinhso.base.actors import Actor, ActorKind
from tinhso.base.refusals import NotFound, Refusal, SignInNeeded
from tinhso.base.registry import Api, registry
from tinhso.base.strict_json import read_json
from tinhso.kernel.identity.problems import MEDIA_TYPE, problem
from tinhso.kernel.identity.public import (
    ActorRequest,
    TokenRefused,
    actor_from_bearer,
    client_address,
    network_of,
    until_next,
    within,
)
from tinhso.site.problems import (
    BY_STATUS,
    CsrfMissing,
    Malformed,
    TooManyRequests,
    TooMuch,
    WrongMediaType,
    bad_input,
)

WINDOW_SECONDS = 60
ANONYMOUS_SHARE = 4
"""Who shows no token may ask a quarter as often, counted by address."""
WRITES = ("post", "put", "patch", "delete")
DESCRIPTION = """
Everything the portal does, for programs of citizens, businesses and agencies.

Moments are RFC 3339 with offset, in UTC. Dates are civil dates of Việt Nam. Money is whole đồng. Lists are read page by
page: follow `next` until it is null. Failures are RFC 9457 `application/problem+json`, in Vietnamese and English.
Send `Idempotency-Key` with every write: the same request again is answered alike and acts once.
""".strip()


class Bearer(HttpBearer):
    """An access token of `./tinhso token USERNAME SCOPE…`, narrowed to its scopes: `dossier:read`, `dossier:write`."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        """Return the token's actor. Raises TokenRefused; TooManyRequests for an address that keeps trying wrong ones."""
        door = cast("Any", request)
        try:
            door.actor = actor_from_bearer(f"Bearer {token}", at=door.at)
        except TokenRefused:
            count_stranger(request)
            raise
        return cast("Actor", door.actor)


class Session(APIKeyCookie):
    """The session of a browser; writes need its CSRF token in `X-CSRFToken`."""

    param_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Actor | None:
        """Return the session's actor, None for nobody. Raises CsrfMissing."""
        if self.param_name not in request.COOKIES:
            return None
        return self.authenticate(request, request.COOKIES[self.param_name])

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        """Return the session's actor, None for nobody. Raises CsrfMissing."""
        del key
        actor: Actor = cast("ActorRequest", request).actor
        if actor.kind is ActorKind.ANONYMOUS:
            return None
        if check_csrf(request):
            raise CsrfMissing
        return actor


class PerMinute(BaseThrottle):
    """So many requests a minute for each token, session or address."""

    def allow_request(self, request: HttpRequest) -> bool:
        """Count this request and tell whether it is still within the limit."""
        actor = request.auth if isinstance(getattr(request, "auth", None), Actor) else None  # type: ignore[attr-defined]
        if actor is None:
            return stranger_may_ask(request)
        return within("api", actor.session or actor.key, settings.API_PER_MINUTE, seconds=WINDOW_SECONDS)

    def wait(self) -> float | None:
        """Return the seconds until the next minute begins."""
        return until_next(WINDOW_SECONDS)


def stranger_may_ask(request: HttpRequest) -> bool:
    """Count a request of nobody we know, by address, and tell whether it is still within the limit."""
    most = max(1, settings.API_PER_MINUTE // ANONYMOUS_SHARE)
    return within("api", network_of(client_address(request)), most, seconds=WINDOW_SECONDS)


def count_stranger(request: HttpRequest) -> None:
    """Count a request that is refused before its turn (the throttle comes after the token). Raises TooManyRequests."""
    if not stranger_may_ask(request):
        raise too_many()


def too_many() -> TooManyRequests:
    """Return the refusal that names the seconds until the next minute begins."""
    return TooManyRequests(wait_seconds=math.ceil(until_next(WINDOW_SECONDS)))


class StrictParser(Parser):
    """JSON that every database can keep: no NUL, no lone surrogates, no NaN."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the value. Raises WrongMediaType, Malformed."""
        if request.content_type != "application/json":
            raise WrongMediaType
        try:
            return read_json(request.body)
        except ValueError as error:
            raise Malformed from error


class House(NinjaAPI):
    """django-ninja with our names of operations and our description of failures."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return the function's own name: it is unique in the house."""
        return operation.view_func.__name__

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> OpenAPISchema:
        """Return the description, with what holds for every operation added."""
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        schema["components"].setdefault("schemas", {})["Problem"] = PROBLEM
        for method, operation in operations_of(schema):
            _complete(method, operation)
        return schema


def operations_of(schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield method and description of every operation."""
    for item in schema["paths"].values():
        yield from item.items()


PROBLEM: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "Why it was not done, and what to mend (RFC 9457).",
    "required": ["type", "title", "title_en", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "page about this refusal"},
        "title": {"type": "string", "description": "by status, in Vietnamese", "examples": ["Không tìm thấy"]},
        "title_en": {"type": "string", "description": "by status, in English", "examples": ["Not Found"]},
        "status": {"type": "integer", "examples": [404]},
        "detail": {"type": "string", "description": "the sentence in the language asked for"},
        "detail_by_language": {"type": "object", "additionalProperties": {"type": "string"}},
        "instance": {"type": "string"},
        "code": {"type": "string", "description": "stable name of the refusal", "examples": ["base.not_found"]},
        "law": {"type": "string", "description": "the legal text it rests on, if it rests on one"},
        "faults": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "text", "code"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON Pointer into what was sent (RFC 6901)"},
                    "text": {"type": "string"},
                    "code": {"type": "string"},
                },
            },
        },
    },
}
LANGUAGE = {
    "in": "header",
    "name": "Accept-Language",
    "required": False,
    "schema": {"type": "string", "examples": ["vi", "en"]},
    "description": "Language of sentences: vi (default) or en.",
}
ONCE = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    "description": "A new random value for each new request. Sent again with the same request within 24 hours, it "
    "brings the first answer and nothing is done twice; with another request it is refused (422).",
}


def _complete(method: str, operation: dict[str, Any]) -> None:
    writes = method in WRITES
    operation.setdefault("parameters", []).extend([LANGUAGE, ONCE] if writes else [LANGUAGE])
    for parameter in operation["parameters"]:
        parameter.pop("examples", None)  # ninja copies the schema's list where OpenAPI wants a map
    failures = {400, 404, 405, 422, 429} | ({401, 403} if operation.get("security") else set())
    failures |= {409, 412, 413, 415, 503, 507} if writes else set()
    operation["responses"] = {str(status): said for status, said in operation["responses"].items()}
    for status in sorted(failures):
        operation["responses"][str(status)] = {
            "description": BY_STATUS[status].__doc__ if status in BY_STATUS else "Refused",
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }


def _handlers(api: NinjaAPI) -> None:
    """Say every failure in one shape; what is not listed is a bug and goes to the log."""

    def refused(request: HttpRequest, no: Any) -> HttpResponse:
        return problem(no, request)

    def unknown(request: HttpRequest, error: Any) -> HttpResponse:
        del error
        return problem(SignInNeeded() if stranger_may_ask(request) else too_many(), request)

    def failed(request: HttpRequest, error: Any) -> HttpResponse:
        if isinstance(error.__cause__, Refusal):
            return problem(error.__cause__, request)
        return problem(BY_STATUS.get(error.status_code, Malformed)(), request)

    def throttled(request: HttpRequest, error: Any) -> HttpResponse:
        return problem(TooManyRequests(wait_seconds=math.ceil(error.wait or 0)), request)

    def invalid(request: HttpRequest, error: Any) -> HttpResponse:
        return problem(bad_input(error.errors), request)

    api.add_exception_handler(Refusal, refused)
    api.add_exception_handler(HttpError, failed)
    api.add_exception_handler(AuthenticationError, unknown)
    api.add_exception_handler(Throttled, throttled)
    api.add_exception_handler(Http404, lambda request, _error: problem(NotFound(), request))
    api.add_exception_handler(RequestDataTooBig, lambda request, _error: problem(TooMuch(), request))
    api.add_exception_handler(SuspiciousOperation, lambda request, _error: problem(Malformed(), request))
    api.add_exception_handler(ValidationError, invalid)


def build() -> NinjaAPI:
    """Return the API over everything that is lent."""
    made = House(
        title="Tinh So API",
        version="1.0.0",
        description=DESCRIPTION,
        urls_namespace="api",
        docs_url=None,
        auth=[Bearer(), Session()],
        throttle=[PerMinute()],
        parser=StrictParser(),
        servers=[{"url": settings.PUBLIC_URL}],
    )
    _handlers(made)
    for loan in registry.of(Api):
        made.add_router(f"/{loan.key}", import_string(loan.router), tags=[loan.key])
    return made


def page(request: HttpRequest) -> HttpResponse:
    """List the operations for people: one plain page, no scripts."""
    schema = api.get_openapi_schema()
    rows = [
        {
            "method": method.upper(),
            "path": address,
            "schemes": _schemes(operation),
            "scope": operation.get("x-scope", ""),
            **operation,
        }
        for address, item in schema["paths"].items()
        for method, operation in item.items()
    ]
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault((row.get("tags") or [""])[0], []).append(row)
    return render(
        request,
        "site/api.html",
        {"title": gettext("API"), "groups": groups, "info": schema["info"], "most": settings.API_PER_MINUTE},
    )


def _schemes(operation: dict[str, Any]) -> list[str]:
    return [name for need in operation.get("security", []) for name in need]


api = build()
urlpatterns: list[URLPattern] = [path("", page, name="api")]
