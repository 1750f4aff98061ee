"""What we ship for running it: read by the programs it is meant for, and in step with our own verbs and variables."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml
from tests.operating import debian, proxy

from tinhso.base.env import DECLARED
from tinhso.site.launch.__main__ import VERBS

DEPLOY = debian.ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
EXPOSED_AT_MOST = 25
"""Of systemd's hundred tenths of exposure; what is left is the network, which a web needs."""


def test_nginx_accepts_the_configuration(tmp_path: Path):
    server = debian.program("nginx")
    main = proxy.configure(tmp_path, tmp_path / "run", *proxy.free_ports(2), (8001, 8002))
    command = [str(server), "-t", "-p", str(tmp_path), "-c", str(main), "-e", str(tmp_path / "error.log")]
    done = subprocess.run(command, env=debian.environment("nginx"), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr


@pytest.mark.parametrize(
    ("address", "status"),
    [
        *(("/", 301), ("/thu-tuc/?q=khai+sinh", 301), ("/oidc/authorize?client_id=x", 301)),
        *(("/.well-known/acme-challenge/x", 301), ("/apixy/", 301)),
        *(("/api/procedures", 403), ("/api", 403), ("/scim/v2/Users", 403), ("/oidc/token", 403)),
        *(("/oidc/jwks.json", 403), ("/.well-known/openid-configuration", 403), ("/truc-tiep/", 403)),
    ],
)
def test_without_tls_pages_lead_on_and_programs_are_refused(plain: int, address: str, status: int):
    answer = httpx.get(f"http://127.0.0.1:{plain}{address}", headers={"Host": "localhost"}, follow_redirects=False)
    assert answer.status_code == status
    assert answer.headers.get("location") == (f"https://localhost{address}" if status == 301 else None)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port without TLS of the nginx that we ship."""
    folder = tmp_path_factory.mktemp("plain")
    http, https = proxy.free_ports(2)
    with proxy.serving(proxy.configure(folder, folder / "run", http, https, (8001, 8002)), http):
        yield http


def systemd(*words: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed: this machine is not run by systemd")
    return subprocess.run([program, *words], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_accepts_the_unit(unit: Path, tmp_path: Path):
    text = unit.read_text(encoding="utf-8").replace("/opt/tinhso/current/", f"{debian.ROOT}/")
    made = tmp_path / unit.name.replace("@", "@1")
    made.write_text(text, encoding="utf-8")
    done = systemd("verify", "--man=no", str(made))
    said = [line for line in done.stderr.splitlines() if made.name in line]
    assert (done.returncode, said) == (0, []), done.stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_is_closed_in(unit: Path):
    done = systemd("security", "--offline=yes", f"--threshold={EXPOSED_AT_MOST}", "--no-pager", str(unit))
    assert done.returncode == 0, done.stdout[-600:] + done.stderr


def test_the_timer_starts_what_there_is():
    assert (DEPLOY / "systemd" / "tinhso-verify.service").exists()
    assert systemd("calendar", "*-*-* 02:30:00 Asia/Ho_Chi_Minh").returncode == 0
    assert "OnCalendar=*-*-* 02:30:00 Asia/Ho_Chi_Minh" in (DEPLOY / "systemd" / "tinhso-verify.timer").read_text()


def test_units_run_verbs_that_there_are():
    started = [
        verb for unit in UNITS for verb in re.findall(r"^ExecStart=\S+/tinhso (\w+)", unit.read_text(), re.MULTILINE)
    ]
    assert len(started) == 5
    assert set(started) <= set(VERBS)


def test_the_example_of_settings_names_variables_that_there_are():
    text = (DEPLOY / "env.example").read_text(encoding="utf-8")
    named = re.findall(r"^(TINHSO_\w+)=", text, re.MULTILINE)
    assert len(named) > 15
    assert [name for name in named if name not in DECLARED] == []


def test_the_composition_names_what_there_is():
    composed = yaml.safe_load((DEPLOY / "container" / "compose.yaml").read_text(encoding="utf-8"))
    ours = {name: service for name, service in composed["services"].items() if service["image"] == "tinhso"}
    assert set(ours) == {"prepare", "web1", "web2", "worker", "live"}
    for name, service in ours.items():
        assert service["command"][0] in VERBS, name
        for volume in service["volumes"]:
            source = volume.partition(":")[0]
            assert source.startswith("./") or source in composed["volumes"]
        for needed in service["depends_on"]:
            assert needed in composed["services"]
    ports = {service["command"][service["command"].index("--port") + 1] for service in (ours["web1"], ours["web2"])}
    assert ports == set(re.findall(r"^    server 127\.0\.0\.1:(\d+)", proxy.SHIPPED.read_text(), re.MULTILINE))
    shipped = composed["services"]["proxy"]["volumes"][0].partition(":")[0]
    assert (DEPLOY / "container" / shipped).resolve() == proxy.SHIPPED
