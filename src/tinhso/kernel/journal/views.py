"""Doors of the journal: the published roots, and a receipt that anybody may check without an account."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tinhso.base.refusals import NotFound
from tinhso.kernel.journal import queries
from tinhso.kernel.journal.proofs import consistency
from tinhso.kernel.journal.publishing import root_facts
from tinhso.kernel.journal.receipts import get_receipt, receipt_code

_PAGE = 50
_JSON_PAGE = 1000


def roots(request: HttpRequest) -> HttpResponse:
    """Show the published roots, newest first, and ask for a receipt's code."""
    if code := request.GET.get("ma", "").strip():
        return redirect("journal:receipt", code.replace("/", "-"))
    page = queries.roots(before=_size(request, "before"), limit=_PAGE + 1)
    older = f"?before={page[_PAGE - 1].size}" if len(page) > _PAGE else ""
    rows = [{"root": root, "hash": bytes(root.hash).hex()} for root in page[:_PAGE]]
    newer = reverse("journal:roots") if "before" in request.GET else ""
    return render(request, "journal/roots.html", {"rows": rows, "older": older, "newest": newer})


def receipt(request: HttpRequest, code: str) -> HttpResponse:
    """Show what can be said about a receipt's code."""
    found = get_receipt(code)
    status = 404 if found.entry is None else 200
    facts = found.facts()
    address = reverse("journal:receipt_json", args=[found.code])
    context = {"receipt": found, "facts": facts, "json_address": address}
    return render(request, "journal/receipt.html", context, status=status)


def receipt_of(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Go to the receipt of an entry known by its id."""
    del request
    try:
        code = receipt_code(entry_id)
    except ValueError as error:  # an id that no entry of ours can have
        raise NotFound from error
    return redirect("journal:receipt", code)


def receipt_json(request: HttpRequest, code: str) -> HttpResponseBase:
    """Give all that a script needs to check the receipt by itself (`tools/check_receipt.py` does)."""
    del request
    found = get_receipt(code)
    return _open_json(found.facts(), status=404 if found.entry is None else 200)


def roots_json(request: HttpRequest) -> HttpResponseBase:
    """Give up to 1,000 published roots, newest first; `?before=<size>` continues."""
    page = queries.roots(before=_size(request, "before"), limit=_JSON_PAGE)
    return _open_json({"roots": [root_facts(root) for root in page], "more": len(page) == _JSON_PAGE})


def consistency_json(request: HttpRequest) -> HttpResponseBase:
    """Prove that the log of size `?old=` is the beginning of the log of size `?new=` (RFC 6962 §2.1.2)."""
    old, new = _size(request, "old"), _size(request, "new")
    if old is None or new is None:
        return _open_json({"code": "journal.sizes_needed"}, status=400)
    try:
        found = consistency(old, new)
    except ValueError:
        return _open_json({"code": "journal.no_such_sizes", "old": old, "new": new}, status=404)
    return _open_json({"old": old, "new": new, "proof": [part.hex() for part in found]})


def _size(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None  # noqa: PLR2004 - below 2^53


def _open_json(facts: dict[str, object], *, status: int = 200) -> HttpResponseBase:
    # anybody's page may check: nothing here is secret and nothing depends on who asks
    return JsonResponse(facts, status=status, headers={"Access-Control-Allow-Origin": "*"})
