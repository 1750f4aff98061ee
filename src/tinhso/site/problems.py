"""
Every answer of the API that is not what was asked for, as RFC 9457 problem details: one place, one shape.

The shape is `kernel.identity.problems`; here are the refusals of the protocol itself, and what turns every other failure
under `/api/` into one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import BadInput, Fault, Forbidden, NoRoom, NotFound, Refusal, SignInNeeded, Text
from tinhso.kernel.identity.problems import MEDIA_TYPE, problem

PREFIX: Final = "/api/"


class Malformed(Refusal):
    """The request cannot be read at all."""

    code = "api.malformed"
    text = _(
        "The request cannot be read. Send one JSON value in UTF-8, without NUL, NaN or Infinity, and each name once."
    )
    status = HTTPStatus.BAD_REQUEST


class NotOffered(Refusal):
    """The address exists; this method does not."""

    code = "api.method_not_allowed"
    text = _("This address does not take this method. The header Allow lists what it takes.")
    status = HTTPStatus.METHOD_NOT_ALLOWED


class TooMuch(Refusal):
    """The body is larger than this address takes."""

    code = "api.too_large"
    text = _("The request is too large. Send files to /api/files, one at a time.")
    status = HTTPStatus.CONTENT_TOO_LARGE


class WrongMediaType(Refusal):
    """The body is not of the kind this address reads."""

    code = "api.wrong_media_type"
    text = _("Send this with Content-Type: application/json.")
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class TooManyRequests(Refusal):
    """The sender asks too often."""

    code = "api.too_many_requests"
    text = _("Too many requests. Wait {wait_seconds} seconds, then go on.")
    status = HTTPStatus.TOO_MANY_REQUESTS


class CsrfMissing(Forbidden):
    """A browser session writes without its CSRF token."""

    code = "api.csrf_missing"
    text = _("Send the session's CSRF token in the header X-CSRFToken, or use an access token.")


class BrokenHere(Refusal):
    """A fault of ours."""

    code = "api.server_error"
    text = _("Something broke on our side. Nothing was changed. Try again later, or call the hotline.")
    status = HTTPStatus.INTERNAL_SERVER_ERROR


class AwayNow(Refusal):
    """The database does not answer for a moment."""

    code = "api.away"
    text = _(
        "The site is resting for a moment. Send the same again, with the same Idempotency-Key, after Retry-After seconds."
    )
    status = HTTPStatus.SERVICE_UNAVAILABLE


BY_STATUS: Final[dict[int, type[Refusal]]] = {
    401: SignInNeeded,
    403: Forbidden,
    404: NotFound,
    405: NotOffered,
    413: TooMuch,
    415: WrongMediaType,
    429: TooManyRequests,
    503: AwayNow,
    507: NoRoom,
}
MISSING: Final = _("Give this.")
TEXTS: Final[dict[str, Text]] = {
    "missing": MISSING,
    "string_type": _("Give text."),
    "string_too_short": _("This is too short: at least {min_length} characters."),
    "string_too_long": _("This is too long: at most {max_length} characters."),
    "string_pattern_mismatch": _("This is not in the right form."),
    "int_type": _("Give a whole number."),
    "int_parsing": _("Give a whole number."),
    "int_from_float": _("Give a whole number."),
    "greater_than_equal": _("Give {ge} or more."),
    "less_than_equal": _("Give {le} or less."),
    "bool_type": _("Give true or false."),
    "bool_parsing": _("Give true or false."),
    "enum": _("Give one of: {expected}."),
    "literal_error": _("Give one of: {expected}."),
    "date_type": _("Give a date like 2026-03-16."),
    "date_parsing": _("Give a date like 2026-03-16."),
    "date_from_datetime_parsing": _("Give a date like 2026-03-16."),
    "datetime_parsing": _("Give a moment with offset, like 2026-03-16T08:00:00+07:00."),
    "datetime_from_date_parsing": _("Give a moment with offset, like 2026-03-16T08:00:00+07:00."),
    "timezone_aware": _("Give a moment with offset, like 2026-03-16T08:00:00+07:00."),
    "uuid_parsing": _("This is not an id."),
    "uuid_type": _("This is not an id."),
    "list_type": _("Give a list."),
    "too_long": _("Give at most {max_length}."),
    "too_short": _("Give at least {min_length}."),
    "dict_type": _("Give an object."),
    "model_type": _("Give an object."),
    "model_attributes_type": _("Give an object."),
    "extra_forbidden": _("Nobody asks for this. Leave it out."),
}
UNFIT: Final = _("This does not fit. See the schema of this operation.")


def bad_input(errors: Iterable[Mapping[str, Any]]) -> BadInput:
    """Return the refusal of a request that does not fit its schema: pydantic's errors as places to mend."""
    return BadInput(faults=[_fault(error) for error in errors])


def _fault(error: Mapping[str, Any]) -> Fault:
    where, *rest = error.get("loc") or ("",)
    if where == "body" and rest:
        rest = rest[1:]  # the name of the handler's argument
    pointer = "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in rest)
    kind = str(error.get("type", "invalid"))
    text = TEXTS.get(kind, UNFIT)
    return Fault(pointer, str(text).format(**(error.get("ctx") or {})), kind)


class ProblemMiddleware:
    """Turn every failure under `/api/` that is not a problem yet into one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        response = self.get_response(request)
        if response.status_code < HTTPStatus.BAD_REQUEST or response.get("Content-Type", "").startswith(MEDIA_TYPE):
            return response
        return _as_problem(request, response)


def _as_problem(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    broken = response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
    kind = BY_STATUS.get(response.status_code, BrokenHere if broken else Malformed)
    made = problem(kind(), request)
    for header in ("Allow", "Retry-After"):
        if header in response:
            made[header] = response[header]
    return made
