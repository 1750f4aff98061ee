import threading
from datetime import timedelta

import pytest
from django.db import connection

from tinhso.base.actors import ANONYMOUS
from tinhso.base.acts import act, anyone, require
from tinhso.base.refusals import NotFound, SignInNeeded
from tinhso.base.registry import Subscriber
from tinhso.kernel.journal.dispatching import LEASE, MOST_ATTEMPTS, listens
from tinhso.kernel.journal.models import Delivery, Handled, Queued
from tinhso.kernel.journal.public import Entry, dead_letters, dispatch, once, record, replay, seal
from tinhso.kernel.journal.sealing import seal_all
from tinhso.kernel.journal.tests.cast import AT, LAN, do

pytestmark = pytest.mark.django_db


def listener(call, key="test.listener", to=("test.*",)):
    return Subscriber(key, to, call)


def heard(into):
    return listener(lambda entry: into.append(entry.subject_key))


def after(seconds):
    return AT + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("to", "event", "wanted"),
    [
        ("onestop.dossier_received", "onestop.dossier_received", True),
        ("onestop.dossier_received", "onestop.dossier_received_late", False),
        ("onestop.*", "onestop.dossier_received", True),
        ("onestop.*", "onestopper.dossier_received", False),
        ("*", "anything.at_all", True),
    ],
)
def test_listens(to, event, wanted):
    assert listens(listener(print, to=(to,)), event) is wanted


def test_dispatch_tells_each_matching_subscriber_once_in_order():
    do("a", "b")
    do("c", event="other.done")
    some, everything = [], []
    both = [heard(some), listener(lambda e: everything.append((e.event, e.facts, e.delivered_at)), "test.all", ("*",))]
    assert dispatch(at=after(1), subscribers=both) == 3
    assert some == ["a", "b"]
    assert everything == [("test.done", {}, after(1))] * 2 + [("other.done", {}, after(1))]
    assert dispatch(at=after(2), subscribers=both) == 0
    assert Queued.objects.filter(purpose=2).count() == 0


def test_dispatch_statements_do_not_grow_with_the_batch(django_assert_num_queries):
    for count in (1, 30):
        do(*range(count))
        with django_assert_num_queries(7):
            dispatch(at=AT, subscribers=[])


def test_a_failing_subscriber_holds_nobody_up_and_leaves_nothing_behind():
    got = []

    def fail(entry):
        once(entry.id, "test.fails")
        raise ValueError("the mail server said no")

    do("a")
    both = [listener(fail, "test.fails"), heard(got)]
    dispatch(at=AT, subscribers=both)
    delivery = Delivery.objects.get()
    assert got == ["a"]
    assert (delivery.subscriber, delivery.attempts, delivery.dead_at) == ("test.fails", 1, None)
    assert delivery.error.rstrip().endswith("ValueError: the mail server said no")
    assert delivery.next_at > AT
    assert Handled.objects.count() == 0
    assert dispatch(at=AT, subscribers=both) == 0  # not due yet


def test_what_failed_is_tried_again_later_and_the_same_subject_waits_for_it():
    got, broken = [], [True]

    def sometimes(entry):
        if broken[0] and entry.facts["n"] == 1:
            raise ValueError
        got.append((entry.subject_key, entry.facts["n"]))

    both = [listener(sometimes)]
    do("a", n=1)
    dispatch(at=AT, subscribers=both)
    do("a", "b", n=2)
    dispatch(at=after(1), subscribers=both)
    assert got == [("b", 2)]
    broken[0] = False
    for seconds in (60, 61):
        dispatch(at=after(seconds), subscribers=both)
    assert got == [("b", 2), ("a", 1), ("a", 2)]
    assert Delivery.objects.count() == 0


def wear_out(subscribers):
    at = AT
    for _ in range(MOST_ATTEMPTS):
        dispatch(at=at, subscribers=subscribers)
        at += timedelta(hours=2)
    return at


def test_after_many_attempts_a_dead_letter_that_can_be_replayed():
    do("a")

    def fail(entry):
        raise ValueError("no")

    at = wear_out([listener(fail)])
    (letter,) = dead_letters()
    assert (letter.attempts, letter.subscriber, letter.entry.subject_key) == (MOST_ATTEMPTS, "test.listener", "a")
    got = []
    assert dispatch(at=at, subscribers=[heard(got)]) == 0
    replay(letter.id, actor=LAN, at=at)
    assert Entry.objects.get(event="journal.delivery_replayed").facts["subscriber"] == "test.listener"
    dispatch(at=at, subscribers=[heard(got)])
    assert (got, dead_letters()) == (["a"], [])


def test_replay_is_for_those_who_may_and_for_dead_letters_only():
    do("a")

    def fail(entry):
        raise ValueError

    wear_out([listener(fail)])
    (letter,) = dead_letters()
    with pytest.raises(SignInNeeded):
        replay(letter.id, actor=ANONYMOUS, at=AT)
    assert len(dead_letters()) == 1
    with pytest.raises(NotFound):
        replay(letter.id + 1, actor=LAN, at=AT)


def test_a_dead_letter_lets_the_next_about_its_subject_pass():
    got = []

    def fail_first(entry):
        if entry.facts["n"] == 1:
            raise ValueError
        got.append(entry.facts["n"])

    do("a", n=1)
    dispatch(at=AT, subscribers=[listener(fail_first)])
    do("a", n=2)
    at = wear_out([listener(fail_first)])
    dispatch(at=at, subscribers=[listener(fail_first)])
    assert got == [2]


def test_a_subscriber_that_is_gone_becomes_a_dead_letter():
    do("a")

    def fail(entry):
        raise ValueError

    dispatch(at=AT, subscribers=[listener(fail)])
    at = wear_out([])
    wear_out([])
    dispatch(at=at, subscribers=[])
    assert "no manifest lends" in dead_letters()[0].error


def test_killed_in_the_middle_the_claim_runs_out_and_all_is_told():
    do("a", "b", "c")
    got = []

    class Killed(BaseException):
        pass

    def die_at_b(entry):
        if entry.subject_key == "b":
            raise Killed
        got.append(entry.subject_key)

    with pytest.raises(Killed):
        dispatch(at=AT, subscribers=[listener(die_at_b)])
    assert dispatch(at=AT + LEASE / 2, subscribers=[heard(got)]) == 0
    assert dispatch(at=AT + LEASE * 2, subscribers=[heard(got)]) == 3
    assert got == ["a", "a", "b", "c"]


def test_killed_in_a_retry_the_claim_runs_out_too():
    do("a")

    def fail(entry):
        raise ValueError

    def die(entry):
        raise KeyboardInterrupt

    dispatch(at=AT, subscribers=[listener(fail)])
    with pytest.raises(KeyboardInterrupt):
        dispatch(at=after(60), subscribers=[listener(die)])
    got = []
    assert dispatch(at=after(61), subscribers=[heard(got)]) == 0
    assert dispatch(at=after(61) + LEASE, subscribers=[heard(got)]) == 1
    assert got == ["a"]


def test_once_makes_a_subscriber_idempotent():
    (line,) = do("a")
    assert once(line.id, "x") is True
    assert once(line.id, "x") is False
    assert once(line.id, "y") is True


def test_a_subscriber_acts():
    @act
    def answer(entry):
        require(anyone, LAN)
        record("answer.given", ("dossier", entry.subject_key), actor=LAN, at=entry.delivered_at)

    do("a")
    dispatch(at=AT, subscribers=[listener(answer)])
    assert [e.event for e in Entry.objects.order_by("id")] == ["test.done", "answer.given"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_and_two_sealers_share_the_work(settings, tmp_path):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer")
    settings.DATA_DIR = tmp_path
    for start in range(0, 200, 10):
        do(*range(start, start + 10))
    got, size = [], []

    def work():
        try:
            while dispatch(7, at=AT, subscribers=[heard(got)]):
                size.append(seal_all(AT))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seal(AT)
    assert sorted(map(int, got)) == list(range(200))
    assert sum(size) >= 1
