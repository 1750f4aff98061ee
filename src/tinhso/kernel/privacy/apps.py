"""The privacy kernel as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    """Label `privacy`."""

    name = "tinhso.kernel.privacy"
    label = "privacy"
    verbose_name = _("Personal data")
