"""Events to a broker, heard there by a reader that others wrote; the broker goes away and comes back."""

from __future__ import annotations

import json
import os
import socket
import uuid
from datetime import UTC, datetime

import pika
import pytest
from cloudevents.core.bindings.rabbitmq import RabbitMQMessage, from_rabbitmq_event

from tinhso.adapters import amqp
from tinhso.adapters.amqp import AmqpBroker, BrokerAway
from tinhso.base.actors import system
from tinhso.base.acts import act, anyone, require
from tinhso.kernel.journal.public import behind, record, seal
from tinhso.site.outgoing import broker

BROKER = os.environ.get("TINHSO_TEST_BROKER", "amqp://guest:guest@127.0.0.1:5672/")
AT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
DEMO = system("demo")


@act
def happen(event, kind, key, **facts):
    require(anyone, DEMO)
    record(event, (kind, key), actor=DEMO, at=AT, **facts)


def asking(monkeypatch, settings, url):
    settings.BROKER, settings.PUBLIC_URL = url, "https://quangnam.example"
    broker._broker.cache_clear()
    monkeypatch.setattr(amqp, "EXCHANGE", f"tinhso.test.{uuid.uuid4().hex}")


@pytest.fixture
def heard(monkeypatch, settings):
    """A queue of a neighbour's at a real broker, bound to what the one-stop shop tells; skip where there is none."""
    asking(monkeypatch, settings, BROKER)
    parameters = pika.URLParameters(BROKER)
    parameters.socket_timeout = 2
    try:
        line = pika.BlockingConnection(parameters)
    except (OSError, pika.exceptions.AMQPError):
        pytest.skip(f"no broker answers at {BROKER}: name one in TINHSO_TEST_BROKER")
    channel = line.channel()
    channel.exchange_declare(amqp.EXCHANGE, exchange_type="topic", durable=True)
    queue = channel.queue_declare("", exclusive=True).method.queue
    channel.queue_bind(queue, amqp.EXCHANGE, "vn.tinhso.onestop.#")

    def take():
        events = []
        while (got := channel.basic_get(queue, auto_ack=True))[0]:
            _method, properties, body = got
            message = RabbitMQMessage(headers={}, content_type=properties.content_type, body=body)
            events.append(from_rabbitmq_event(message))
        return events

    yield take
    channel.exchange_delete(amqp.EXCHANGE)
    line.close()


@pytest.mark.django_db(transaction=True)
def test_a_neighbour_hears_what_happened_in_order_and_no_more_than_that(heard):
    broker.relay(at=AT)
    happen("onestop.dossier_filed", "dossier", "H47.32.20-261122-0001", reason="Nguyễn Thị Tư không đủ giấy tờ")
    happen("identity.person_added", "person", "7")
    happen("onestop.dossier_read", "dossier-reading", "H47.32.20-261122-0001")
    happen("onestop.dossier_accepted", "dossier", "H47.32.20-261122-0001")
    seal(AT)
    assert broker.relay(at=AT) == 4
    first, second = heard()
    assert [each.get_type() for each in (first, second)] == [
        "vn.tinhso.onestop.dossier_filed.v1",
        "vn.tinhso.onestop.dossier_accepted.v1",
    ]
    assert (first.get_source(), first.get_subject()) == (
        "https://quangnam.example/",
        "dossier/H47.32.20-261122-0001",
    )
    assert first.get_time() == AT
    assert first.get_extension("dataref") == "https://quangnam.example/api/dossiers/H47.32.20-261122-0001"
    assert first.get_extension("sequence") < second.get_extension("sequence")
    assert "Nguyễn" not in json.dumps(first.get_data(), ensure_ascii=False)  # facts may name people: they are asked for
    assert first.get_data()["subject_key"] == "H47.32.20-261122-0001"


@pytest.mark.django_db(transaction=True)
def test_a_line_that_broke_meanwhile_is_opened_anew(heard):
    broker.relay(at=AT)
    happen("onestop.dossier_filed", "dossier", "1")
    seal(AT)
    broker.relay(at=AT)
    broker._broker(BROKER)._channel.connection._impl._transport._sock.shutdown(
        socket.SHUT_RDWR
    )  # as a firewall that forgets us
    happen("onestop.dossier_filed", "dossier", "2")
    seal(AT)
    broker.relay(at=AT)
    assert [each.get_subject() for each in heard()] == ["dossier/1", "dossier/2"]


@pytest.mark.django_db(transaction=True)
def test_while_the_broker_is_away_everything_waits(monkeypatch, settings):
    asking(monkeypatch, settings, "amqp://127.0.0.1:1/")
    broker.relay(at=AT)
    happen("onestop.dossier_filed", "dossier", "1")
    seal(AT)
    with pytest.raises(BrokerAway):
        broker.relay(at=AT)
    assert behind(broker.FOLLOWER) == 1
    sent = []
    monkeypatch.setattr(AmqpBroker, "send", lambda _self, events: sent.extend(events))
    assert broker.relay(at=AT) == 1
    assert [each["subject"] for each in sent] == ["dossier/1"]
    assert broker.lag(AT) == 0


def test_an_address_of_another_kind_is_refused():
    with pytest.raises(ValueError, match="TINHSO_BROKER"):
        AmqpBroker("http://127.0.0.1")
