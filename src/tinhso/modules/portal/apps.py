"""The app `portal`."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Label `portal`; no tables."""

    name = "tinhso.modules.portal"
    label = "portal"
