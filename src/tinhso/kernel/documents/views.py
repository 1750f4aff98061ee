"""The doors of files: hand one in without script, read it (whole or in part), look at what is known about it."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from http import HTTPStatus
from itertools import batched
from typing import BinaryIO, cast
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.csp import CSP
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from tinhso.base.refusals import BadInput, Fault
from tinhso.kernel.documents import actions, queries, readings
from tinhso.kernel.documents.models import Document
from tinhso.kernel.documents.refusals import Unreadable
from tinhso.kernel.documents.verification import SignatureReport, verify_pdf
from tinhso.kernel.identity.public import ActorRequest

SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg"})
"""What a browser may show itself; everything else is saved to the reader's disk."""
_PIECE_BYTES = 256 * 1024
_VERIFIABLE_BYTES = 30 * 1024 * 1024
# beyond 18 digits no file is that long: the header is not one we know, and the whole is sent (RFC 9110 §14.2)
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})\Z")
# a file from a stranger, on our own address: it may run nothing, load nothing, send nothing
_SANDBOX = f"default-src {CSP.NONE}; style-src {CSP.UNSAFE_INLINE}; frame-ancestors {CSP.SELF}; sandbox"


@require_POST
def hand_in(request: ActorRequest) -> HttpResponse:
    """
    Take a file by a plain form (`file`, `purpose`): what tus does, for browsers without script and for programs.

    With a `next` address of our own, goes there with the document's id; else answers 201 with JSON.
    """
    given = request.FILES.get("file")
    if given is None:
        raise BadInput(faults=[Fault("/file", _("Choose a file."))])
    document = actions.save(
        cast("BinaryIO", given.file),
        name=given.name or "",
        actor=request.actor,
        at=request.at,
        purpose=request.POST.get("purpose", ""),
    )
    back = request.POST.get("next", "")
    if back and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return HttpResponseRedirect(f"{back}{'&' if '?' in back else '?'}{urlencode({'document': str(document.pk)})}")
    return JsonResponse(_told(document), status=HTTPStatus.CREATED)


@require_safe
def read(request: ActorRequest, document_id: UUID) -> HttpResponseBase:
    """Send the file: shown for PDF and pictures unless `?save`, and in part when a Range is asked (RFC 9110 §14)."""
    document = queries.get_document(document_id, seen_by=request.actor)
    actions.note_reading(document, actor=request.actor, at=request.at)
    etag = f'"{document.sha256}"'
    if request.headers.get("If-None-Match") == etag:
        return _guarded(HttpResponse(status=HTTPStatus.NOT_MODIFIED), document, etag)
    span = _asked_span(request, document.size_bytes, etag)
    if span is None:
        response: HttpResponseBase = HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
        response["Content-Range"] = f"bytes */{document.size_bytes}"
        return _guarded(response, document, etag)
    begin, end = span
    is_part = end - begin != document.size_bytes
    piece = _Span(queries.open_document(document, again=is_part), begin, end - begin)
    response = StreamingHttpResponse(piece, content_type=document.media_type)
    response["Content-Length"] = str(end - begin)
    if is_part:
        response.status_code = HTTPStatus.PARTIAL_CONTENT
        response["Content-Range"] = f"bytes {begin}-{end - 1}/{document.size_bytes}"
    shown = document.media_type in SHOWN and "save" not in request.GET
    response["Content-Disposition"] = content_disposition_header(not shown, document.name) or "attachment"
    return _guarded(response, document, etag)


@require_safe
def searchable(request: ActorRequest, document_id: UUID) -> HttpResponseBase:
    """Send the straightened pages of a scan as searchable PDF: to who may read the scan."""
    document = queries.get_document(document_id, seen_by=request.actor)
    found = readings.searchable_of(document, seen_by=request.actor)
    actions.note_reading(document, actor=request.actor, at=request.at)
    response = HttpResponse(queries.read_document(found), content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, found.name) or "inline"
    return _guarded(response, found, f'"{found.sha256}"')


@require_safe
def page(request: ActorRequest, document_id: UUID, number: int) -> HttpResponseBase:
    """Send one straightened page of a scan as a picture."""
    document = queries.get_document(document_id, seen_by=request.actor)
    picture = readings.page_picture(document, number, seen_by=request.actor)
    actions.note_reading(document, actor=request.actor, at=request.at)
    return _guarded(HttpResponse(picture, content_type="image/jpeg"), document, f'"{document.sha256}-{number}"')


@require_safe
def about(request: ActorRequest, document_id: UUID) -> HttpResponse:
    """Show what is known about a file: size, pages, fingerprint, signatures."""
    document = queries.get_document(document_id, seen_by=request.actor)
    actions.note_reading(document, actor=request.actor, at=request.at)
    page = {
        "document": document,
        "signatures": _signatures(document),
        "title": document.name,
        "fingerprint": ["".join(part) for part in batched(document.sha256, 8, strict=False)],
    }
    if "json" in request.headers.get("Accept", ""):
        response: HttpResponse = JsonResponse(_told(document))
    else:
        response = render(request, "documents/document.html", page)
    patch_vary_headers(response, ["Accept"])
    return response


def _signatures(document: Document) -> list[SignatureReport]:
    if document.media_type != "application/pdf" or document.size_bytes > _VERIFIABLE_BYTES:
        return []
    try:
        return verify_pdf(queries.read_document(document))
    except Unreadable:  # pypdf opened it and pyHanko, which is stricter, cannot: it bears no signature we could judge
        return []


def _told(document: Document) -> dict[str, object]:
    return {
        "id": str(document.pk),
        "name": document.name,
        "size_bytes": document.size_bytes,
        "media_type": document.media_type,
        "pages": document.pages,
        "sha256": document.sha256,
        "href": reverse("documents:read", args=[document.pk]),
    }


def _asked_span(request: ActorRequest, size: int, etag: str) -> tuple[int, int] | None:
    """Return begin and end (not included) of what is asked; None when there is no such part of the file."""
    asked = _RANGE.match(request.headers.get("Range", ""))
    # several ranges, other units, an older version: RFC 9110 §14.2 allows to send the whole
    if asked is None or asked.group(0) == "bytes=-" or request.headers.get("If-Range", etag) != etag:
        return 0, size
    first, last = asked.groups()
    if not first:
        return (max(0, size - int(last)), size) if int(last) else None
    begin, end = int(first), min(int(last) + 1, size) if last else size
    if last and int(last) < begin:
        return 0, size
    return (begin, end) if begin < size else None


def _guarded(response: HttpResponseBase, document: Document, etag: str) -> HttpResponseBase:
    response["ETag"] = etag
    response["Repr-Digest"] = f"sha-256=:{base64.b64encode(bytes.fromhex(document.sha256)).decode()}:"
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-Frame-Options"] = "SAMEORIGIN"
    response[CSP.HEADER_ENFORCE.value] = _SANDBOX
    return response


class _Span:
    """A part of an open file, read in pieces and closed by whoever sends it."""

    def __init__(self, file: BinaryIO, begin: int, length: int) -> None:
        self._file, self._left = file, length
        file.seek(begin)

    def __iter__(self) -> Iterator[bytes]:
        """Return the pieces."""
        while self._left > 0 and (piece := self._file.read(min(_PIECE_BYTES, self._left))):
            self._left -= len(piece)
            yield piece

    def close(self) -> None:
        """Close the file; Django calls this when the answer is sent or given up."""
        self._file.close()
