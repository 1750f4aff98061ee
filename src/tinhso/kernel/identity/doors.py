"""allauth's hooks, joined to our acts: lock-outs, the journal, mail through our queue, VNeID to people."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm as BaseAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as BaseReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm as BaseActivateForm
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from tinhso.base.actors import ANONYMOUS, Actor, ActorKind, system
from tinhso.base.clock import civil_date
from tinhso.base.refusals import Refusal
from tinhso.base.registry import Entry, registry
from tinhso.kernel.identity import actions, codes, passwords, recovery, sessions
from tinhso.kernel.identity.limits import client_address
from tinhso.kernel.identity.middleware import refusal_page
from tinhso.kernel.identity.models import Account
from tinhso.kernel.identity.queries import locked_until
from tinhso.kernel.identity.sealing import Unsealable, seal, unseal
from tinhso.kernel.identity.vneid import Questions, VneidRefused, account_for_citizen, check_answer, strict_provider


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

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address of whoever asks, as all limits count it."""
        return client_address(request)

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """Stop a citizen or business that comes by anything but VNeID, whatever their account may hold."""
        if not user.official_id and not sessions.came_by(request, user, "socialaccount"):
            return refusal_page(request, actions.VneidOnly())
        at = cast("Any", request).at
        if sessions.came_by(request, user, "password") and passwords.has_ended(user, at=at):
            return refusal_page(request, passwords.FirstPasswordEnded(ended=civil_date(user.password_until)))
        return cast("HttpResponse | None", super().pre_login(request, user, **kwargs))

    def set_password(self, user: Any, password: str) -> None:
        """Set an official's password. Raises VneidOnly: every page of the library that sets one comes through here."""
        if not user.official_id:
            raise actions.VneidOnly
        super().set_password(user, password)

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
        came = (kwargs.get("signal_kwargs") or {}).get("sociallogin")
        if came is not None:
            # only now: whoever was signed in before has been signed out, with all that their session held
            request.session["vneid_level"] = came.account.extra_data["level"]
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

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell the owner of an account, where they are reached and in their language."""
        if email := email or user.reached_at:
            with override(user.language):
                super().send_notification_mail(template_prefix, user, context, email)

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        """Send the link in the language of the account, not of whoever asked for it."""
        with override(user.language):
            super().send_password_reset_mail(user, email, context)

    def get_from_email(self) -> str:
        """Return the sender of all mail."""
        return str(settings.MAIL_FROM)


def first_page(actor: Actor) -> str:
    """Return where an actor starts: an official's first place in the desk menu, else in the administration, else home."""
    if actor.is_official:
        for menu in ("desk", "admin"):
            for entry in registry.of(Entry):
                if entry.menu == menu and entry.starts and entry.needs(actor):
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

    def get_requests_session(self) -> Questions:
        """Return what asks VNeID, each question within its time."""
        return Questions()

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """VNeID may open accounts."""
        del request, sociallogin
        return True

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Check the answer, find or make the person, and join this sign-in to their account."""
        at = cast("Any", request).at
        try:
            account = account_for_citizen(check_answer(sociallogin), actor=system("sign-in"), at=at)
            if sociallogin.is_existing and sociallogin.user.pk != account.pk:
                raise VneidRefused(reason=_("it speaks of two people"))
        except Refusal as no:
            raise ImmediateHttpResponse(refusal_page(request, no)) from no
        if sociallogin.is_existing:
            sociallogin.account.save(update_fields=["extra_data"])
        else:
            sociallogin.user = account
            sociallogin.save(request, connect=True)


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors: secrets are kept encrypted under the site's key."""

    def encrypt(self, text: str) -> str:
        """Return the text sealed with the site's secret key."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return what `encrypt` sealed. Raises sessions.SecondFactorSealed."""
        try:
            return unseal(encrypted_text)
        except Unsealable as fault:
            raise sessions.SecondFactorSealed from fault

    def get_totp_issuer(self) -> str:
        """Return the name that the authenticator app shows."""
        return "Tỉnh Số"

    def is_mfa_enabled(self, user: Any, types: Any = None) -> bool:
        """Tell whether an official has enrolled one; what VNeID vouches for needs none of ours."""
        return bool(getattr(user, "official_id", None)) and super().is_mfa_enabled(user, types)


class _CodeOnce:
    """A code of one's own, taken once: wrong codes and used ones count towards the same lock as wrong passwords."""

    user: Any
    authenticator: Authenticator
    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        """Return the code if it is right and was not taken before."""
        refuse_if_locked(context.request, self.user.username)
        try:
            if found := self._recovered():
                self.authenticator = found
                return recovery.digits_of(self.cleaned_data["code"])
            code = str(super().clean_code())  # type: ignore[misc]
            self._take(code)
            if self.authenticator.type == recovery.KIND:
                recovery.keep_hashes(self.user)
        except ValidationError:
            count_failure(context.request, self.user.username, "code")
            raise
        return code

    def _recovered(self) -> Authenticator | None:
        """Take a recovery code. Raises ValidationError for what is no number: nobody types a hash."""
        typed = recovery.digits_of(self.cleaned_data["code"])
        if not typed:
            raise MFAAdapter().validation_error("incorrect_code")
        try:
            found = recovery.take(self.user, typed)
        except Unsealable as fault:
            raise sessions.SecondFactorSealed from fault
        if found is not None:
            found.user = self.user
        return found

    def _take(self, code: str) -> None:
        if self.authenticator.type != Authenticator.Type.TOTP:
            return
        step = codes.step_of(MFAAdapter().decrypt(self.authenticator.data["secret"]), code)
        if step is None or not codes.take_step(self.user, step):
            raise MFAAdapter().validation_error("incorrect_code")


class AuthenticateForm(_CodeOnce, BaseAuthenticateForm):  # type: ignore[misc]
    """The second step of the sign-in."""


class ReauthenticateForm(_CodeOnce, BaseReauthenticateForm):  # type: ignore[misc]
    """The same once more, before something grave."""


class ActivateForm(BaseActivateForm):  # type: ignore[misc]
    """Enrols an app: the code that proves that it works is not taken again at the next sign-in."""

    def clean_code(self) -> str:
        """Return the code if the new secret gives it."""
        code = str(super().clean_code())
        step = codes.step_of(self.secret, code)
        if step is not None:
            codes.begin_at(self.user, step)
        return code
