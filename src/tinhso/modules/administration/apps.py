"""The app `administration`."""

from django.apps import AppConfig


class AdministrationConfig(AppConfig):
    """Label `administration`; no tables."""

    name = "tinhso.modules.administration"
    label = "administration"
