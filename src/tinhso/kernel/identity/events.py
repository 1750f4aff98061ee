"""Facts that identity announces."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import Event

EVENTS = (
    Event("identity.person_added", _("A person became known")),
    Event("identity.person_found", _("A person was known already")),
    Event("identity.person_changed", _("Details of a person changed")),
    Event("identity.business_added", _("A business became known")),
    Event("identity.business_found", _("A business was known already")),
    Event("identity.business_changed", _("Details of a business changed")),
    Event("identity.account_added", _("An account was opened"), security=True),
    Event("identity.account_closed", _("An account was closed"), security=True),
    Event("identity.account_reopened", _("An account was opened again"), security=True),
    Event("identity.password_set", _("A password was set"), security=True),
    Event("identity.language_chosen", _("The language of somebody's mail was chosen")),
    Event("identity.signed_in", _("Someone signed in")),
    Event("identity.sign_in_failed", _("A sign-in failed"), security=True),
    Event("identity.locked_out", _("Sign-in was locked for a while"), security=True),
    Event("identity.signed_out", _("Someone signed out")),
    Event("identity.second_factor_changed", _("A second factor was added or removed"), security=True),
    Event("identity.token_issued", _("An access token was issued"), security=True),
    Event("identity.token_revoked", _("An access token was revoked"), security=True),
    Event("identity.access_ended", _("The sessions and tokens of an account were ended"), security=True),
    Event("identity.emergency_begun", _("An administrator took a role in an emergency"), security=True),
    Event("identity.emergency_ended", _("A role taken in an emergency was given back"), security=True),
    Event("identity.secrets_resealed", _("Secrets of accounts were sealed under a new key"), security=True),
    Event("identity.key_retired", _("A sealing key was taken away"), security=True),
    Event("identity.notified", _("Someone was notified")),
    Event("identity.notice_read", _("Notices were read")),
    Event("identity.messages_taken", _("Messages were taken for sending")),
    Event("identity.messages_sent", _("Messages were sent or put off")),
    Event("identity.message_retried", _("A dead message was put back in the queue")),
    Event("identity.cleaned", _("Old sign-in records and sent messages were cleared")),
)
