"""The log: one line each, with what an operator needs and nothing of a person."""

import io
import json
import logging
import re

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from tests.watch.acting import act_once_here

from tinhso.base import slow
from tinhso.base.actors import Actor, ActorKind
from tinhso.kernel.journal.models import Entry
from tinhso.site.watch import logs
from tinhso.site.watch.middleware import WatchMiddleware

NUMBER = "049090001234"
ROW = "duplicate key\nDETAIL: Key (full_name)=(Trần Văn Tư) exists for {}"


@pytest.fixture(params=["json", "line"])
def lines(request):
    """Give what the log writes: as it comes out of the formatter, for both forms."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonFormatter() if request.param == "json" else logs.LineFormatter())
    loggers = [logging.getLogger(name) for name in ("", logs.ACCESS)]
    before = [logger.level for logger in loggers]
    loggers[0].addHandler(handler)
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    yield lambda: stream.getvalue().splitlines()
    loggers[0].removeHandler(handler)
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)


def access_lines(written: list[str]) -> list[dict]:
    found = [json.loads(line) for line in written if line.startswith("{")]
    return [line for line in found if line["logger"] == logs.ACCESS]


@pytest.mark.django_db
@pytest.mark.parametrize("lines", ["json"], indirect=True)
def test_a_request_is_one_line_with_its_id_route_status_time_and_statements(client: Client, lines):
    answer = client.get("/tro-giup/", headers={"x-request-id": "from-the-proxy.1"})
    assert answer["X-Request-Id"] == "from-the-proxy.1"
    (line,) = access_lines(lines())
    assert line["request"] == "from-the-proxy.1"
    assert (line["route"], line["method"], line["status"]) == ("portal:help", "GET", 200)
    assert line["ms"] > 0
    assert isinstance(line["statements"], int)
    assert line["level"] == "INFO"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:]+\.\d{6}\+00:00", line["time"])


@pytest.mark.parametrize("odd", ["", "short", "a b c d e f", "x" * 65, NUMBER, "với-dấu-tiếng-việt", 'quo"te-quote"'])
def test_an_id_in_another_form_is_replaced(odd):
    seen = WatchMiddleware(lambda _request: HttpResponse())(RequestFactory().get("/", headers={"x-request-id": odd}))
    assert re.fullmatch(r"[0-9a-f]{32}", seen["X-Request-Id"])


@pytest.mark.django_db
@pytest.mark.parametrize("lines", ["json"], indirect=True)
def test_the_entries_that_a_request_wrote_and_its_actor_are_in_its_line(lines):
    actor = Actor(ActorKind.OFFICIAL, "official:7", "Nguyễn Thị Bảy")

    def view(request):
        request.actor = actor
        act_once_here(actor)
        return HttpResponse()

    WatchMiddleware(view)(RequestFactory().post("/"))
    (line,) = access_lines(lines())
    assert line["entries"] == [str(Entry.objects.get().pk)]
    assert (line["actor_kind"], line["actor_key"]) == ("official", "official:7")
    assert line["statements"] >= 2
    assert "Bảy" not in "".join(lines())


@pytest.mark.django_db
def test_an_act_that_was_undone_leaves_no_entry(lines):
    def view(_request):
        with pytest.raises(ZeroDivisionError):
            act_once_here(fails=True)
        return HttpResponse()

    WatchMiddleware(view)(RequestFactory().post("/"))
    assert not any(line["entries"] for line in access_lines(lines()))


@pytest.mark.django_db
def test_a_citizens_number_is_never_logged_wherever_it_stands(client: Client, lines):
    client.raise_request_exception = False
    client.get(f"/tra-cuu/{NUMBER}/")
    client.get(f"/thu-tuc/?tu-khoa={NUMBER}")
    client.post(f"/khong-co/{NUMBER}/", {"so": NUMBER, "thu": "tu@vi-du.vn"})
    client.post("/api/applications", data=json.dumps({"number": NUMBER}), content_type="application/json")
    client.get("/tro-giup/", headers={"x-request-id": NUMBER, "referer": f"/x/{NUMBER}"})
    written = "\n".join(lines())
    assert "portal:help" in written
    assert NUMBER not in written


def refuse(text: str) -> None:
    raise ValueError(text)


def test_numbers_mail_and_values_of_rows_are_blotted_out_of_lines_and_tracebacks(lines):
    log = logging.getLogger("tinhso.some")
    said = ROW.format(NUMBER)
    try:
        refuse(said)
    except ValueError:
        log.exception("call of %s to %s and tu@vi-du.vn failed", NUMBER, "+84912345678")
    written = "\n".join(lines())
    assert "ValueError" in written
    assert "failed" in written
    for part in (NUMBER, "912345678", "tu@vi-du.vn", "Trần"):
        assert part not in written


def test_ids_and_codes_stay_readable(lines):
    code, id_ = "H47.12-260314-0001", "01a04c9e-1c1a-7b3c-9b1d-012345678901"
    logging.getLogger("tinhso.some").warning("%s %s", code, id_)
    assert code in lines()[-1]
    assert id_ in lines()[-1]


def test_a_bug_is_counted_as_a_500_and_goes_on_up(lines):
    def view(_request):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        WatchMiddleware(view)(RequestFactory().get("/"))
    assert any("500" in line for line in lines())


@pytest.mark.django_db
def test_slow_statements_are_kept_without_their_values(settings):
    settings.SLOW_MS = 0

    def view(_request):
        list(Entry.objects.filter(actor_key=f"citizen:{NUMBER}"))
        return HttpResponse()

    WatchMiddleware(view)(RequestFactory().get("/"))
    found = [each for each in slow.slowest(100) if "journal_entry" in each.sql]
    assert found
    assert all(NUMBER not in each.sql for each in found)


def test_the_ring_of_slow_statements_is_bounded():
    slow.keep("x", [(f"SELECT {turn}", turn / 1000) for turn in range(slow.LENGTH * 2)], 0.0)
    kept = slow.slowest(1000)
    assert len(kept) == slow.LENGTH
    assert kept[0].sql == f"SELECT {slow.LENGTH * 2 - 1}"


def test_the_setting_names_the_form():
    assert "JsonFormatter" in str(logs.logging_setting("json", "INFO", access=True))
    with pytest.raises(KeyError):
        logs.logging_setting("xml", "INFO", access=True)
