"""What the design system lends: nothing but its addresses."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import Module

module = Module(slug="", title=_("Design system"), prefix="web")
