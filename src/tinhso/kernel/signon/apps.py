"""The sign-on kernel as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SignonConfig(AppConfig):
    """Label `signon`."""

    name = "tinhso.kernel.signon"
    label = "signon"
    verbose_name = _("One sign-in for all systems")
