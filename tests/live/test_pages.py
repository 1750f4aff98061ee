"""What the pages say about live screens: to whom, what an entry changes, and that they do without."""

from __future__ import annotations

import json
import re
import socket
from collections import defaultdict
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from tests.doors import come_in
from tests.snapshot import with_province
from tests.world import known_citizen

from tinhso.base.actors import ANONYMOUS
from tinhso.base.live import LiveTopic
from tinhso.base.registry import Event, Subscriber, registry
from tinhso.kernel.journal.public import EntryView, dispatch
from tinhso.modules.onestop.actions import processing
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.test_pages_budget import signed_in
from tinhso.site.live import sources, telling
from tinhso.site.manifest import HEARD

pytestmark = [*with_province]


@pytest.fixture(autouse=True)
def _a_door(settings, tmp_path):
    settings.LIVE_DOOR, settings.RUN_DIR = "http://127.0.0.1:1", tmp_path
    telling._waiting.clear()


def heard(actor, about=""):
    return {topic.key: list(topic.may_hear(actor, about)) for topic in registry.of(LiveTopic)}


def handed_over():
    """Hand over what was journalled; return the parts that wait to be told."""
    dispatch(1000, at=playing.later(), subscribers=[Subscriber("site.live", ("*",), telling.note)])
    parts = [name for name, _at in telling._waiting]
    telling._waiting.clear()
    return parts


def test_the_worker_is_told_of_all_that_some_topic_looks_at():
    """Nobody notices a topic whose events never come: its pages stay as they are."""
    wanted = set()
    for event in registry.of(Event):
        facts = defaultdict(lambda: str(uuid4()), {"to": "official:1"})
        entry = EntryView(
            uuid4(),
            event.key,
            playing.later(),
            "official",
            "official:1",
            "H47",
            "thing",
            "1",
            facts,
            playing.later(),
        )
        if any(list(topic.changed(entry)) for topic in registry.of(LiveTopic)):
            wanted.add(event.key)
    missed = [
        key
        for key in sorted(wanted)
        if not any(key == each or (each.endswith(".*") and key.startswith(each[:-1])) for each in HEARD)
    ]
    assert {"inspection.found", "quality.measures_kept"} <= wanted
    assert missed == []


def test_nobody_may_hear_anything():
    assert Client().get("/truc-tiep/quyen/").status_code == 401
    assert Client().get("/truc-tiep/").status_code == 204
    assert "hx-sse" not in Client().get("/").content.decode()
    assert not any(heard(ANONYMOUS).values())


def test_an_official_hears_of_their_own_work_and_notices(who):
    lan, ha = signed_in("lan").get("/truc-tiep/quyen/").json(), signed_in("ha").get("/truc-tiep/quyen/").json()
    assert lan["account"] == who.lan.key
    assert lan["topics"]["notices"] == [f"notices:{who.lan.key}"]
    assert lan["topics"]["work"]
    assert not set(lan["topics"]["work"]) & set(ha["topics"]["work"])
    assert "dossier" not in lan["topics"]


def test_a_dossier_is_heard_by_who_may_see_it_alone(who):
    code = playing.accepted(who)
    for actor, topics in ((who.tu, {"own"}), (who.ha, {"dossier"}), (who.neighbour, set()), (who.hung, set())):
        for topic in ("dossier", "own"):
            assert heard(actor, code)[topic] == ([code] if topic in topics else []), actor.name
    assert heard(who.tu, "no-such-dossier")["own"] == []


def test_an_applicant_hears_of_what_their_page_tells_and_not_of_the_office_s_steps(who):
    code = playing.accepted(who)
    assert f"own:{code}" in set(handed_over())
    processing.take_dossier(code, playing.task_of(code).id, actor=who.ha, at=playing.later(6))
    parts = set(handed_over())
    assert f"dossier:{code}" in parts
    assert f"own:{code}" not in parts


def test_an_acceptance_tells_who_works_on_it_and_the_applicant(who):
    code = playing.accepted(who, copies=3)
    parts = set(handed_over())
    assert f"dossier:{code}" in parts
    assert parts & {f"work:{part}" for part in heard(who.ha)["work"]}
    assert not parts & {f"work:{part}" for part in heard(who.hung)["work"]}


@pytest.mark.skipif(connection.vendor == "postgresql", reason="PostgreSQL tells it by NOTIFY: test_stream.py")
def test_what_waits_goes_to_the_socket_and_nobody_there_is_no_fault(settings):
    telling._waiting.extend([("work:a:b", 5.0)] * 70)
    assert telling.tell(at=playing.later()) == 70
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.settimeout(30)
        line.bind(str(sources.socket_in(Path(settings.RUN_DIR))))
        telling._waiting.extend([("work:a:b", 5.0)] * 70)
        assert telling.tell(at=playing.later()) == 70
        messages = [json.loads(line.recv(65536)) for _ in range(2)]
    assert [len(message) for message in messages] == [60, 10]
    assert messages[0][0] == ["work:a:b", 5.0]


@pytest.mark.skipif(connection.vendor == "postgresql", reason="PostgreSQL tells it by NOTIFY: test_stream.py")
def test_what_a_busy_live_process_has_no_room_for_waits_for_the_next_round(settings):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.settimeout(30)
        line.bind(str(sources.socket_in(Path(settings.RUN_DIR))))
        names = [f"work:a:{number}" for number in range(60 * 1000)]
        telling._waiting.clear()
        sent, heard_of = 0, []
        for name in names[: telling.MOST_WAITING]:
            telling._waiting.append((name, 5.0))
        wanted = len(telling._waiting)
        while telling._waiting:
            told = telling.tell(at=playing.later())
            sent += told
            for _message in range(-(-told // telling.AT_ONCE)):
                heard_of += [name for name, _at in json.loads(line.recv(65536))]
    assert sent == wanted
    assert heard_of == names[:wanted], "all of it, once, in order"


def test_a_page_connects_where_there_is_a_live_process_and_a_place_that_shows_it(settings):
    lan = signed_in("lan")
    page = lan.get("/mot-cua/").content.decode()
    assert 'hx-sse:connect="/truc-tiep/?tu=' in page
    assert page.count("hx-sse.min.js") == page.count("htmx.min.js") == 1
    # deferred, htmx begins as soon as it is there; an extension that comes later is too late, and the page stays deaf
    assert re.search(
        r'<script src="[^"]*htmx.min.js"></script>.*<script src="[^"]*hx-sse.min.js"( defer)?></script>', page
    )
    assert 'data-live-topic="work"' in page
    assert lan.get("/truc-tiep/").status_code == 503, "its process is away: the browser tries again"
    tu = come_in(Client(), known_citizen().account)
    for path, place in (("/ho-so/", "notices"), ("/tai-khoan/thong-bao/", "notices")):
        page = tu.get(path).content.decode()
        assert 'hx-sse:connect="/truc-tiep/?tu=' in page, path
        assert f'role="status" data-live-topic="{place}"' in page
    assert "hx-sse" not in tu.get("/thu-tuc/").content.decode(), "no place there shows what is heard"
    settings.LIVE_DOOR = ""
    assert "hx-sse" not in lan.get("/mot-cua/").content.decode()
