"""Browsers of people who came in, as the door leaves them: two factors for an official, VNeID for everybody else."""

from __future__ import annotations

import time
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from tinhso.base import clock

TWO_FACTORS = ({"method": "password", "username": "x"}, {"method": "mfa", "type": "totp", "id": 1})
VNEID = ({"method": "socialaccount", "provider": "vneid", "uid": "x"},)


def come_in(client: Client, account: Any, *, at: datetime | None = None, level: int = 2) -> Client:
    """Sign an account in, keeping what the browser's session held before; `level` is VNeID's."""
    client.force_login(account, backend="tinhso.kernel.identity.backend.Backend")
    moment = (at or clock.now()).timestamp()
    session = client.session
    session["began_at"] = session["seen_at"] = int(moment)
    records = TWO_FACTORS if account.official_id else VNEID
    session["account_authentication_methods"] = [{**record, "at": moment} for record in records]
    session["account_authentication_methods_user"] = str(account.pk)
    if not account.official_id:
        session["vneid_level"] = level
    session.save()
    return client


def stop_counting_clock(patch: pytest.MonkeyPatch) -> None:
    """Let all requests of a test fall into one window of the rate limits, also when a minute begins meanwhile."""
    moment = time.time() // 3600 * 3600 + 1
    patch.setattr("tinhso.kernel.identity.limits.time", SimpleNamespace(time=lambda: moment))
