"""Every request of SCIM: who asks, what they sent, and how a no is said (RFC 7644, 3.12)."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any, Final

from django.http import HttpResponse
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt

from tinhso.base.acts import require
from tinhso.base.refusals import BadInput, Refusal
from tinhso.base.strict_json import read_json
from tinhso.kernel.identity.public import ActorRequest, UsernameTaken, actor_from_bearer, within
from tinhso.modules.provisioning import access
from tinhso.modules.provisioning.queries.filtering import BadFilter
from tinhso.modules.provisioning.queries.schemas import ERROR, MOST

type Json = dict[str, Any]
MEDIA: Final = "application/scim+json"
CALLS_A_MINUTE: Final = 1200
LARGEST: Final = 1_000_000
FURTHEST: Final = 2**31 - 1
"""Row from which a page may begin: no database counts further than twice this."""
_TAKEN: Final = ("organisation.staff_code_taken", "organisation.user_name_taken", UsernameTaken.code)


class ScimError(Exception):
    """An answer of no in the words of SCIM."""

    def __init__(self, status: int, text: str, kind: str = "") -> None:
        super().__init__(text)
        self.status, self.text, self.kind = status, text, kind


def door(*methods: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Let a token of scope `scim` in, for these methods, and say every no as SCIM does."""

    def dressed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @functools.wraps(view)
        def answer(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            with override("en"):
                try:
                    _let_in(request, methods)
                    return view(request, *args, **kwargs)
                except Refusal as no:
                    return _said(_as_error(no))
                except ScimError as no:
                    return _said(no)

        return answer

    return dressed


def _let_in(request: ActorRequest, methods: tuple[str, ...]) -> None:
    request.actor = actor_from_bearer(request.headers.get("Authorization", ""), at=request.at)
    if not within("scim", request.actor.session, CALLS_A_MINUTE, seconds=60):
        raise ScimError(429, "Too many requests; wait a minute.")
    require(access.can_provision, request.actor)
    if request.method not in methods:
        raise ScimError(405, f"{request.method} is not done here.")


def _as_error(no: Refusal) -> ScimError:
    if no.code in _TAKEN:
        return ScimError(409, str(no), "uniqueness")
    if isinstance(no, BadFilter):
        return ScimError(400, str(no), "invalidFilter")
    if isinstance(no, BadInput):
        return ScimError(400, " ".join(str(fault.text) for fault in no.faults) or str(no), "invalidValue")
    return ScimError(no.status, str(no))


def _said(no: ScimError) -> HttpResponse:
    body: Json = {"schemas": [ERROR], "status": str(int(no.status)), "detail": no.text}
    if no.kind:
        body["scimType"] = no.kind
    response = tell(body, no.status)
    if no.status == 401:  # noqa: PLR2004 - HTTP
        response["WWW-Authenticate"] = "Bearer"
    if no.status == 501:  # noqa: PLR2004 - HTTP
        # a no by design (RFC 7644, 3.12) is no fault of ours: Django would log it as one
        response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 - Django's own mark for it
    return response


def tell(body: Json | None, status: int = 200) -> HttpResponse:
    """Return an answer; one about a resource says where it is and which version."""
    response = HttpResponse(json.dumps(body, ensure_ascii=False) if body is not None else b"", status=status)
    response["Content-Type"] = MEDIA
    response["Cache-Control"] = "no-store"
    meta = (body or {}).get("meta", {})
    if "version" in meta:
        response["ETag"] = meta["version"]
    if status == 201:  # noqa: PLR2004 - HTTP
        response["Location"] = meta["location"]
    return response


def tell_resource(request: ActorRequest, body: Json, status: int = 200) -> HttpResponse:
    """Return a resource with the attributes that were asked for; 304 when the asker has this version."""
    if request.method == "GET" and body["meta"]["version"] in request.headers.get("If-None-Match", ""):
        return tell(None, 304)
    response = tell(body, status)
    response.content = json.dumps(chosen(request, body), ensure_ascii=False).encode()
    return response


def tell_list(request: ActorRequest, page: Json) -> HttpResponse:
    """Return a page of resources with the attributes that were asked for."""
    return tell({**page, "Resources": [chosen(request, row) for row in page["Resources"]]})


def chosen(request: ActorRequest, body: Json) -> Json:
    """Return a resource with `attributes` only, or without `excludedAttributes`; id and schemas always."""
    only, without = _names(request, "attributes"), _names(request, "excludedAttributes")
    if only and without:
        raise ScimError(400, "attributes and excludedAttributes exclude each other", "invalidValue")
    kept: Json = {}
    for name, value in body.items():
        low, always = name.lower(), name in ("id", "schemas")
        if only and not always:
            subs = {one.partition(".")[2] for one in only if one.startswith(f"{low}.")}
            if low in only:
                kept[name] = value
            elif subs and isinstance(value, (dict, list)):
                kept[name] = _part(value, subs, keep=True)
        elif always or low not in without:
            subs = {one.partition(".")[2] for one in without if one.startswith(f"{low}.")}
            kept[name] = _part(value, subs, keep=False) if subs else value
    return kept


def _part(value: Any, subs: set[str], *, keep: bool) -> Any:
    if isinstance(value, list):
        return [_part(one, subs, keep=keep) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: one for name, one in value.items() if (name.lower() in subs) is keep}


def _names(request: ActorRequest, field: str) -> set[str]:
    given = request.GET.get(field, "")
    return {name.strip().rpartition(":")[2].lower() for name in given.split(",") if name.strip()}


def sent(request: ActorRequest) -> Json:
    """Return the JSON object that was sent. Raises ScimError."""
    if len(request.body) > LARGEST:
        raise ScimError(413, "more than a megabyte")
    try:
        body = read_json(request.body)
    except ValueError:
        text = "The body is not JSON in UTF-8, or holds NUL, a lone surrogate or NaN."
        raise ScimError(400, text, "invalidSyntax") from None
    if not isinstance(body, dict):
        raise ScimError(400, "The body is not a JSON object.", "invalidSyntax")
    return body


def has_schema(body: Json, urn: str) -> bool:
    """Tell whether a message says that it is of a schema."""
    named = next((value for name, value in body.items() if name.lower() == "schemas"), None)
    return isinstance(named, list) and urn in named


def check_version(request: ActorRequest, body: Json) -> None:
    """Raise ScimError 412 when the sender has read another version than there is now."""
    wanted = request.headers.get("If-Match", "")
    if wanted and wanted != "*" and body["meta"]["version"] not in wanted:
        raise ScimError(412, "It has changed since it was read. Read it again.")


def paging(request: ActorRequest) -> tuple[int, int]:
    """Return from which row, counted from 1, and how many. Raises ScimError."""
    try:
        start, count = int(request.GET.get("startIndex", "1")), int(request.GET.get("count", str(MOST)))
        return min(start, FURTHEST), count
    except ValueError:
        raise ScimError(400, "startIndex and count are numbers.", "invalidValue") from None
