"""Lists that go on: `limit`, `after`, and `next`, the address of the page after."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Query

from tinhso.base.refusals import BadInput, Fault, NotFound

PageSize = Annotated[int, Query(ge=1, le=100)]
PageCursor = Annotated[str, Query(max_length=120, description="from `next` of the page before")]


@contextmanager
def cursor_from_here() -> Iterator[None]:
    """Say of a cursor that we did not make that it is wrong, not that nothing was found."""
    try:
        yield
    except NotFound as no:
        raise BadInput(faults=[Fault("/after", _("Take `next` of the page before, as it is."), "cursor")]) from no


def next_page(request: HttpRequest, after: str) -> str | None:
    """Return the address of the next page, as the one before was asked for; None when there is none."""
    if not after:
        return None
    query = request.GET.copy()
    query["after"] = after
    return f"{request.path}?{query.urlencode()}"
