"""Security events: told when they happened, as CloudEvents in RFC 5424, and taken by a syslog server of others."""

import json
import re
import socket
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client, RequestFactory
from tests.operating import debian
from tests.watch.acting import act_once_here

from tinhso.base import clock, security
from tinhso.base.actors import Actor, ActorKind
from tinhso.base.acts import require
from tinhso.base.refusals import Forbidden, SignInNeeded
from tinhso.base.security import Alarm
from tinhso.kernel.identity.public import TokenRefused, actor_from_bearer
from tinhso.kernel.journal.models import Entry
from tinhso.site.watch import alarms
from tinhso.site.watch.middleware import WatchMiddleware

AT = datetime(2026, 3, 14, 2, 5, 6, 789, tzinfo=UTC)
ALARM = Alarm(
    "01a0", "identity.locked_out", AT, "anonymous", "anonymous", "account:7", True, "req-00000001", "10.1.2.3"
)
RFC5424 = re.compile(
    r"<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z) ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) - (.+)"
)
OFFICIAL = Actor(ActorKind.OFFICIAL, "official:7", "Nguyễn Thị Bảy")


@pytest.fixture
def heard(monkeypatch) -> list[Alarm]:
    found: list[Alarm] = []
    monkeypatch.setattr(security, "listeners", [found.append])
    return found


@pytest.mark.django_db
def test_a_failed_sign_in_is_told_with_the_entry_and_the_address(client: Client, heard):
    client.post("/tai-khoan/login/", {"login": "nguoi.la", "password": "sai-mat-khau-1"})
    (alarm,) = heard
    assert (alarm.event, alarm.is_entry, alarm.address) == ("identity.sign_in_failed", True, "127.0.0.1")
    assert Entry.objects.get(pk=alarm.id).event == "identity.sign_in_failed"
    assert "nguoi.la" not in json.dumps(alarms.as_cloud_event(alarm))


@pytest.mark.django_db
def test_a_lock_out_is_told(client: Client, heard):
    for _try in range(12):
        client.post("/tai-khoan/login/", {"login": "nguoi.la", "password": "sai-mat-khau-1"})
    assert "identity.locked_out" in {alarm.event for alarm in heard}


@pytest.mark.django_db
def test_only_acts_that_were_done_are_told(heard):
    act_once_here(event="identity.token_issued")
    with pytest.raises(ZeroDivisionError):
        act_once_here(event="identity.token_issued", fails=True)
    act_once_here(event="journal.delivery_replayed")
    assert [alarm.event for alarm in heard] == ["identity.token_issued"]


def test_a_refused_permission_is_told_and_a_missing_sign_in_is_not(heard):
    def may_nobody(_actor):
        return False

    with pytest.raises(Forbidden):
        require(may_nobody, OFFICIAL)
    with pytest.raises(SignInNeeded):
        require(may_nobody, Actor(ActorKind.ANONYMOUS, "anonymous", ""))
    (alarm,) = heard
    assert (alarm.event, alarm.actor_key) == ("base.permission_denied", "official:7")
    assert alarm.subject.endswith(".may_nobody")


@pytest.mark.django_db
@pytest.mark.parametrize("header", ["Bearer tso_khong-co", "Basic eDp5"])
def test_a_refused_token_is_told(heard, header):
    with pytest.raises(TokenRefused):
        actor_from_bearer(header, at=clock.now())
    assert [alarm.event for alarm in heard] == ["identity.token_refused"]


def test_an_alarm_knows_its_request(heard):
    def view(_request):
        security.tell("base.permission_denied", at=AT, actor=OFFICIAL)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        WatchMiddleware(view)(RequestFactory().get("/", headers={"x-request-id": "from-the-proxy.1"}))
    assert [(alarm.request, alarm.address) for alarm in heard] == [("from-the-proxy.1", "127.0.0.1")]


def test_a_cloud_event_has_what_the_specification_asks():
    event = alarms.as_cloud_event(ALARM)
    assert event["specversion"] == "1.0"
    assert event["source"].startswith("http")
    assert (event["id"], event["subject"]) == ("01a0", "account:7")
    assert event["type"] == "vn.tinhso.security.identity.locked_out.v1"
    assert datetime.fromisoformat(event["time"]) == AT
    assert event["authtype"] == "unauthenticated"
    for name, value in event.items():
        assert re.fullmatch(r"[a-z0-9]{1,20}", name), name
        assert value not in (None, "")
    assert event["data"]["journal_entry"] == "01a0"


def test_a_line_is_rfc_5424_whatever_it_holds():
    odd = Alarm("1", "x." + "đ" * 50, AT, "official", "official:7", "kiểu:có dấu\nvà dòng")
    for alarm, priority in ((ALARM, "84"), (odd, "85")):
        found = RFC5424.fullmatch(alarms.as_syslog(alarm).decode("ascii"))
        assert found
        assert found[1] == priority
        assert json.loads(found[7]) == alarms.as_cloud_event(alarm)


@pytest.mark.parametrize("address", ["http://x:1", "syslog:", "10.0.0.1:514"])
def test_an_address_in_another_form_is_told(address):
    with pytest.raises(ValueError, match="TINHSO_SOC"):
        alarms.Sender(address)


CONFIG = """
module(load="imudp") module(load="imptcp")
input(type="imudp" address="127.0.0.1" port="{port}") input(type="imptcp" address="127.0.0.1" port="{port}")
template(name="parts" type="list" option.jsonf="on") {{
  property(outname="priority" name="pri" format="jsonf") property(outname="version" name="protocol-version" format="jsonf")
  property(outname="at" name="timereported" dateFormat="rfc3339" format="jsonf")
  property(outname="host" name="hostname" format="jsonf") property(outname="app" name="app-name" format="jsonf")
  property(outname="msgid" name="msgid" format="jsonf") property(outname="msg" name="msg" format="jsonf") }}
action(type="omfile" file="{file}" template="parts")
"""


@pytest.fixture
def rsyslog(tmp_path: Path):
    """Give the port and the file of a syslog server of Debian's."""
    server = debian.program("rsyslogd")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config, file = tmp_path / "rsyslog.conf", tmp_path / "heard"
    config.write_text(CONFIG.format(port=port, file=file))
    world = debian.environment("rsyslogd")
    command = [str(server), "-n", "-f", str(config), "-i", str(tmp_path / "pid")]
    if "LD_LIBRARY_PATH" in world:
        command += ["-M", f"{world['LD_LIBRARY_PATH']}/rsyslog"]
    process = subprocess.Popen(command, env=world, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _try in range(100):
        with socket.socket() as probe:
            if not probe.connect_ex(("127.0.0.1", port)):
                break
        time.sleep(0.1)
    yield port, file
    process.terminate()
    process.wait(10)


@pytest.mark.parametrize("scheme", ["syslog", "syslog+tcp"])
def test_a_syslog_server_of_others_takes_them_apart_as_meant(rsyslog, scheme):
    port, file = rsyslog
    sender = alarms.Sender(f"{scheme}://127.0.0.1:{port}")
    sender.put(ALARM)
    sender.put(ALARM)
    sender.flush()
    for _try in range(100):
        if file.exists() and file.read_text().count("\n") >= 2:
            break
        time.sleep(0.1)
    first, second = [json.loads(line) for line in file.read_text().splitlines()]
    assert first == second
    assert (first["priority"], first["version"], first["app"]) == ("84", "1", "tinhso")
    assert (first["msgid"], first["host"]) == ("identity.locked_out", socket.gethostname())
    assert datetime.fromisoformat(first["at"]) == AT
    assert json.loads(first["msg"]) == alarms.as_cloud_event(ALARM)


def test_a_centre_that_is_away_is_found_again(monkeypatch):
    lost = []
    monkeypatch.setattr(alarms.counting, "count", lambda name, *_amount: lost.append(name))
    with socket.socket() as centre:
        centre.bind(("127.0.0.1", 0))
        sender = alarms.Sender(f"syslog+tcp://127.0.0.1:{centre.getsockname()[1]}")
        sender.put(ALARM)
        sender.flush()
        assert lost == ["tinhso_soc_dropped_total"]
        centre.listen()
        sender.put(ALARM)
        taken, _peer = centre.accept()
        with taken:
            said = taken.recv(65536)
    length, _space, line = said.partition(b" ")
    assert int(length) == len(line)
    assert RFC5424.fullmatch(line.decode())
    assert len(lost) == 1
