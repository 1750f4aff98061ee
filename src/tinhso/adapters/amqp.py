"""
Events to a broker that speaks AMQP 0-9-1 (RabbitMQ): one durable topic exchange, every message kept on disk and confirmed.

An event travels as structured CloudEvent (AMQP binding): the whole event as JSON in the body, its type as routing key, its id as
message id. Whoever wants events declares a queue of their own and binds it: `vn.tinhso.onestop.#`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import pika
from pika.adapters.utils.connection_workflow import AMQPConnectorException
from pika.exceptions import AMQPError

from tinhso.base.posting import Cut

EXCHANGE = "tinhso.events"
MEDIA_TYPE = "application/cloudevents+json"
PATIENCE_SECONDS = 5
"""For the connection."""
WHOLE_SECONDS = 30.0
"""For all events of one round, until they are confirmed: the library waits for an answer without end."""
BLOCKED_SECONDS = 15
"""How long a broker that has no room may keep us waiting."""
_KEPT_ON_DISK = 2
_AWAY = (AMQPError, AMQPConnectorException, OSError)
"""What the library raises; the second, for a broker that takes the line and says nothing, is none of its own errors."""


class BrokerAway(ConnectionError):  # noqa: N818 - the name says what is the matter
    """The broker cannot be reached, or did not confirm. What was sent may have arrived: it is sent again."""


class AmqpBroker:
    """A connection that is opened when it is needed, and anew after it broke. For one thread."""

    def __init__(self, url: str) -> None:
        """Remember where. Raises ValueError for a URL that is not `amqp://…` or `amqps://…`."""
        if not url.startswith(("amqp://", "amqps://")):
            raise ValueError("TINHSO_BROKER: amqp://user:password@host:port/vhost, or amqps://…")
        self._parameters = pika.URLParameters(url)
        self._parameters.socket_timeout = self._parameters.stack_timeout = PATIENCE_SECONDS
        self._parameters.blocked_connection_timeout = BLOCKED_SECONDS
        # the broker would end a line that is quiet for long; a quiet night is no fault, and a broken line shows when it is used
        self._parameters.heartbeat = 0
        self._parameters.client_properties = {"connection_name": "tinhso"}
        self._line: Any = None
        self._channel: Any = None

    def send(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Publish events in this order; return when the broker has all of them on disk. Raises BrokerAway."""
        is_fresh = self._line is None
        try:
            self._publish(events)
        except _AWAY as error:
            self.close()
            if is_fresh:
                raise BrokerAway(f"{type(error).__name__}: {error}") from error
            self.send(events)  # the line had broken since the last time: once more, on a new one

    def open(self) -> None:
        """Open the line: address, name, password, virtual host and our exchange are tried, nothing is sent. Raises BrokerAway."""
        try:
            self._publish(())
        except _AWAY as error:
            self.close()
            raise BrokerAway(f"{type(error).__name__}: {error}") from error

    def close(self) -> None:
        """Let go of the connection."""
        line, self._line, self._channel = self._line, None, None
        if line is not None:
            with suppress(*_AWAY), Cut(PATIENCE_SECONDS) as cut:
                if transport := line._impl._transport:  # noqa: SLF001 - as below
                    cut.watch(transport._sock)  # noqa: SLF001
                line.close()

    def _publish(self, events: Sequence[Mapping[str, Any]]) -> None:
        with Cut(WHOLE_SECONDS) as cut:
            if self._line is None:
                self._line = pika.BlockingConnection(self._parameters)
            if transport := self._line._impl._transport:  # noqa: SLF001 - the library shows its socket to nobody
                cut.watch(transport._sock)  # noqa: SLF001
            self._publish_within(self._line, events)

    def _publish_within(self, line: pika.BlockingConnection, events: Sequence[Mapping[str, Any]]) -> None:
        if self._channel is None:
            self._channel = line.channel()
            self._channel.exchange_declare(EXCHANGE, exchange_type="topic", durable=True)
            self._channel.confirm_delivery()
        for event in events:
            self._channel.basic_publish(
                EXCHANGE,
                str(event["type"]),
                json.dumps(event, ensure_ascii=False).encode(),
                pika.BasicProperties(
                    content_type=MEDIA_TYPE, delivery_mode=_KEPT_ON_DISK, message_id=str(event["id"]), app_id="tinhso"
                ),
            )
