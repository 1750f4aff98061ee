"""
The tus 1.0.0 door (https://tus.io/protocols/resumable-upload): it parses and answers; `uploads` does the work.

Core, and the extensions creation, creation-with-upload, checksum, termination, expiration.

The answer to the last piece names the document in `Upload-Document`; so does HEAD afterwards, for a client that lost it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from http import HTTPStatus
from typing import IO, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.http import http_date
from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import Refusal
from tinhso.kernel.documents import uploads
from tinhso.kernel.documents.refusals import WrongChecksum
from tinhso.kernel.identity.public import ActorRequest, problem_of

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,termination,expiration"
PIECE = "application/offset+octet-stream"
_CHECKSUM_MISMATCH = 460
_MOST_DIGITS = 18


class NotTus(Refusal):
    """The request does not follow the protocol; `what` says where."""

    code = "documents.not_tus"
    text = _("The upload program does not follow the tus protocol: {what}.")
    status = HTTPStatus.BAD_REQUEST


class NotAPiece(NotTus):
    """The body is not announced as a piece of a file."""

    code = "documents.not_a_piece"
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


def collection(request: ActorRequest) -> HttpResponse:
    """Answer OPTIONS (what we can do) and POST (announce a file)."""
    return _answer(request, {"OPTIONS": _options, "POST": _create})


def resource(request: ActorRequest, upload_id: str) -> HttpResponse:
    """Answer HEAD (how far?), PATCH (a piece) and DELETE (forget it) for one upload."""
    return _answer(
        request,
        {
            "OPTIONS": _options,
            "HEAD": lambda asked: _head(asked, upload_id),
            "PATCH": lambda asked: _patch(asked, upload_id),
            "DELETE": lambda asked: _delete(asked, upload_id),
        },
    )


def _answer(request: ActorRequest, doors: dict[str, Callable[[ActorRequest], HttpResponse]]) -> HttpResponse:
    method = (request.headers.get("X-HTTP-Method-Override") or request.method or "").upper()
    if method not in doors:
        response = HttpResponse(status=HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": ", ".join(sorted(doors))})
    elif method != "OPTIONS" and request.headers.get("Tus-Resumable") != VERSION:
        response = HttpResponse(status=HTTPStatus.PRECONDITION_FAILED, headers={"Tus-Version": VERSION})
    else:
        try:
            response = doors[method](request)
        except Refusal as no:
            response = _refusal(request, no)
    response["Tus-Resumable"] = VERSION
    response["Cache-Control"] = "no-store"
    return response


def _options(_request: ActorRequest) -> HttpResponse:
    response = HttpResponse(status=HTTPStatus.NO_CONTENT)
    response["Tus-Version"] = VERSION
    response["Tus-Extension"] = EXTENSIONS
    response["Tus-Max-Size"] = str(settings.MAX_FILE_BYTES)
    response["Tus-Checksum-Algorithm"] = ",".join(uploads.CHECKSUMS)
    return response


def _create(request: ActorRequest) -> HttpResponse:
    about = _metadata(request.headers.get("Upload-Metadata", ""))
    size = _number(request, "Upload-Length")
    upload = uploads.begin_upload(
        about.get("filename") or about.get("name", ""),
        size,
        purpose=about.get("purpose", ""),
        actor=request.actor,
        at=request.at,
    )
    response = HttpResponse(status=HTTPStatus.CREATED)
    response["Location"] = request.build_absolute_uri(reverse("documents:upload", args=[upload.id]))
    if request.content_type == PIECE:
        upload = _append(request, upload.id, 0)
        _finish(request, upload, response)
        response["Upload-Offset"] = str(upload.offset)
    response["Upload-Expires"] = http_date(upload.expires_at.timestamp())
    return response


def _head(request: ActorRequest, upload_id: str) -> HttpResponse:
    upload = uploads.get_upload(upload_id, actor=request.actor, at=request.at)
    response = HttpResponse(status=HTTPStatus.OK)
    if upload.is_whole:
        # the client may have lost the answer to its last piece, or we our power before it
        _finish(request, upload, response)
    response["Upload-Offset"] = str(upload.offset)
    response["Upload-Length"] = str(upload.size_bytes)
    response["Upload-Expires"] = http_date(upload.expires_at.timestamp())
    return response


def _patch(request: ActorRequest, upload_id: str) -> HttpResponse:
    if request.content_type != PIECE:
        raise NotAPiece(what=f"Content-Type is not {PIECE}")
    upload = _append(request, upload_id, _number(request, "Upload-Offset"))
    response = HttpResponse(status=HTTPStatus.NO_CONTENT)
    _finish(request, upload, response)
    response["Upload-Offset"] = str(upload.offset)
    response["Upload-Expires"] = http_date(upload.expires_at.timestamp())
    return response


def _delete(request: ActorRequest, upload_id: str) -> HttpResponse:
    uploads.cancel_upload(upload_id, actor=request.actor, at=request.at)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _append(request: ActorRequest, upload_id: str, offset: int) -> uploads.Upload:
    return uploads.append_to_upload(
        upload_id,
        cast("IO[bytes]", request),
        offset=offset,
        checksum=_checksum(request),
        actor=request.actor,
        at=request.at,
    )


def _finish(request: ActorRequest, upload: uploads.Upload, response: HttpResponse) -> None:
    """Make the document when all is here and name it in the answer."""
    if upload.is_whole:
        made = uploads.finish_upload(upload.id, actor=request.actor, at=request.at)
        response["Upload-Document"] = str(made.pk)


def _metadata(header: str) -> dict[str, str]:
    """Return `Upload-Metadata`: pairs of a key and a base64 value, separated by commas. Raises NotTus."""
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        key, _space, value = pair.partition(" ")
        try:
            found[key] = base64.b64decode(value.strip(), validate=True).decode()
        except ValueError as error:  # letters that are not ASCII fail as such, all others as a kind of it
            raise NotTus(what=f"Upload-Metadata {key} is not base64 of UTF-8") from error
    return found


def _number(request: HttpRequest, header: str) -> int:
    given = request.headers.get(header, "")
    if not (given.isascii() and given.isdecimal() and len(given) <= _MOST_DIGITS):
        raise NotTus(what=f"{header} is not a number")
    return int(given)


def _checksum(request: HttpRequest) -> uploads.Checksum | None:
    given = request.headers.get("Upload-Checksum")
    if given is None:
        return None
    algorithm, _space, value = given.partition(" ")
    if algorithm not in uploads.CHECKSUMS:
        raise NotTus(what=f"Upload-Checksum knows {', '.join(uploads.CHECKSUMS)}")
    try:
        return uploads.Checksum(algorithm, base64.b64decode(value, validate=True))
    except ValueError as error:
        raise NotTus(what="Upload-Checksum is not base64") from error


def _refusal(request: HttpRequest, no: Refusal) -> HttpResponse:
    status = _CHECKSUM_MISMATCH if isinstance(no, WrongChecksum) else no.status
    response = JsonResponse(problem_of(no, instance=request.path), status=status)
    response["Content-Type"] = "application/problem+json"
    return response
