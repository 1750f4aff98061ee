"""What is stuck, who has tokens, what is in force."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from tinhso.base.acts import require
from tinhso.base.refusals import NotFound, Refusal
from tinhso.kernel.casework.public import list_stuck
from tinhso.kernel.identity.public import ActorRequest, list_messages, list_tokens
from tinhso.kernel.journal.public import dead_letters
from tinhso.kernel.organisation.public import list_loads, province
from tinhso.modules.administration import access, actions
from tinhso.modules.administration.forms import GiveTokenForm
from tinhso.modules.administration.queries import people, records
from tinhso.modules.administration.queries import system as read
from tinhso.modules.administration.queries.words import actor_said
from tinhso.modules.administration.views.parts import KEPT, more, press, put_faults

PAGE = 50
MESSAGES = ("dead", "waiting")


def home(request: ActorRequest) -> HttpResponse:
    """Show where to go, and what waits."""
    require(access.can_enter, request.actor)
    everything = access.can_read_province(request.actor)
    return render(
        request,
        "administration/home.html",
        {
            "title": gettext("Administration"),
            "everything": everything,
            "troubles": read.troubles() if everything else None,
        },
    )


def troubles(request: ActorRequest) -> HttpResponse:
    """List dead letters: what a subscriber could not take."""
    require(access.can_read_province, request.actor)
    after = request.GET.get("sau", "")[:18]
    found = dead_letters(after=int(after) if after.isdecimal() else 0, limit=PAGE + 1)
    rows = [
        {"letter": each, "title": records.titles().get(each.entry.event, each.entry.event)} for each in found[:PAGE]
    ]
    return render(
        request,
        "administration/troubles.html",
        {
            **_tabs("letters"),
            "rows": rows,
            "next": more({}, str(found[PAGE - 1].id) if len(found) > PAGE else ""),
            "may": access.can_run_province(request.actor),
        },
    )


def stuck(request: ActorRequest) -> HttpResponse:
    """List timers and automatic steps that were given up."""
    require(access.can_read_province, request.actor)
    may = access.can_run_province(request.actor)
    return render(request, "administration/stuck.html", {**_tabs("stuck"), "rows": list_stuck(), "may": may})


def mail(request: ActorRequest, state: str) -> HttpResponse:
    """List messages that wait or that were given up; never what they say."""
    require(access.can_read_province, request.actor)
    if state not in MESSAGES:
        raise NotFound
    before = records_key(request)
    found = list_messages(state, before=before, limit=PAGE + 1)
    return render(
        request,
        "administration/mail.html",
        {
            **_tabs(state),
            "rows": found[:PAGE],
            "is_dead": state == "dead",
            "next": more({}, str(found[PAGE - 1].pk) if len(found) > PAGE else ""),
            "may": access.can_run_province(request.actor),
        },
    )


def records_key(request: ActorRequest) -> UUID | None:
    """Return the key that a page goes on from, or None."""
    try:
        return UUID(request.GET.get("sau", ""))
    except ValueError:
        return None


def _tabs(current: str) -> dict[str, object]:
    counts = read.troubles()
    named = [
        ("letters", gettext("Dead letters"), reverse("administration:troubles")),
        ("stuck", gettext("Stuck steps"), reverse("administration:stuck")),
        ("dead", gettext("Dead messages"), reverse("administration:mail", args=["dead"])),
        ("waiting", gettext("Waiting messages"), reverse("administration:mail", args=["waiting"])),
    ]
    tabs = [{"text": text, "href": href, "count": counts[key], "current": key == current} for key, text, href in named]
    return {"title": gettext("What is stuck"), "tabs": tabs}


@require_POST
def replay(request: ActorRequest, delivery_id: int) -> HttpResponse:
    """Have a dead letter tried again."""
    return press(
        request,
        lambda: actions.replay_letter(delivery_id, actor=request.actor, at=request.at),
        back=reverse("administration:troubles"),
        said=gettext("It is tried again now."),
    )


@require_POST
def retry_step(request: ActorRequest, waiting_id: UUID) -> HttpResponse:
    """Have a timer or an automatic step tried again."""
    return press(
        request,
        lambda: actions.retry_step(waiting_id, actor=request.actor, at=request.at),
        back=reverse("administration:stuck"),
        said=gettext("It is tried again now."),
    )


@require_POST
def retry_mail(request: ActorRequest, message_id: UUID) -> HttpResponse:
    """Put a dead message back in the queue."""
    return press(
        request,
        lambda: actions.retry_mail(message_id, actor=request.actor, at=request.at),
        back=reverse("administration:mail", args=["dead"]),
        said=gettext("It is sent again now."),
    )


def tokens(request: ActorRequest) -> HttpResponse:
    """List access tokens, newest first, whosever they are."""
    require(access.can_read_province, request.actor)
    found = list_tokens(seen_by=request.actor, before=records_key(request), limit=PAGE + 1)
    return render(
        request,
        "administration/tokens.html",
        {
            "title": gettext("Access tokens"),
            "rows": found[:PAGE],
            "now": request.at,
            "next": more({}, str(found[PAGE - 1].pk) if len(found) > PAGE else ""),
            "may": access.can_run_province(request.actor),
        },
    )


@never_cache
@sensitive_variables("text")
def give_token(request: ActorRequest, official_id: UUID) -> HttpResponse:
    """Issue a token for an official's account; its text is shown once."""
    require(access.can_run_province, request.actor)
    card = people.view_person(official_id, seen_by=request.actor, at=request.at)
    if card.account is None:
        raise NotFound
    form, text = GiveTokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        data = {"name": form.cleaned_data["name"], "scopes": form.cleaned_data["scopes"]}
        try:
            _token, text = actions.give_token(
                card.account.pk, **data, expires_at=form.until(request.at), actor=request.actor, at=request.at
            )
        except Refusal as no:
            if no.status in KEPT:
                raise
            put_faults(form, no)
    context = {"title": gettext("Issue a token"), "card": card, "form": form, "token": text}
    return render(request, "administration/give_token.html", context, status=200 if text or not form.is_bound else 422)


@require_POST
def take_token(request: ActorRequest, token_id: UUID) -> HttpResponse:
    """Make a token worthless."""
    require(access.can_add_official, request.actor)
    return press(
        request,
        lambda: actions.take_token(token_id, actor=request.actor, at=request.at),
        back=reverse("administration:tokens")
        if access.can_read_province(request.actor)
        else reverse("administration:people"),
        said=gettext("The token is worthless from now on."),
    )


def settings(request: ActorRequest) -> HttpResponse:
    """Show settings in force and the packs that were loaded; no secrets."""
    require(access.can_read_province, request.actor)
    return render(
        request,
        "administration/settings.html",
        {
            "title": gettext("Settings in force"),
            "rows": read.settings_in_force(),
            "name": province().name,
            "choices": read.province_in_force(),
            "loads": [{"load": each, "who": actor_said("", each.actor_key)} for each in list_loads()],
        },
    )
