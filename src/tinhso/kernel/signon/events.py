"""Facts that sign-on announces."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import Event

EVENTS = (
    Event("signon.system_registered", _("A system was registered for sign-in")),
    Event("signon.system_changed", _("The registration of a system changed")),
    Event("signon.system_closed", _("A system was shut out of sign-in")),
    Event("signon.system_reopened", _("A system that was shut out was let in again")),
    Event("signon.secret_issued", _("A system was given a new secret")),
    Event("signon.keys_rotated", _("The keys that sign identities were rotated")),
    Event("signon.key_withdrawn", _("A key that signed identities was withdrawn")),
    Event("signon.came_in", _("Someone signed in to another system")),
    Event("signon.tokens_issued", _("A system was given tokens")),
    Event("signon.tokens_renewed", _("A system renewed its tokens")),
    Event("signon.token_revoked", _("A system gave a token back")),
    Event("signon.misused", _("A code or token was used twice; everything it led to was ended")),
    Event("signon.consent_given", _("Someone agreed that a system may know about them")),
    Event("signon.consent_taken_back", _("Someone took back what a system may know")),
    Event("signon.ended", _("A sign-in to another system ended")),
    Event("signon.logout_told", _("A system was told that someone signed out")),
    Event("signon.logout_not_told", _("A system could not be told that someone signed out")),
    Event("signon.cleaned", _("Old sign-ins to other systems were cleared")),
)
