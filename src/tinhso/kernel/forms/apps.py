"""Forms as a Django app."""

from django.apps import AppConfig


class FormsConfig(AppConfig):
    """Label `forms`."""

    name = "tinhso.kernel.forms"
    label = "forms"
