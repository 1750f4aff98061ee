"""The journal as a Django app."""

from django.apps import AppConfig
from django.core.checks import register

from tinhso.kernel.journal.checks import check_events


class JournalConfig(AppConfig):
    """Label `journal`."""

    name = "tinhso.kernel.journal"
    label = "journal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have `manage.py check` compare recorded events with lent ones."""
        register(check_events)
