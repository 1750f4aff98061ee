"""The app `inspection`."""

from django.apps import AppConfig


class InspectionConfig(AppConfig):
    """Label `inspection`."""

    name = "tinhso.modules.inspection"
    label = "inspection"
