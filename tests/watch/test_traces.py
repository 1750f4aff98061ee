"""Traces: a span for each request, act and task, joined as W3C Trace Context says, in the form of OTLP's JSON."""

import json
import os
import re
import subprocess
import sys
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from tests.watch.acting import act_once_here

from tinhso.base import acts, watching
from tinhso.base.watching import Watched, passed_on
from tinhso.kernel.journal.models import Entry
from tinhso.site.watch import counting, traces
from tinhso.site.watch.middleware import WatchMiddleware

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
GIVEN = f"00-{TRACE}-{PARENT}-01"
SPAN_KEYS = {"traceId", "spanId", "parentSpanId", "name", "kind", "startTimeUnixNano", "endTimeUnixNano", "attributes"}


@pytest.fixture
def collector(settings, monkeypatch):
    """Give what a collector was sent, which answers as OTLP/HTTP asks."""
    taken: list[dict] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            fits = self.path == "/v1/traces" and self.headers["Content-Type"] == "application/json"
            if fits:
                taken.append(json.loads(body))
            self.send_response(200 if fits else 404)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.OTLP = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(watching, "when_began", [traces.began])
    monkeypatch.setattr(watching, "when_ended", [traces.ended])
    monkeypatch.setattr(acts, "observers", [*acts.observers, traces.act_ended])
    monkeypatch.setattr(traces, "_senders", {})
    yield lambda: spans_of(taken)
    server.shutdown()
    server.server_close()


def spans_of(messages: list[dict]) -> dict[str, dict]:
    """Return the spans by name, each checked against what the protocol says of its parts."""
    for sender in traces._senders.values():
        sender.flush()
    found = {}
    for message in messages:
        assert set(message) == {"resourceSpans"}
        for resource in message["resourceSpans"]:
            names = {each["key"] for each in resource["resource"]["attributes"]}
            assert "service.name" in names
            for scope in resource["scopeSpans"]:
                for span in scope["spans"]:
                    check(span)
                    found[span["name"]] = span
    return found


def check(span: dict) -> None:
    assert set(span) <= SPAN_KEYS | {"status"}
    assert re.fullmatch(r"[0-9a-f]{32}", span["traceId"])
    assert re.fullmatch(r"[0-9a-f]{16}", span["spanId"])
    assert int(span["startTimeUnixNano"]) < int(span["endTimeUnixNano"])
    assert span["kind"] in (1, 2)
    for attribute in span["attributes"]:
        assert set(attribute) == {"key", "value"}
        assert set(attribute["value"]) <= {"stringValue", "intValue", "arrayValue"}


def attributes(span: dict) -> dict:
    return {each["key"]: each["value"] for each in span["attributes"]}


@pytest.mark.django_db
def test_a_request_and_its_act_are_spans_of_the_trace_that_called(collector):
    def view(_request):
        act_once_here()
        assert passed_on()["traceparent"].split("-")[1] == TRACE
        return HttpResponse()

    WatchMiddleware(view)(RequestFactory().post("/", headers={"traceparent": GIVEN}))
    spans = collector()
    request, act = spans["POST none"], spans["tests.watch.acting.act_once_here"]
    assert (request["traceId"], request["parentSpanId"], request["kind"]) == (TRACE, PARENT, 2)
    assert (act["traceId"], act["parentSpanId"]) == (TRACE, request["spanId"])
    entry = {"arrayValue": {"values": [{"stringValue": str(Entry.objects.get().pk)}]}}
    assert attributes(act)["tinhso.entries"] == entry
    assert attributes(request)["tinhso.entries"] == entry
    assert attributes(request)["http.response.status_code"] == {"intValue": "200"}


@pytest.mark.django_db
def test_what_breaks_is_marked(collector):
    def view(_request):
        act_once_here(fails=True)

    with pytest.raises(ZeroDivisionError):
        WatchMiddleware(view)(RequestFactory().get("/"))
    spans = collector()
    assert {span["status"].get("code") for span in spans.values()} == {2}
    assert "parentSpanId" not in spans["GET unknown"]


@pytest.mark.django_db
def test_a_task_that_wrote_is_a_span_and_an_idle_one_is_not(collector):
    with watching.watching(Watched("task", "journal.seal", "1")):
        act_once_here()
    with watching.watching(Watched("task", "journal.idle", "2")):
        pass
    spans = collector()
    assert set(spans) == {"journal.seal", "tests.watch.acting.act_once_here"}
    assert spans["tests.watch.acting.act_once_here"]["parentSpanId"] == spans["journal.seal"]["spanId"]


@pytest.mark.django_db
def test_an_act_that_found_nothing_to_do_hangs_below_no_task_that_was_not_sent(collector):
    class _Nothing(Exception):  # noqa: N818 - an answer
        pass

    @acts.act
    def look():
        raise _Nothing

    with watching.watching(Watched("task", "journal.idle", "2")), pytest.raises(_Nothing):
        look()
    with watching.watching(Watched("task", "journal.refused", "3")), suppress(ZeroDivisionError):
        act_once_here(fails=True)
    spans = collector()
    assert set(spans) == {"journal.refused", "tests.watch.acting.act_once_here"}
    assert spans["tests.watch.acting.act_once_here"]["parentSpanId"] == spans["journal.refused"]["spanId"]


@pytest.mark.parametrize(
    "odd",
    [
        "",
        "x",
        f"01-{TRACE}-{PARENT}-01",
        f"00-{'0' * 32}-{PARENT}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        GIVEN.upper() + "x",
    ],
)
def test_a_header_in_another_form_begins_a_trace_of_its_own(settings, odd):
    settings.OTLP = "http://127.0.0.1:1"
    ours, parent = traces.taken_in(odd)
    assert traces.PARENT.fullmatch(ours)
    assert ours.split("-")[1] != TRACE
    assert parent == ""


def test_without_a_collector_the_callers_trace_goes_on_and_nothing_is_joined(settings):
    assert settings.OTLP == ""
    assert traces.taken_in(GIVEN) == (GIVEN, "")
    assert traces.taken_in("x") == ("", "")
    assert traces.act_ended not in acts.observers
    assert traces.ended not in watching.when_ended


def test_a_collector_that_is_away_costs_spans_and_nothing_else(monkeypatch):
    lost = []
    monkeypatch.setattr(counting, "count", lambda name, amount=1: lost.append((name, amount)))
    sender = traces.Sender("http://127.0.0.1:1")
    sender._send([{}, {}])
    assert lost == [("tinhso_spans_dropped_total", 2)]


def test_httpx_is_not_imported_while_traces_are_off():
    script = "import sys, django; django.setup(); print('httpx' in sys.modules)"
    world = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    said = subprocess.run([sys.executable, "-c", script], env=world, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"
