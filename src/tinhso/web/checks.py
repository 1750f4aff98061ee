"""What `manage.py check` says about menus and the look: a link that leads nowhere is found before a reader finds it."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import NoReverseMatch, reverse

from tinhso.base.registry import Entry, registry
from tinhso.web.menus import FootLink, SearchBox, Tab


@register("urls")
def menu_links_lead_somewhere(**_options: Any) -> list[CheckMessage]:
    """Return one error for each menu entry, tab, search box or footer link whose key is no URL name."""
    faults: list[CheckMessage] = []
    loans: list[Entry | Tab | SearchBox | FootLink] = [
        *registry.of(Entry),
        *registry.of(Tab),
        *registry.of(SearchBox),
        *registry.of(FootLink),
    ]
    for loan in loans:
        try:
            reverse(loan.key, kwargs=getattr(loan, "kwargs", None) or None)
        except NoReverseMatch:
            kind = type(loan).__name__
            owner = registry.owner(type(loan), loan.key)
            faults.append(
                Error(
                    f"{kind} {loan.key} of {owner} names no URL", hint="lend a key like 'onestop:inbox'", id="web.E001"
                )
            )
    return faults
