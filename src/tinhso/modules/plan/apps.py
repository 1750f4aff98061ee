"""The app `plan`."""

from django.apps import AppConfig


class PlanConfig(AppConfig):
    """Label `plan`."""

    name = "tinhso.modules.plan"
    label = "plan"
