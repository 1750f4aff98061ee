"""Account pages: who I am here, notices, sessions, access tokens."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tinhso.base.actors import ActorKind
from tinhso.base.refusals import BadInput, NotFound, SignInNeeded, all_refusals
from tinhso.kernel.identity import actions, queries, sessions
from tinhso.kernel.identity.forms import ContactForm, TokenForm
from tinhso.kernel.identity.kept import drop_kept_form, kept_form
from tinhso.kernel.identity.models import Account
from tinhso.kernel.identity.sessions import ActorRequest


def own_account(request: ActorRequest) -> Account:
    """Return the signed-in account. Raises SignInNeeded."""
    if not isinstance(request.user, Account) or request.actor.kind is ActorKind.ANONYMOUS:
        raise SignInNeeded
    return request.user


@never_cache
@require_http_methods(["GET", "POST"])
def home(request: ActorRequest) -> HttpResponse:
    """Show who is signed in and how, and let them change how they are reached."""
    account = own_account(request)
    owner = account.person or account.business
    form = None
    if owner is not None:
        kept = {"phone": owner.phone, "email": owner.email, "address": owner.address}
        form = ContactForm(request.POST or None, initial=kept)
        if form.is_valid():
            if account.person:
                actions.change_person(account.person, **form.cleaned_data, actor=request.actor, at=request.at)
            elif account.business:
                actions.change_business(account.business, **form.cleaned_data, actor=request.actor, at=request.at)
            messages.success(request, _("Saved."))
            return redirect("identity:home")
    posts = queries.posts_of(request.actor, at=request.at)
    context = {"own": account, "form": form, "owner": owner, "posts": posts}
    return render(request, "identity/home.html", context, status=_status(form))


@never_cache
@require_GET
def notices(request: ActorRequest) -> HttpResponse:
    """List the reader's notices, newest first."""
    own_account(request)
    after = _uuid(request.GET.get("after", ""))
    found = queries.list_notices(seen_by=request.actor, after=after, limit=queries.PAGE + 1)
    page = found[: queries.PAGE]
    rows = [
        {
            "notice": one,
            "text": queries.render_text(one.text, one.facts),
            "href": reverse("identity:notice", args=[one.pk]),
        }
        for one in page
    ]
    more = f"?after={page[-1].pk}" if len(found) > len(page) else ""
    return render(request, "identity/notices.html", {"rows": rows, "more": more, "hears": True})


@never_cache
@require_POST
def open_notice(request: ActorRequest, notice_id: UUID) -> HttpResponse:
    """Mark a notice as read and go where it points."""
    own_account(request)
    notice = actions.read_notice(notice_id, actor=request.actor, at=request.at)
    inside = url_has_allowed_host_and_scheme(notice.link, allowed_hosts=None)
    return HttpResponseRedirect(notice.link if notice.link and inside else reverse("identity:notices"))


@never_cache
@require_POST
def read_all(request: ActorRequest) -> HttpResponse:
    """Mark every notice as read."""
    own_account(request)
    actions.read_all_notices(actor=request.actor, at=request.at)
    return redirect("identity:notices")


@never_cache
@require_http_methods(["GET", "POST"])
def open_sessions(request: ActorRequest) -> HttpResponse:
    """List where the account is signed in; a POST ends all but this one."""
    account = own_account(request)
    if request.method == "POST":
        keep = request.session.session_key or ""
        count = actions.end_other_sessions(account, keep=keep, actor=request.actor, at=request.at)
        messages.success(request, _("{count} other sessions were ended.").format(count=count))
        return redirect("identity:sessions")
    rows = sorted(UserSession.objects.purge_and_list(account), key=lambda one: one.created_at, reverse=True)
    return render(request, "identity/sessions.html", {"rows": rows})


@never_cache
@require_GET
def session_standing(request: ActorRequest) -> HttpResponse:
    """Tell a page's script how long the session lasts; asking does not make it longer (send `X-Passive: 1`)."""
    signed_in = request.actor.kind is not ActorKind.ANONYMOUS
    left = max(0, sessions.seconds_left(request.session, at=request.at)) if signed_in else 0
    return JsonResponse({"signed_in": signed_in, "seconds_left": left})


@never_cache
@require_http_methods(["GET", "POST"])
@sensitive_variables("text")
def tokens(request: ActorRequest) -> HttpResponse:
    """List access tokens; a POST issues one and shows it, once."""
    account = own_account(request)
    form, text = TokenForm(request.POST or None), ""
    if form.is_valid():
        try:
            _token, text = actions.issue_token(
                account,
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                expires_at=form.until(request.at),
                actor=request.actor,
                at=request.at,
            )
            form = TokenForm()
        except BadInput as no:
            for fault in no.faults:
                form.add_error(fault.pointer.strip("/") or None, str(fault.text))
    rows = queries.tokens_of(account, seen_by=request.actor)
    context = {"rows": rows, "form": form, "text": text, "at": request.at}
    return render(request, "identity/tokens.html", context, status=_status(form))


@never_cache
@require_POST
def revoke(request: ActorRequest, token_id: UUID) -> HttpResponse:
    """Revoke one access token."""
    own_account(request)
    token = queries.get_token(token_id, seen_by=request.actor)
    actions.revoke_token(token, actor=request.actor, at=request.at)
    return redirect("identity:tokens")


@never_cache
@require_GET
def continue_form(request: ActorRequest, key: str) -> HttpResponse:
    """Offer to send again what was typed before the session ended."""
    own_account(request)
    kept = kept_form(request, key, at=request.at)
    if kept is None:
        return redirect("/")
    drop_kept_form(request)
    return render(request, "identity/continue.html", {"kept": kept})


@require_GET
def refusal(request: ActorRequest, code: str) -> HttpResponse:
    """Explain a refusal by its code: where the `type` of a problem points."""
    found = next((kind for kind in all_refusals() if kind.code == code), None)
    if found is None:
        raise NotFound
    return render(request, "identity/refusal_kind.html", {"kind": found})


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _status(form: ContactForm | TokenForm | None) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form is not None and form.errors else HTTPStatus.OK
