"""Casework as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CaseworkConfig(AppConfig):
    """Label `casework`: flows, cases, tokens, tasks, timers, jobs."""

    name = "tinhso.kernel.casework"
    label = "casework"
    verbose_name = _("Casework")
