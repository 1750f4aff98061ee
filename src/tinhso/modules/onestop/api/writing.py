"""How every write of the API is answered: once per `Idempotency-Key`, and only if nothing changed since (`If-Match`)."""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpResponse, JsonResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import BadInput, Fault
from tinhso.kernel.forms.public import marks_of
from tinhso.kernel.identity.public import ActorRequest, Answer, act_once, kept_answer
from tinhso.modules.onestop.actions.unchanged import require_unchanged
from tinhso.web.shapes import Shape

KEY = re.compile(r"[!-~]{1,200}")


def write(
    request: ActorRequest,
    do: Callable[[], Shape | None],
    *,
    status: int = HTTPStatus.OK,
    code: str = "",
    material: str = "",
) -> HttpResponse:
    """
    Do a write and answer it. `do` calls one act and returns the body, or None for an answer without one.

    `code` names the dossier that `If-Match` speaks of. `material` stands for the body in the fingerprint of the request
    where its bytes differ each time it is sent (multipart). Raises what `do` raises, KeyUsedOtherwise, ChangedSince.
    """
    return respond(once(request, do, status=status, code=code, material=material))


def once(
    request: ActorRequest, do: Callable[[], Shape | None], *, status: int, code: str = "", material: str = ""
) -> Answer:
    """Do a write under the key of the request and return the answer, as kept."""
    expected = request.headers.get("If-Match", "") if code else ""

    def whole() -> tuple[int, object]:
        if expected:
            require_unchanged(code, expected, actor=request.actor)
        body = do()
        return int(status), body.model_dump(mode="json") if body is not None else None

    return act_once(
        whole,
        key=_key(request),
        request_hash=_fingerprint(request, material),
        is_sensitive=_is_sensitive,
        actor=request.actor,
        at=request.at,
    )


def _is_sensitive(body: object) -> bool:
    """Tell whether a body shows answers of a form in which some are sensitive."""
    if not isinstance(body, dict) or not body.get("answers"):
        return False
    return bool(marks_of(body.get("form_code", "")))


def answered_before(request: ActorRequest, *, material: str) -> HttpResponse | None:
    """Return the answer that is kept for this very request, for a write that begins before its last act; else None."""
    kept = kept_answer(key=_key(request), request_hash=_fingerprint(request, material), actor=request.actor)
    return None if kept is None else respond(kept)


def respond(answer: Answer) -> HttpResponse:
    """Return the HTTP answer; `Idempotent-Replayed: true` says that it was done before."""
    response = (
        HttpResponse(status=HTTPStatus.NO_CONTENT)
        if answer.body is None
        else JsonResponse(answer.body, status=answer.status)
    )
    if answer.again:
        response["Idempotent-Replayed"] = "true"
    return response


def _key(request: ActorRequest) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if "Idempotency-Key" in request.headers and not KEY.fullmatch(key):
        text = _("Write the Idempotency-Key as 1 to 200 visible ASCII characters, for example a UUID.")
        raise BadInput(faults=[Fault("/Idempotency-Key", text, "idempotency_key")])
    return key


def _fingerprint(request: ActorRequest, material: str) -> str:
    # keyed: nobody who has the rows alone finds out what was sent by trying
    head = f"{request.method} {request.get_full_path()} {request.headers.get('If-Match', '')}\n".encode()
    content = head + (material.encode() if material else request.body)
    return salted_hmac("tinhso.kept-answer", content, algorithm="sha256").hexdigest()
