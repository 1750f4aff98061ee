"""What several pages share: a form with one act behind it, and links that keep a search."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from tinhso.base.refusals import Refusal
from tinhso.kernel.identity.public import ActorRequest

KEPT = (401, 403, 404)
"""Refusals that are pages of their own."""


def more(asked: Mapping[str, str], key: str) -> str:
    """Return the query of the next page: what was asked, and where it goes on; empty when there is none."""
    return f"?{urlencode({**{k: v for k, v in asked.items() if v}, 'sau': key})}" if key else ""


def ask(
    request: ActorRequest,
    form: forms.Form,
    do: Callable[[dict[str, Any]], Any],
    *,
    title: str,
    button: str,
    back: str | Callable[[Any], str],
    said: str,
    lead: str = "",
    form_back: str = "",
    near: tuple[str, ...] = ("valid_from", "valid_to", "last_day"),
) -> HttpResponse:
    """
    Show a form; when it is right, do the act and go back; a refusal is said on the form.

    `back` may be a function of what the act made; `form_back` is then where the form itself leads back to.
    """
    status = HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            made = do(form.cleaned_data)
        except Refusal as no:
            if no.status in KEPT:
                raise
            put_faults(form, no)
        else:
            messages.success(request, said)
            return redirect(back if isinstance(back, str) else back(made))
    if form.is_bound:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    context = {"title": title, "form": form, "button": button, "back": form_back or back, "lead": lead, "near": near}
    return render(request, "administration/form.html", context, status=status)


def put_faults(form: forms.Form, no: Refusal) -> None:
    """Say a refusal on the form: each fault at its field, the rest above."""
    placed = [fault for fault in no.faults if fault.pointer.strip("/") in form.fields]
    for fault in placed:
        form.add_error(fault.pointer.strip("/"), str(fault.text))
    if not placed:
        form.add_error(None, str(no))


def press(request: ActorRequest, do: Callable[[], Any], *, back: str, said: str) -> HttpResponse:
    """Do an act that needs no form (a button), say it, go back; a refusal is said there."""
    try:
        do()
    except Refusal as no:
        if no.status in KEPT:
            raise
        messages.error(request, str(no))
    else:
        messages.success(request, said)
    return redirect(back)
