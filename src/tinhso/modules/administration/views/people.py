"""Officials: list, one of them, particulars, posts, delegations, account."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from tinhso.base.acts import require
from tinhso.base.clock import civil_date
from tinhso.kernel.identity.public import ActorRequest
from tinhso.kernel.organisation.public import (
    add_official,
    appoint,
    delegate,
    end_tenure,
    get_tenure,
    revoke_delegation,
)
from tinhso.modules.administration import access, actions
from tinhso.modules.administration.forms import (
    AccountForm,
    AppointForm,
    DelegateForm,
    EndForm,
    OfficialForm,
    ParticularsForm,
    ProofForm,
    WhyForm,
)
from tinhso.modules.administration.queries import people as read
from tinhso.modules.administration.views.parts import ask, more, press


def people(request: ActorRequest) -> HttpResponse:
    """List officials by staff code; search by name, code or e-mail."""
    require(access.can_enter, request.actor)
    text = request.GET.get("q", "").strip()[:100]
    rows, after = read.list_people(
        seen_by=request.actor, text=text, after=request.GET.get("sau", "")[:20], at=request.at
    )
    return render(
        request,
        "administration/people.html",
        {
            "title": gettext("People and posts"),
            "rows": rows,
            "asked": text,
            "next": more({"q": text}, after),
            "may_add": access.can_add_official(request.actor),
        },
    )


@never_cache
def person(request: ActorRequest, official_id: UUID) -> HttpResponse:
    """Show one official: particulars, posts, delegations, account, where they are signed in."""
    require(access.can_enter, request.actor)
    card = read.view_person(official_id, seen_by=request.actor, at=request.at)
    return render(
        request,
        "administration/person.html",
        {
            "title": card.official.full_name,
            "card": card,
            "today": civil_date(request.at),
            "may": access.can_manage_official(request.actor, card.paths),
            "may_appoint": access.can_add_official(request.actor),
            "may_token": access.can_run_province(request.actor),
            "is_self": request.actor.key == f"official:{official_id}",
            "delegations": _delegations(card),
        },
    )


def _delegations(card: read.Card) -> list[dict[str, object]]:
    return [
        {
            "row": row,
            "post": read.title_of(card.posts.get(row.post_code), row.post_code),
            "roles": read.roles_said(row.roles),
            "given": row.by_official_id == card.official.pk,
        }
        for row in card.delegations
    ]


def add(request: ActorRequest) -> HttpResponse:
    """Enter a new official."""
    require(access.can_add_official, request.actor)
    return ask(
        request,
        OfficialForm(request.POST or None),
        lambda data: add_official(**data, actor=request.actor, at=request.at),
        title=gettext("New official"),
        button=gettext("Enter the official"),
        back=lambda official: reverse("administration:person", args=[official.pk]),
        form_back=reverse("administration:people"),
        said=gettext("Entered. Give them a post and an account."),
    )


def change(request: ActorRequest, official_id: UUID) -> HttpResponse:
    """Correct an official's particulars."""
    card = _managed(request, official_id)
    kept = {name: getattr(card.official, name) for name in ("full_name", "email", "phone")}
    return ask(
        request,
        ParticularsForm(request.POST or None, initial=kept),
        lambda data: actions.correct_official(official_id, **data, actor=request.actor, at=request.at),
        title=gettext("Correct particulars"),
        button=gettext("Save"),
        back=reverse("administration:person", args=[official_id]),
        said=gettext("Saved."),
        lead=card.official.full_name,
    )


def appoint_to(request: ActorRequest, official_id: UUID) -> HttpResponse:
    """Give an official a post: find the agency, choose the post, name the decision."""
    require(access.can_add_official, request.actor)
    card = read.view_person(official_id, seen_by=request.actor, at=request.at)
    text = request.GET.get("q", "").strip()[:100]
    posts = read.posts_to_fill(text, seen_by=request.actor, at=request.at)
    form = AppointForm(request.POST or None, posts=posts, initial={"valid_from": civil_date(request.at)})
    if request.method != "POST" and not posts:
        context = {"title": gettext("Appoint"), "card": card, "asked": text, "posts": posts}
        return render(request, "administration/find_post.html", context)
    return ask(
        request,
        form,
        lambda data: appoint(data.pop("post"), official_id, **data, actor=request.actor, at=request.at),
        title=gettext("Appoint"),
        button=gettext("Appoint"),
        back=reverse("administration:person", args=[official_id]),
        said=gettext("Appointed."),
        lead=card.official.full_name,
    )


def end(request: ActorRequest, tenure_id: int) -> HttpResponse:
    """Let a tenure end."""
    require(access.can_add_official, request.actor)
    tenure = get_tenure(tenure_id)
    read.view_person(tenure.official_id, seen_by=request.actor, at=request.at)
    return ask(
        request,
        EndForm(request.POST or None, initial={"last_day": civil_date(request.at)}),
        lambda data: end_tenure(tenure_id, **data, actor=request.actor, at=request.at),
        title=gettext("End the tenure"),
        button=gettext("End it"),
        back=reverse("administration:person", args=[tenure.official_id]),
        said=gettext("The tenure ends. Delegations by it end with it."),
        lead=tenure.official.full_name,
    )


def lend(request: ActorRequest, tenure_id: int) -> HttpResponse:
    """Let another official act in roles of a post, in the name of who holds it."""
    require(access.can_add_official, request.actor)
    tenure = get_tenure(tenure_id)
    card = read.view_person(tenure.official_id, seen_by=request.actor, at=request.at)
    form = DelegateForm(
        request.POST or None, post=card.posts[tenure.post_code], initial={"valid_from": civil_date(request.at)}
    )

    def do(data: dict[str, object]) -> None:
        taker = read.official_typed(str(data.pop("staff_code")))
        delegate(
            tenure.post_code,
            by=tenure.official_id,
            to=taker.pk,
            **data,  # type: ignore[arg-type]
            actor=request.actor,
            at=request.at,
        )

    return ask(
        request,
        form,
        do,
        title=gettext("Delegate"),
        button=gettext("Delegate"),
        back=reverse("administration:person", args=[tenure.official_id]),
        said=gettext("Delegated."),
        lead=f"{tenure.official.full_name} – {read.title_of(card.posts[tenure.post_code])}",
    )


def take_back(request: ActorRequest, official_id: UUID, delegation_id: int) -> HttpResponse:
    """Take a delegation back at once: the act asks about the agency of its post."""
    require(access.can_add_official, request.actor)
    read.view_person(official_id, seen_by=request.actor, at=request.at)
    return ask(
        request,
        WhyForm(request.POST or None),
        lambda data: revoke_delegation(delegation_id, decision=data["reason"], actor=request.actor, at=request.at),
        title=gettext("Take the delegation back"),
        button=gettext("Take back"),
        back=reverse("administration:person", args=[official_id]),
        said=gettext("Taken back."),
    )


@never_cache
@sensitive_variables("password")
def open_account(request: ActorRequest, official_id: UUID) -> HttpResponse:
    """Open an account; the first password is shown once."""
    card = _managed(request, official_id)
    form = AccountForm(request.POST or None, initial={"username": card.official.username})
    shown: list[str] = []

    def do(data: dict[str, str]) -> None:
        shown.extend(_opened(request, card, data["username"]))

    response = ask(
        request,
        form,
        do,
        title=gettext("Open an account"),
        button=gettext("Open the account"),
        back=reverse("administration:person", args=[official_id]),
        said=gettext("The account is open."),
        lead=card.official.full_name,
    )
    return _password(request, official_id, *shown) if shown else response


def _opened(request: ActorRequest, card: read.Card, username: str) -> tuple[str, str]:
    account, password = actions.open_account(card.official, username, actor=request.actor, at=request.at)
    return account.username, password


def _password(request: ActorRequest, official_id: UUID, username: str, password: str) -> HttpResponse:
    context = {
        "title": gettext("Hand this over now"),
        "username": username,
        "password": password,
        "ends": civil_date(request.at + timedelta(days=settings.FIRST_PASSWORD_DAYS)),
        "back": reverse("administration:person", args=[official_id]),
    }
    return render(request, "administration/password.html", context)


@never_cache
@sensitive_variables("password", "shown")
def reset(request: ActorRequest, official_id: UUID) -> HttpResponse:
    """Give an account a new password, shown once, after saying how its owner proved who they are."""
    account_id = _account_of(request, official_id)
    shown: list[str] = []

    def do(data: dict[str, Any]) -> None:
        account, password = actions.reset_password(account_id, **data, actor=request.actor, at=request.at)
        shown.extend((account.username, password))

    response = ask(
        request,
        ProofForm(request.POST or None),
        do,
        title=gettext("New password"),
        button=gettext("Give a new password"),
        back=reverse("administration:person", args=[official_id]),
        said=gettext("The password is new. Its owner is told."),
    )
    return _password(request, official_id, *shown) if shown else response


def shut(request: ActorRequest, official_id: UUID) -> HttpResponse:
    """Close an account, with the reason."""
    account_id = _account_of(request, official_id)
    return ask(
        request,
        WhyForm(request.POST or None),
        lambda data: actions.shut_account(account_id, **data, actor=request.actor, at=request.at),
        title=gettext("Close the account"),
        button=gettext("Close the account"),
        back=reverse("administration:person", args=[official_id]),
        said=gettext("Closed. Sessions and tokens stopped at once."),
    )


def sign_out(request: ActorRequest, official_id: UUID) -> HttpResponse:
    """End the sessions and tokens of an account, with the reason: a lost telephone, somebody else at the keyboard."""
    account_id = _account_of(request, official_id)
    return ask(
        request,
        WhyForm(request.POST or None),
        lambda data: actions.sign_out(account_id, **data, actor=request.actor, at=request.at),
        title=gettext("Sign out everywhere"),
        button=gettext("End sessions and tokens"),
        back=reverse("administration:person", args=[official_id]),
        said=gettext("Signed out everywhere. The account stays open."),
    )


@require_POST
def reopen(request: ActorRequest, official_id: UUID) -> HttpResponse:
    """Open a closed account again."""
    account_id = _account_of(request, official_id)
    return press(
        request,
        lambda: actions.let_in_again(account_id, actor=request.actor, at=request.at),
        back=reverse("administration:person", args=[official_id]),
        said=gettext("The account is open again."),
    )


def _managed(request: ActorRequest, official_id: UUID) -> read.Card:
    """Return an official whom the actor may change. Raises NotFound, Forbidden."""
    require(access.can_add_official, request.actor)
    card = read.view_person(official_id, seen_by=request.actor, at=request.at)
    require(access.can_manage_official, request.actor, card.paths)
    return card


def _account_of(request: ActorRequest, official_id: UUID) -> UUID:
    card = _managed(request, official_id)
    if card.account is None:
        raise actions.NotAnOfficial
    return card.account.pk
