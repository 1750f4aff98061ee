"""The app of people, accounts and sign-in."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """Label `identity`; `identity.Account` is the account model of the house."""

    name = "tinhso.kernel.identity"
    label = "identity"

    def ready(self) -> None:
        """Join allauth's announcements to the journal, once its models are there."""
        from tinhso.kernel.identity import listening

        listening.listen()
