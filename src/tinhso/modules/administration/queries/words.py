"""What the machine's codes are called by people: kinds of subjects, ways to prove who one is, parts of the platform."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import Text

SUBJECTS: dict[str, Text] = {
    "account": _("Account"),
    "agency": _("Agency"),
    "api-token": _("Access token"),
    "application": _("Draft application"),
    "business": _("Business"),
    "document": _("File"),
    "consent": _("Consent"),
    "dossier": _("Dossier of an applicant"),
    "emergency": _("Emergency access"),
    "flow": _("Flow"),
    "form": _("Form"),
    "identity": _("Sign-in and accounts"),
    "message": _("Outgoing message"),
    "official": _("Official"),
    "pack": _("Pack of the province"),
    "pack-load": _("Loading of a pack"),
    "person": _("Citizen"),
    "post": _("Post"),
    "sign-on": _("Sign-in to another system"),
    "signing-key": _("Signing key"),
    "signing_key": _("Signing key"),
    "system": _("System"),
}
PROOFS: dict[str, Text] = {
    "demonstration": _("Demonstration: nobody signed in"),
    "passkey": _("Passkey, bound to a device"),
    "password": _("Password"),
    "password+recovery-code": _("Password and a recovery code"),
    "password+totp": _("Password and a one-time code"),
    "system": _("The platform itself"),
    "token": _("Access token"),
}
PARTS: dict[str, Text] = {
    "cleaner": _("Clearing of what is over"),
    "demo": _("Demonstration"),
    "loader": _("Loading of the pack"),
    "payment": _("Payment gateway"),
    "sealer": _("Sealing of the journal"),
    "sign-in": _("Sign-in page"),
    "worker": _("Background work"),
}


def subject_said(kind: str) -> str:
    """Return what a subject of the journal is; an unknown code stands for itself."""
    return str(SUBJECTS.get(kind, kind))


def proof_said(assurance: str) -> str:
    """Return how somebody proved who they are."""
    way, _colon, level = assurance.partition(":")
    if way == "vneid" and level:
        return gettext("VNeID, level %(level)s") % {"level": level}
    return str(PROOFS.get(assurance, assurance))


def actor_said(name: str, key: str = "") -> str:
    """Return who acted: a person's name, or which part of the platform."""
    part = name if not key else key.removeprefix("system:") if key.startswith("system:") else ""
    return str(PARTS.get(part, name or key))
