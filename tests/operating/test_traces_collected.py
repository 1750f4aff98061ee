"""
Traces of the whole program as another's reader of OTLP understands them: the OpenTelemetry foundation's own package.

Web and worker run as they always do and send to an address that hands each message to that package and nothing else.
"""

from __future__ import annotations

import json
import random
import sqlite3
import threading
import time
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID

import pytest
from opentelemetry.proto_json.collector.trace.v1.trace_service import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto_json.trace.v1.trace import Span, Status
from tests.faults.house import SECRET
from tests.faults.load import Ledger, Load
from tests.faults.tree import Tree

FILING = "tinhso.modules.onestop.actions.filing.file_application"
PEOPLE_SAY = """
import django; django.setup()
import json
from tinhso.kernel.identity.models import Account, Person
from tinhso.modules.onestop.models import Dossier
held = [str(value) for row in Person.objects.values() for name, value in row.items() if name != "id"]
held += [account.username for account in Account.objects.all()]
held += Dossier.objects.values_list("code", flat=True)
print(json.dumps([value for value in held if len(value) > 5]))
"""


class Collected:
    """What arrived: spans with who sent them, and what the reader could not make sense of."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.senders: set[tuple[str, str]] = set()
        self.bodies: list[str] = []
        self.odd: list[str] = []

    def take(self, path: str, kind: str, body: bytes) -> None:
        """Read one message; whatever the reader drops or cannot read is odd."""
        if (path, kind) != ("/v1/traces", "application/json"):
            self.odd.append(f"{path} {kind}")
        self.bodies.append(body.decode())
        try:
            message = ExportTraceServiceRequest.from_json(body.decode())
        except Exception as error:  # noqa: BLE001 - whatever the reader says of it
            self.odd.append(repr(error))
            return
        if read_back(message.to_dict()) != read_back(json.loads(body)):
            self.odd.append(body.decode())
        for resource in message.resource_spans:
            about = {each.key: each.value.string_value for each in resource.resource.attributes}
            self.senders.add((about["service.name"], about["service.instance.id"]))
            for scope in resource.scope_spans:
                self.spans += scope.spans

    def named(self, name: str) -> list[Span]:
        return [span for span in self.spans if span.name == name]


def read_back(part):
    """Return a message without what says nothing: an empty status, a zero."""
    if isinstance(part, dict):
        kept = {key: read_back(value) for key, value in part.items()}
        return {key: value for key, value in kept.items() if value not in ({}, [], "", None)}
    return [read_back(each) for each in part] if isinstance(part, list) else part


@contextmanager
def collector():
    """Listen as a collector does, and answer with the foundation's own words."""
    taken, lock = Collected(), threading.Lock()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with lock:
                taken.take(self.path, self.headers["Content-Type"], body)
            answer = ExportTraceServiceResponse().to_json().encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", taken
    finally:
        server.shutdown()
        server.server_close()


def facts_of(span):
    return {each.key: each.value for each in span.attributes}


def listed(span, name):
    values = facts_of(span)[name].array_value if name in facts_of(span) else None
    return [each.string_value for each in values.values] if values else []


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Walk one dossier to its result, and one request that is refused; return what was collected, and the folder."""
    folder = tmp_path_factory.mktemp("traces")
    (data := folder / "data").mkdir()
    tree = Tree(data, SECRET)
    made = tree.run("-m", "tests.faults.house")
    assert made.returncode == 0, made.stderr
    with collector() as (address, taken):
        tree.environment["TINHSO_OTLP"] = address
        with tree, closing(Ledger(folder / "answered.jsonl")) as written:
            load = Load(tree.address, json.loads(made.stdout), written)
            chance = random.Random(1)
            chance.random = lambda: 0.9
            load.whole_way(chance)
            assert load.wrong == []
            load.ask("POST", "/api/dossiers/H47.32.20-261123-9999/accept", by="desk")
            end = time.monotonic() + 60
            while not taken.named("journal.dispatch") and time.monotonic() < end:
                time.sleep(0.2)
        # the program ended in order: what still waited was sent
        yield taken, data, tree


def test_the_reader_understands_every_message_whole(run):
    taken, _data, _tree = run
    assert taken.odd == []
    assert {name for name, _instance in taken.senders} == {"tinhso"}
    assert len(taken.senders) >= 2, "web and worker"


def test_requests_and_acts_are_joined_and_named(run):
    taken, _data, _tree = run
    (filed,) = (span for span in taken.spans if FILING in listed(span, "tinhso.joined"))
    by_id = {span.span_id: span for span in taken.spans}
    request = by_id[filed.parent_span_id]
    assert request.kind == Span.SpanKind.SPAN_KIND_SERVER
    assert request.name.startswith("POST ")
    assert request.trace_id == filed.trace_id
    assert not request.parent_span_id
    assert filed.kind == Span.SpanKind.SPAN_KIND_INTERNAL
    for span in taken.spans:
        assert (len(span.trace_id), len(span.span_id)) == (16, 8)
        assert 0 < span.start_time_unix_nano <= span.end_time_unix_nano
        assert not span.parent_span_id or by_id[span.parent_span_id].trace_id == span.trace_id


def test_what_went_well_and_what_was_refused_is_no_error(run):
    taken, _data, _tree = run
    errors = [
        span.name for span in taken.spans if span.status and span.status.code == Status.StatusCode.STATUS_CODE_ERROR
    ]
    assert errors == []
    said = {facts_of(span)["http.response.status_code"].int_value for span in taken.spans if span.kind == 2}
    assert {200, 201, 404} <= said


def test_the_lines_of_the_journal_are_named_and_are_there(run):
    taken, data, _tree = run
    with closing(sqlite3.connect(data / "tinhso.sqlite3")) as base:
        lines = {str(UUID(name)): event for name, event in base.execute("SELECT id, event FROM journal_entry")}
    assert {entry for span in taken.spans for entry in listed(span, "tinhso.entries")} <= set(lines)
    (filed,) = (span for span in taken.spans if FILING in listed(span, "tinhso.joined"))
    assert "onestop.dossier_filed" in [lines[entry] for entry in listed(filed, "tinhso.entries")]


def test_no_personal_data_and_no_code_of_a_dossier_is_sent(run):
    taken, _data, tree = run
    held = json.loads(tree.run("-c", PEOPLE_SAY).stdout)
    assert len(held) > 10
    everything = "\n".join(taken.bodies)
    assert [value for value in held if value in everything] == []
