"""The app `nationalportal`."""

from django.apps import AppConfig


class NationalPortalConfig(AppConfig):
    """Label `nationalportal`."""

    name = "tinhso.modules.nationalportal"
    label = "nationalportal"
