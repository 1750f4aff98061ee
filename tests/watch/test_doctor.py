"""The doctor: each check says well of what is well, and of what is not, how bad it is and what to do."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tinhso.base.processes import FRESH, Process
from tinhso.base.stamps import Stamp, get_stamp, put_stamp
from tinhso.kernel.journal.public import VERIFIED, verify_and_stamp
from tinhso.site.doctor import choices, database, gathering, machine, outside, running
from tinhso.site.doctor.choices import PUBLISHED, TEST_RING, TEST_SCANNER
from tinhso.site.doctor.finding import Finding, Level

AT = datetime(2026, 3, 14, 2, 0, tzinfo=UTC)
GOOD, MIND, BAD = Level
GB = 1024**3
URL = "https://dvc.tinh.example"


def ago(**span: float) -> datetime:
    return AT - timedelta(**span)


def of_version(version: str) -> Process:
    return Process("web", "a", 1, "1", version, AT, AT)


def https(url: str, *, demo: bool = False, secure: bool = True) -> Finding:
    return choices.https(url, is_demonstration=demo, secure_cookies=secure)


def demonstration(*, demo: bool, real: bool, people: int) -> Finding:
    return choices.demonstration(is_demonstration=demo, is_production=real, people=people)


CASES: list[tuple[Callable[[], Finding], Level]] = [
    (lambda: machine.python_version((3, 13, 1)), GOOD),
    (lambda: machine.python_version((3, 11, 9)), BAD),
    (lambda: machine.scan_tools([]), GOOD),
    (lambda: machine.scan_tools(["tesseract-ocr-vie"]), MIND),
    (lambda: machine.node_version("v20.1.0", is_built=False), GOOD),
    (lambda: machine.node_version("", is_built=True), GOOD),
    (lambda: machine.node_version("v18.0.0", is_built=False), BAD),
    (lambda: machine.sqlite_version((3, 40, 1), is_used=True), GOOD),
    (lambda: machine.sqlite_version((3, 31, 0), is_used=True), BAD),
    (lambda: machine.free_space(50 * GB, 100 * GB), GOOD),
    (lambda: machine.free_space(5 * GB, 100 * GB), MIND),
    (lambda: machine.free_space(GB, 4 * GB), MIND),
    (lambda: machine.free_space(GB // 4, 100 * GB), BAD),
    (lambda: machine.port(8001, "ours"), GOOD),
    (lambda: machine.port(8001, "free"), MIND),
    (lambda: machine.port(8001, "other"), BAD),
    (lambda: choices.public_address(URL, ["dvc.tinh.example"]), GOOD),
    (lambda: choices.public_address(URL, [".tinh.example"]), GOOD),
    (lambda: choices.public_address(URL, ["localhost"]), BAD),
    (lambda: choices.public_address("nonsense", ["localhost"]), BAD),
    (lambda: choices.public_address(URL, ["*"]), MIND),
    (lambda: https(URL), GOOD),
    (lambda: https(URL, secure=False), BAD),
    (lambda: https("http://dvc.tinh.example"), BAD),
    (lambda: https("http://dvc.tinh.example", secure=False), BAD),
    (lambda: https("http://dvc.tinh.example", secure=False, demo=True), GOOD),
    (lambda: https("http://localhost:8000", secure=False), GOOD),
    (lambda: choices.proxies(1, trusts_forwarded=True), GOOD),
    (lambda: choices.proxies(0, trusts_forwarded=False), GOOD),
    (lambda: choices.proxies(0, trusts_forwarded=True), BAD),
    (lambda: choices.proxies(1, trusts_forwarded=False), MIND),
    (lambda: demonstration(demo=True, real=False, people=12), GOOD),
    (lambda: demonstration(demo=False, real=True, people=0), GOOD),
    (lambda: demonstration(demo=True, real=True, people=0), BAD),
    (lambda: demonstration(demo=False, real=True, people=3), BAD),
    (lambda: choices.secrets({"TINHSO_X": "k1"}, is_production=True), GOOD),
    (lambda: choices.secrets({"TINHSO_X": PUBLISHED}, is_production=False), GOOD),
    (lambda: choices.secrets({"TINHSO_X": PUBLISHED}, is_production=True), BAD),
    (lambda: choices.key_ring(TEST_RING, is_production=False), GOOD),
    (lambda: choices.key_ring("a.Real", is_production=True), GOOD),
    (lambda: choices.key_ring(TEST_RING, is_production=True), BAD),
    (lambda: choices.sensitive_answers(0, are_sealed=False), GOOD),
    (lambda: choices.sensitive_answers(2, are_sealed=True), GOOD),
    (lambda: choices.sensitive_answers(2, are_sealed=False), MIND),
    (lambda: choices.scanner("tinhso.adapters.clamd.ClamdScanner", is_production=True), GOOD),
    (lambda: choices.scanner(TEST_SCANNER, is_production=True), BAD),
    (lambda: choices.second_factor(is_on=True, is_production=True), GOOD),
    (lambda: choices.second_factor(is_on=False, is_production=True), BAD),
    (lambda: choices.metrics_token(""), GOOD),
    (lambda: choices.metrics_token("x" * 32), GOOD),
    (lambda: choices.metrics_token("short"), MIND),
    (lambda: database.reachable(""), GOOD),
    (lambda: database.reachable("connection refused"), BAD),
    (lambda: database.reachable("unable to open database file", "sqlite"), BAD),
    (lambda: database.server_version(150004), GOOD),
    (lambda: database.server_version(130010), BAD),
    (lambda: database.migrations([], 0), GOOD),
    (lambda: database.migrations([], 2), MIND),
    (lambda: database.migrations(["journal.0004"], 0), BAD),
    (lambda: database.may_create(can=True), GOOD),
    (lambda: database.may_create(can=False), BAD),
    (lambda: database.encoding("UTF8"), GOOD),
    (lambda: database.encoding("SQL_ASCII"), BAD),
    (lambda: database.collation("2.36", "2.36"), GOOD),
    (lambda: database.collation("2.31", "2.36"), MIND),
    (lambda: database.durability("synchronous_commit", "on"), GOOD),
    (lambda: database.durability("synchronous_commit", "off"), BAD),
    (lambda: database.durability("fsync", "off"), BAD),
    (lambda: database.durability("synchronous", "2"), GOOD),
    (lambda: database.durability("synchronous", "1"), BAD),
    (lambda: database.clock(0.2), GOOD),
    (lambda: database.clock(-5), MIND),
    (lambda: database.clock(3600), BAD),
    (lambda: database.time_zone("UTC"), GOOD),
    (lambda: database.time_zone("Asia/Ho_Chi_Minh"), BAD),
    (lambda: database.connections(100, 4), GOOD),
    (lambda: database.connections(20, 4), MIND),
    (lambda: running.worker(ago(seconds=FRESH - 1), AT), GOOD),
    (lambda: running.worker(ago(seconds=FRESH + 1), AT), BAD),
    (lambda: running.worker(None, AT), BAD),
    (lambda: running.versions([of_version("1"), of_version("1")]), GOOD),
    (lambda: running.versions([]), GOOD),
    (lambda: running.versions([of_version("1"), of_version("2")]), MIND),
    (lambda: running.late("outbox_oldest_seconds", 3), GOOD),
    (lambda: running.late("outbox_oldest_seconds", 301), BAD),
    (lambda: running.late("mail_late_seconds", 301), GOOD),
    (lambda: running.late("payments_late_seconds", 3000), BAD),
    (lambda: running.dead_letters(0), GOOD),
    (lambda: running.dead_letters(2), MIND),
    (lambda: running.verified(Stamp(ago(days=1), is_fine=True, note=""), AT), GOOD),
    (lambda: running.verified(Stamp(ago(days=30), is_fine=True, note=""), AT), MIND),
    (lambda: running.verified(Stamp(ago(days=1), is_fine=False, note="leaf_changed"), AT), BAD),
    (lambda: running.verified(None, AT), MIND),
    (lambda: running.backup(Stamp(ago(hours=20), is_fine=True, note=""), AT), GOOD),
    (lambda: running.backup(Stamp(ago(days=3), is_fine=True, note=""), AT), MIND),
    (lambda: running.backup(Stamp(ago(hours=1), is_fine=False, note="disk full"), AT), BAD),
    (lambda: running.backup(None, AT), MIND),
    (lambda: running.certificate(("k", "k"), ago(days=-90), AT), GOOD),
    (lambda: running.certificate(("k", "k"), None, AT), GOOD),
    (lambda: running.certificate(("k", "k"), ago(days=-9), AT), MIND),
    (lambda: running.certificate(("k", "k"), ago(days=1), AT), BAD),
    (lambda: outside.reached("x", "a:1", "", ("s", "m"), is_needed=True), GOOD),
    (lambda: outside.reached("x", "a:1", "refused", ("s", "m"), is_needed=False), MIND),
    (lambda: outside.reached("x", "a:1", "refused", ("s", "m"), is_needed=True), BAD),
]


@pytest.mark.parametrize(("check", "level"), CASES)
def test_a_check_says_how_bad_it_is_and_what_to_do(check: Callable[[], Finding], level: Level):
    finding = check()
    assert finding.level is level, finding
    assert finding.vi
    assert finding.en
    assert bool(finding.do_vi and finding.do_en) is (level is not GOOD)


def test_every_check_has_its_good_and_its_bad_case():
    """Of every public function of the four modules that returns a finding."""
    text = Path(__file__).read_text(encoding="utf-8")
    for module in (machine, choices, database, running):
        for name, function in vars(module).items():
            if (
                getattr(function, "__annotations__", {}).get("return") == "Finding"
                and function.__module__ == module.__name__
            ):
                assert f"{module.__name__.rpartition('.')[2]}.{name}" in text or name == "adapter", name


def test_the_data_folder(tmp_path: Path):
    tmp_path.chmod(0o700)
    assert machine.data_folder(tmp_path).level is GOOD
    tmp_path.chmod(0o755)
    assert machine.data_folder(tmp_path).level is MIND
    assert machine.data_folder(tmp_path / "none").level is BAD


def test_a_data_folder_that_cannot_be_written(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere
    assert machine.data_folder(tmp_path).level is BAD


def test_the_secret_key(tmp_path: Path):
    path = tmp_path / "secret-key"
    assert machine.secret_key(path, "").level is MIND
    path.touch(mode=0o600)
    assert machine.secret_key(path, "").level is GOOD
    path.chmod(0o644)
    assert machine.secret_key(path, "").level is BAD
    assert machine.secret_key(path, "x" * 60).level is GOOD
    assert machine.secret_key(path, "short").level is BAD


@pytest.mark.parametrize(
    ("address", "place"),
    [("a:25", ("a", 25)), ("http://a/x", ("a", 80)), ("https://a", ("a", 443)), ("redis://:pw@a/0", ("a", 6379))],
)
def test_the_place_of_an_address(address, place):
    assert outside.place_of(address) == place


@pytest.mark.parametrize("address", ["a", "", "unknown://a"])
def test_an_address_without_a_place_is_told(address):
    assert outside.greet(address).startswith("ValueError")


def test_a_greeting(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = f"127.0.0.1:{server.getsockname()[1]}"
        assert outside.greet(place) == ""
        assert gathering.heard_on(server.getsockname()[1]) == "other"
    assert "refused" in outside.greet(place)
    assert outside.greet(str(tmp_path / "no.sock"))


def test_a_greeting_that_is_another(monkeypatch):
    ours, theirs = socket.socketpair()
    monkeypatch.setattr(outside, "_connected", lambda _address: ours)
    theirs.sendall(b"554 go away")
    assert "554" in outside.greet("x:25", expected=b"220")


@pytest.mark.django_db
def test_stamps_are_kept_whole(settings, tmp_path: Path):
    settings.DATA_DIR = tmp_path
    assert get_stamp("backup") is None
    put_stamp("backup", at=AT, is_fine=True, note="12 MB")
    assert get_stamp("backup") == Stamp(AT, is_fine=True, note="12 MB")
    (tmp_path / "stamps" / "backup.json").write_text("{")
    assert get_stamp("backup") is None
    assert verify_and_stamp(AT).ok
    assert get_stamp(VERIFIED) == Stamp(AT, is_fine=True, note="")


@pytest.mark.django_db
def test_everything_is_examined_on_the_database_of_the_tests(settings, tmp_path: Path):
    found = list(gathering.examine(port=1))
    said = " ".join(finding.en for finding in found)
    for part in ("Python", "Public address", "The database answers", "Tables are of this version", "VNeID", "SMTP"):
        assert part in said
    assert "synchronous" in said


SCRIPT = "import sys; from tinhso.site.launch.__main__ import main; sys.exit(main(['doctor', *sys.argv[1:]]))"


def examined(data: Path, **world: str) -> subprocess.CompletedProcess[str]:
    world = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TINHSO_DATA": str(data), **world}
    command = [sys.executable, "-c", SCRIPT, "--port", "1"]
    return subprocess.run(command, env=world, capture_output=True, text=True, check=False)


def test_the_verb_in_production_names_what_belongs_to_a_demonstration(tmp_path: Path):
    world = {"DJANGO_SETTINGS_MODULE": "tinhso.site.settings.prod", "TINHSO_DEMONSTRATION": "1"}
    done = examined(tmp_path, **world, TINHSO_DATABASE=f"sqlite:///{tmp_path}/gone/x.sqlite3")
    assert done.returncode == 2, done.stderr
    for part in ("Signing keys: still the stand-in", "TINHSO_VNEID_SECRET", "TINHSO_PROXIES=0", "nobody can sign in"):
        assert part in done.stdout
    assert "The database does not answer" in done.stdout
    assert "Khóa ký: còn bản thử" in done.stdout


def test_what_a_greeting_does_not_tell_is_tried_with_name_and_password():
    """A password of Redis is tried; why a line cannot be opened is said, without the address that holds the password."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def refuse() -> None:
            line, _who = server.accept()
            with line:
                while line.recv(4096):
                    line.sendall(b"-WRONGPASS invalid username-password pair\r\n")

        threading.Thread(target=refuse, daemon=True).start()
        said = outside.redis(f"redis://:dung-mat-khau@127.0.0.1:{port}/0")
    assert said
    assert "dung-mat-khau" not in said
    assert outside.opened(lambda: None) == ""

    def fails() -> None:
        raise ConnectionError("ACCESS_REFUSED")

    assert outside.opened(fails) == "ConnectionError: ACCESS_REFUSED"


def test_a_broker_that_greets_and_refuses_the_password_is_told(settings, tmp_path: Path, monkeypatch):
    settings.DATA_DIR = tmp_path
    settings.BROKER = "amqp://tinhso:sai@127.0.0.1:5672/tinh"
    tried = []

    def refused(url: str) -> None:
        tried.append(url)
        raise ConnectionError("ProbableAuthenticationError")

    monkeypatch.setattr(gathering, "try_line", refused)
    monkeypatch.setattr(outside, "greet", lambda *_asked, **_more: "")
    monkeypatch.setattr(outside, "discovery", lambda *_asked, **_more: "")
    found = [one for one in gathering._outside() if "AMQP" in one.en]
    assert [one.level for one in found] == [BAD]
    assert "ProbableAuthenticationError" in found[0].en
    assert "sai" not in found[0].en
    assert tried == [settings.BROKER]


def test_a_bucket_that_is_not_ours_is_told(settings, tmp_path: Path, monkeypatch):
    settings.DATA_DIR = tmp_path
    settings.FILES = "s3://KEY:bi-mat@127.0.0.1:1/kho?secure=0"
    settings.FILE_STORE = "tinhso.adapters.s3.S3Store"
    monkeypatch.setattr(outside, "greet", lambda *_asked, **_more: "")
    monkeypatch.setattr(outside, "discovery", lambda *_asked, **_more: "")
    found = [one for one in gathering._outside() if one.en.startswith("S3")]
    assert [one.level for one in found] == [BAD]
    assert "bi-mat" not in found[0].en
