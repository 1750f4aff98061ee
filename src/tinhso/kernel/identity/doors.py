"""allauth's hooks, joined to our acts: lock-outs, the journal, mail through our queue, VNeID to people."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm as BaseAuthenticateForm
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from tinhso.base.actors import ANONYMOUS, Actor, ActorKind, system
from tinhso.base.refusals import Refusal
from tinhso.base.registry import Entry, registry
from tinhso.kernel.identity import actions, sessions
from tinhso.kernel.identity.middleware import refusal_page
from tinhso.kernel.identity.models import Account
from tinhso.kernel.identity.queries import locked_until
from tinhso.kernel.identity.sealing import seal, unseal
from tinhso.kernel.identity.vneid import VneidRefused, account_for_citizen, check_answer, strict_provider


def _locked_sentence(until: Any, at: Any) -> str:
    minutes = max(1, round((until - at).total_seconds() / 60 + 0.49))
    return _("Too many failed tries. Wait {minutes} minutes, then try again.").format(minutes=minutes)


def refuse_if_locked(request: Any, username: str) -> None:
    """Raise ValidationError, with the time to wait, while this name or this address is locked."""
    address = AccountAdapter(request).get_client_ip(request)
    until = locked_until(username, address, at=request.at)
    if until:
        raise ValidationError(_locked_sentence(until, request.at), code="locked")


def count_failure(request: Any, username: str, factor: str) -> None:
    """Keep a failed try; when it is the one that locks, say so at once."""
    address = AccountAdapter(request).get_client_ip(request)
    until = actions.record_failed_sign_in(username, address=address, factor=factor, actor=ANONYMOUS, at=request.at)
    if until:
        raise ValidationError(_locked_sentence(until, request.at), code="locked")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are opened by acts, never by a sign-up page; each step at the door leaves its line."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up with a password."""
        del request
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Stop a locked name or address before the password is looked at."""
        refuse_if_locked(request, credentials.get("username", ""))
        super().pre_authenticate(request, **credentials)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Keep the failure."""
        count_failure(request, credentials.get("username", ""), "password")

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Begin the session, journal the sign-in, go on."""
        door = cast("Any", request)
        sessions.begin(request, user, at=door.at)
        actor = sessions.actor_of(request, at=door.at)
        door.actor = actor
        actions.record_sign_in(user, address=self.get_client_ip(request), actor=actor, at=door.at)
        return cast("HttpResponse", super().post_login(request, user, **kwargs))

    def logout(self, request: HttpRequest) -> None:
        """Journal the sign-out, then end the session."""
        door = cast("Any", request)
        if isinstance(request.user, Account) and door.actor.kind is not ActorKind.ANONYMOUS:
            actions.record_sign_out(request.user, reason="asked", actor=door.actor, at=door.at)
        super().logout(request)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Send officials to their first desk page, everybody else home."""
        actor = sessions.actor_of(request, at=cast("Any", request).at)
        return first_page(actor)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue allauth's mail (password reset, security notes) with all other mail."""
        message = self.render_mail(template_prefix, email, context)
        actions.queue_mail(
            email, subject=message.subject, body=message.body, actor=system("sign-in"), at=cast("Any", self.request).at
        )

    def get_from_email(self) -> str:
        """Return the sender of all mail."""
        return str(settings.MAIL_FROM)


def first_page(actor: Actor) -> str:
    """Return where an actor starts: an official's first place in the desk menu, else in the administration, else home."""
    if actor.is_official:
        for menu in ("desk", "admin"):
            for entry in registry.of(Entry):
                if entry.menu == menu and entry.needs(actor):
                    try:
                        return reverse(entry.key, kwargs=entry.kwargs)
                    except NoReverseMatch:
                        continue
    return "/"


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Citizens and businesses come by VNeID; the first time opens their account."""

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Any:
        """Return the provider, made strict: nonce, signature, issuer."""
        return strict_provider(super().get_provider(request, provider, client_id=client_id))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """VNeID may open accounts."""
        del request, sociallogin
        return True

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Check the answer, find or make the person, and join this sign-in to their account."""
        at = cast("Any", request).at
        try:
            who = check_answer(sociallogin)
            account = account_for_citizen(who, actor=system("sign-in"), at=at)
        except Refusal as no:
            raise ImmediateHttpResponse(refusal_page(request, no)) from no
        request.session["vneid_level"] = who.level
        if not sociallogin.is_existing:
            sociallogin.user = account
            sociallogin.save(request, connect=True)
        elif sociallogin.user.pk != account.pk:
            raise ImmediateHttpResponse(refusal_page(request, VneidRefused(reason=_("it speaks of two people"))))


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors: secrets are kept encrypted under the site's key."""

    def encrypt(self, text: str) -> str:
        """Return the text sealed with the site's secret key."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return what `encrypt` sealed."""
        return unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        """Return the name that the authenticator app shows."""
        return "Tỉnh Số"


class AuthenticateForm(BaseAuthenticateForm):  # type: ignore[misc]
    """The second step: wrong codes count towards the same lock as wrong passwords."""

    def clean_code(self) -> str:
        """Return the code if it is right."""
        refuse_if_locked(context.request, self.user.username)
        try:
            return str(super().clean_code())
        except ValidationError:
            count_failure(context.request, self.user.username, "code")
            raise
