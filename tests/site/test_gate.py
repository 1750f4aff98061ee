"""In a rush a few are served, the others wait a little and are told when to come again."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from threading import Event
from time import monotonic, sleep

import pytest

from tinhso.site.gate import Gate, Places
from tinhso.site.watch import counting

SLOW = "/thu-tuc/"


class Inside:
    """An application that holds whoever is in it until it is told to let go."""

    def __init__(self) -> None:
        self.entered, self.go = Event(), Event()

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"] == SLOW:
            self.entered.set()
            self.go.wait(10)
        if environ["PATH_INFO"] == "/broken/":
            raise RuntimeError("inside")
        start_response("200 OK", [])
        return [b"done"]


def ask(gate, path):
    told = {}

    def start(status, headers):
        told["status"], told["headers"] = int(status.split()[0]), dict(headers)

    told["body"] = b"".join(gate({"PATH_INFO": path}, start))
    return told


@pytest.fixture
def rush():
    """A gate with one place, which somebody has."""
    inside = Inside()
    gate = Gate(inside, places=1, patience_seconds=0.05)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(ask, gate, SLOW)
        assert inside.entered.wait(10)
        yield gate, inside, first
        inside.go.set()


def test_who_finds_no_place_is_told_when_to_come_again(rush):
    gate, inside, first = rush
    page = ask(gate, "/")
    assert (page["status"], page["headers"]["Retry-After"]) == (503, "5")
    HTMLParser().feed(page["body"].decode())
    assert "gửi lại" in page["body"].decode()
    assert "send it again" in page["body"].decode()
    inside.go.set()
    assert first.result(10)["body"] == b"done"
    assert ask(gate, "/")["status"] == 200


def test_where_the_line_is_too_long_nobody_joins_it():
    """Whoever waits holds a thread: some must stay free for those who ask how we are."""
    places = Places(1, most_waiting=2)
    assert places.take(0)
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(places.take, 10) for _each in range(2)]
        while places.waiting < 2:
            sleep(0.001)
        began = monotonic()
        assert not places.take(10)
        assert monotonic() - began < 5
        places.give_back()
        places.give_back()
        assert [each.result(10) for each in waiting] == [True, True]


def test_who_came_first_is_next_and_nobody_jumps_the_line():
    places, order = Places(1, most_waiting=9), []
    assert places.take(0)

    def wait(name):
        assert places.take(10)
        order.append(name)
        places.give_back()

    with ThreadPoolExecutor(3) as pool:
        for number in range(3):
            pool.submit(wait, number)
            while places.waiting <= number:
                sleep(0.001)
        places.give_back()
    assert order == [0, 1, 2]
    assert places.take(0)


def test_programs_are_told_in_their_own_shape(rush):
    gate, _inside, _first = rush
    told = ask(gate, "/api/worklist")
    assert told["headers"]["Content-Type"] == "application/problem+json"
    problem = json.loads(told["body"])
    assert (problem["status"], problem["code"]) == (503, "site.crowded")
    assert set(problem["detail_by_language"]) == {"vi", "en"}
    assert int(told["headers"]["Content-Length"]) == len(told["body"])


def test_who_is_turned_away_is_counted(rush, tmp_path, settings, monkeypatch):
    settings.RUN_DIR = tmp_path
    monkeypatch.setattr(counting, "_sheets", [])
    gate, _inside, _first = rush
    before = turned_away()
    ask(gate, "/api/worklist")
    ask(gate, "/")
    assert turned_away() == before + 2


def turned_away():
    read = [value for name, value in counting.sheets().total().items() if name.startswith("tinhso_turned_away_total|")]
    return sum(read)


def test_who_asks_how_we_are_is_always_let_in(rush):
    gate, _inside, _first = rush
    assert ask(gate, "/suc-khoe/")["status"] == 200


def test_who_may_hear_is_answered_while_streams_that_wait_for_it_hold_all_places(rush):
    gate, _inside, _first = rush
    assert ask(gate, "/truc-tiep/quyen/")["status"] == 200


def test_who_waits_long_enough_gets_the_place_that_becomes_free(rush):
    gate, inside, _first = rush
    gate.patience_seconds = 10
    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(ask, gate, "/")
        inside.go.set()
        assert second.result(10)["status"] == 200


def test_a_place_is_given_back_whatever_happens_inside():
    gate = Gate(Inside(), places=1, patience_seconds=0.05)
    for _try in range(3):
        with pytest.raises(RuntimeError):
            ask(gate, "/broken/")
    assert ask(gate, "/")["status"] == 200
