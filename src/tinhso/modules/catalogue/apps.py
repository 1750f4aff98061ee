"""The app `catalogue`."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """Label `catalogue`."""

    name = "tinhso.modules.catalogue"
    label = "catalogue"
