"""The organisation as a Django app."""

from django.apps import AppConfig
from django.core.signals import request_finished, request_started
from django.utils.translation import gettext_lazy as _


class OrganisationConfig(AppConfig):
    """Label `organisation`."""

    name = "tinhso.kernel.organisation"
    label = "organisation"
    verbose_name = _("Organisation")

    def ready(self) -> None:
        """Have the stamp of the organisation read once for each request."""
        from tinhso.kernel.organisation import stamp  # models are not there when this file is read

        request_started.connect(stamp.begin_request, dispatch_uid="tinhso-organisation-stamp")
        request_finished.connect(stamp.end_request, dispatch_uid="tinhso-organisation-stamp")
