"""The documents kernel as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    """Label `documents`."""

    name = "tinhso.kernel.documents"
    label = "documents"
    verbose_name = _("Documents")
