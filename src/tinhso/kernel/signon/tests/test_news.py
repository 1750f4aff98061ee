"""News of sign-outs: one slow system keeps neither the worker nor the other systems waiting."""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.test import Client
from tests.doors import come_in
from tests.faults import hostile

from tinhso.base.clock import now
from tinhso.kernel.signon import tasks
from tinhso.kernel.signon.models import LogoutNews, System
from tinhso.kernel.signon.tests.conftest import Program, person


def answering(line, _stop):
    line.recv(65536)
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


@contextmanager
def two_systems(slow, count):
    """Have `count` people sign out of each of two systems, of the one that is slow first."""
    with hostile.server(slow) as bad, hostile.server(answering) as good:
        programs = [Program("slow"), Program("quick")]
        System.objects.filter(pk="slow").update(backchannel_uri=f"http://127.0.0.1:{bad}/")
        System.objects.filter(pk="quick").update(backchannel_uri=f"http://127.0.0.1:{good}/")
        for program in programs:
            for _one in range(count):
                browser = come_in(Client(), person())
                program.exchange(program.code_for(browser))
                browser.session.flush()
            tasks.leave_sessions(at=now())
        yield


@pytest.fixture(autouse=True)
def _short(monkeypatch):
    monkeypatch.setattr(tasks, "TIMEOUT_SECONDS", 0.5)


@pytest.mark.parametrize("slow", [hostile.silent, hostile.trickling, hostile.dripping, hostile.endless_head])
def test_a_slow_system_is_asked_once_a_round_and_the_others_are_told(slow):
    with two_systems(slow, 3):
        began = time.monotonic()
        assert tasks.tell_logouts(at=now()) == 3
        assert time.monotonic() - began < 2
    states = LogoutNews.objects.order_by("grant__system", "-tries").values_list("grant__system", "state", "tries")
    assert [state for state in states if state[0] == "quick"] == [("quick", "told", 1)] * 3
    assert [state for state in states if state[0] == "slow"] == [("slow", "waiting", 1), *[("slow", "waiting", 0)] * 2]


def test_a_round_ends_and_who_took_the_last_news_comes_first_in_the_next(monkeypatch):
    monkeypatch.setattr(tasks, "ROUND_SECONDS", 0.2)
    with two_systems(hostile.silent, 2):
        assert tasks.tell_logouts(at=now()) == 0, "the slow one took the whole round"
        # the next one shall not end by a busy machine
        monkeypatch.setattr(tasks, "ROUND_SECONDS", 20.0)
        assert tasks.tell_logouts(at=now() + timedelta(seconds=5)) == 2
