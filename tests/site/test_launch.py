"""`./tinhso up`: what it says before it starts, and that nothing of it outlives it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.utils import OperationalError

from tinhso.base.sealing import ring, seals_answers
from tinhso.site.launch import up
from tinhso.site.management.commands import prepare

ROOT = Path(__file__).resolve().parents[2]

TREE = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from tinhso.site.launch.up import Child, Tree

web = '''
import os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int(sys.argv[2])); self.end_headers()
HTTPServer(("127.0.0.1", int(sys.argv[1])), Page).serve_forever()
'''
sleeper = "import time; time.sleep(600)"
folder, port, code = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
children = [Child("web", [sys.executable, "-c", web, str(port), code]), Child("worker", [sys.executable, "-c", sleeper])]
tree = Tree(children, folder, port)
def ready():
    print("ready", *[child.process.pid for child in children], flush=True)
sys.exit(tree.run(ready))
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def runs(pid):
    """Tell whether a process still does something (a zombie that nobody has waited for does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(pids, within=15.0):
    end = time.monotonic() + within
    while time.monotonic() < end and any(runs(pid) for pid in pids):
        time.sleep(0.05)
    return not any(runs(pid) for pid in pids)


@pytest.fixture
def tree(tmp_path):
    """Start a tree of two children whose web answers; give its process and the ids of the children."""
    started = []

    def start(code=200):
        process = subprocess.Popen(
            [sys.executable, "-c", TREE, str(tmp_path / "log"), str(free_port()), str(code)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        )
        started.append(process)
        word, *pids = process.stdout.readline().split()
        assert word == "ready"
        return process, [int(pid) for pid in pids]

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_asked_end_takes_all_down(tree, number):
    process, pids = tree()
    process.send_signal(number)
    assert process.wait(20) == 0
    assert gone(pids)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")
def test_a_killed_parent_leaves_no_orphan(tree):
    process, pids = tree()
    process.kill()
    process.wait(20)
    assert gone(pids)


def test_a_child_that_dies_is_started_again(tree, tmp_path):
    process, (_web, worker) = tree()
    os.kill(worker, signal.SIGKILL)
    assert "worker" in process.stdout.readline()
    time.sleep(1.5)
    mine = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True, check=False)
    assert len(mine.stdout.split()) == 2
    assert str(worker) not in mine.stdout.split()


def test_a_site_that_answers_only_to_its_public_name_is_ready(tree):
    process, _pids = tree(code=400)
    assert process.poll() is None


def test_a_data_folder_is_held_by_one(tmp_path):
    with up.hold(tmp_path / "data"), pytest.raises(up.Taken, match="Another process is using"):
        up.hold(tmp_path / "data")
    up.hold(tmp_path / "data").close()


def test_a_data_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(up.Taken, match="cannot be written"):
        up.hold(tmp_path / "file" / "data")


def test_a_taken_port_is_said_before_anything_starts(tmp_path, capsys, monkeypatch):
    for name in ("DATA", "PUBLIC_URL", "SANDBOX_URL", "SMTP", "DEMONSTRATION"):
        monkeypatch.setenv(f"TINHSO_{name}", os.environ.get(f"TINHSO_{name}", ""))
    mask = os.umask(0o022)
    try:
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            assert up.run("up", ["--port", str(port), "--data", str(tmp_path / "data")]) == 1
    finally:
        os.umask(mask)
    assert f"Port {port} is taken" in capsys.readouterr().out
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["up.lock"]


def test_ports_are_those_of_what_runs():
    assert up.ports(up.parse(["--port", "8600"])) == [8600, 8612, 8610, 8611]
    assert up.ports(up.parse(["--port", "8600", "--empty"])) == [8600, 8612]


@pytest.mark.parametrize("port", ["0", "-1", "99999", "65530", "80a", "²"])
def test_a_port_that_is_none_is_said(port, capsys):
    with pytest.raises(SystemExit):
        up.parse(["--port", port])
    assert "a number from 1 to 65523" in capsys.readouterr().err


def test_a_database_that_is_away_is_said_without_a_traceback(monkeypatch):
    def away() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "ensure_connection", away)
    with pytest.raises(CommandError, match="TINHSO_DATABASE"):
        call_command("prepare", "--empty")


@pytest.mark.django_db
def test_an_empty_database_gets_a_key_ring_and_one_with_tables_none(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(prepare, "call_command", lambda *_given, **_named: None)
    call_command("prepare", "--empty")
    assert ring() == ()
    monkeypatch.setattr(connection.introspection, "table_names", lambda *_given: [])
    call_command("prepare", "--empty")
    assert (len(ring()), seals_answers()) == (1, True)
    call_command("prepare", "--empty")
    assert len(ring()) == 1


BROKEN_OFF = """
import argparse, sys
from pathlib import Path
from tinhso.site.launch import up
real = up.subprocess.Popen
late = "print('ready', flush=True); import time; time.sleep(60)"
up.subprocess.Popen = lambda _command, **options: real([sys.executable, "-c", late], **options)
sys.exit(up.prepare(argparse.Namespace(empty=True), Path(".")))
"""


def test_ctrl_c_while_the_tables_are_made_says_one_sentence():
    with subprocess.Popen(
        [sys.executable, "-c", BROKEN_OFF],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        start_new_session=True,
    ) as ours:
        assert ours.stdout is not None
        assert ours.stdout.readline() == "ready\n"
        os.killpg(ours.pid, signal.SIGINT)
        out, err = ours.communicate(timeout=90)
    assert (ours.returncode, err) == (130, "")
    assert "the same command goes on" in out


def test_listening_for_the_network_warns(capsys, monkeypatch):
    monkeypatch.delenv("TINHSO_HOSTS", raising=False)
    up.warn_if_open(up.parse([]))
    assert capsys.readouterr().out == ""
    up.warn_if_open(up.parse(["--host", "0.0.0.0"]))
    said = capsys.readouterr().out
    assert "0.0.0.0:8000" in said
    assert "passwords are public" in said
    assert "TINHSO_HOSTS" in said
    up.warn_if_open(up.parse(["--host", "0.0.0.0", "--empty"]))
    assert "passwords are public" not in capsys.readouterr().out


def test_settings_alone_write_nothing(tmp_path):
    """Tools import the settings on a checkout that nobody has started yet."""
    data = tmp_path / "data"
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "TINHSO_DATA": str(data)}
    env |= {"DJANGO_SETTINGS_MODULE": "tinhso.site.settings.dev"}
    env.pop("TINHSO_SECRET_KEY", None)
    words = "from django.conf import settings; settings.INSTALLED_APPS; import pathlib, sys"
    look = f"{words}; print(pathlib.Path(sys.argv[1]).exists())"
    use = f"{look}; print(len(settings.SECRET_KEY) > 50, str(settings.SECRET_KEY) == settings.SECRET_KEY)"
    key = f"{words}; print(settings.SECRET_KEY)"
    said = [
        subprocess.run(
            [sys.executable, "-c", each, str(data)], env=env, capture_output=True, text=True, check=True
        ).stdout.split()
        for each in (look, use, key, key)
    ]
    assert said[0] == ["False"]
    assert said[1] == ["False", "True", "True"]
    assert said[2] == said[3]
    assert [path.name for path in data.iterdir()] == ["secret-key"]
    assert (data / "secret-key").stat().st_mode & 0o077 == 0
