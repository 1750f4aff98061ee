"""The app `reporting`."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    """Label `reporting`."""

    name = "tinhso.modules.reporting"
    label = "reporting"
