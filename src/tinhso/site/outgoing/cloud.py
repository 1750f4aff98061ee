"""CloudEvents 1.0, as everything of ours that leaves the house is told."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings


def cloud_event(kind: str, id_: str, at: datetime, data: dict[str, Any], **attributes: str) -> dict[str, Any]:
    """
    Return one event in JSON form; (source, id) names it, so that a second sending can be told.

    `kind` is the part of the type between our domain and the version. Attributes without a value are left out.
    """
    return {
        "specversion": "1.0",
        "id": id_,
        "source": source(),
        "type": f"vn.tinhso.{kind}.v1",
        "time": at.astimezone(UTC).isoformat(),
        "datacontenttype": "application/json",
        **{name: value for name, value in attributes.items() if value},
        "data": data,
    }


def source() -> str:
    """Return who tells: the address of this installation."""
    return f"{settings.PUBLIC_URL.rstrip('/')}/"
