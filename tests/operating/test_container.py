"""What goes into the image: the program, and nothing that lies beside it where the image is built."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml
from tests.operating import debian

ROOT = debian.ROOT
FOLDER = ROOT / "deploy" / "container"
IGNORED = ROOT / ".dockerignore"
SECRET = (
    "deploy/container/env",
    "deploy/container/tls/key.pem",
    "deploy/container/tls/fullchain.pem",
    "deploy/env.example",
    ".git/config",
    ".git/objects/pack/a.pack",
    "var/data/db.sqlite3",
    "var/data/sealing-keys.json",
    ".venv/bin/python",
    ".env",
    "env",
    "backup.tar",
    "provinces/quang-nam/env",
    "provinces/quang-nam/tls/key.pem",
    "src/tinhso/site/.env",
    "src/tinhso/site/prod.env",
    "tools/var/sealing-keys.json",
    "src/db.sqlite3-wal",
)


def is_left_out(path: str) -> bool:
    """Tell whether a file stays out, by the rules of Docker: the last pattern that fits it, or a folder above it, decides."""
    left_out = False
    for line in IGNORED.read_text("utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        pattern = _expression(line.removeprefix("!").strip("/"))
        parts = path.split("/")
        if any(pattern.fullmatch("/".join(parts[:depth])) for depth in range(1, len(parts) + 1)):
            left_out = not line.startswith("!")
    return left_out


def _expression(glob: str) -> re.Pattern[str]:
    """Return a pattern of the ignore file as an expression: `**` any number of folders, also none; `*` within one name."""
    written = re.escape(glob).replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*").replace(r"\?", "[^/]")
    return re.compile(written)


def copied() -> set[str]:
    """Return what the Containerfile takes from where it is built, from its root."""
    lines = re.findall(r"^(?:COPY|ADD) (.*)$", (FOLDER / "Containerfile").read_text("utf-8"), re.MULTILINE)
    return {name for line in lines for name in line.split()[:-1]}


def tracked(*under: str) -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", *under], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return [name for name in listed.split("\0") if name]


@pytest.mark.parametrize("path", SECRET)
def test_what_is_secret_stays_out_of_the_image(path):
    assert is_left_out(path)


def test_what_the_composition_keeps_beside_it_stays_out():
    composed = yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))
    ours = composed["x-tinhso"]
    assert (FOLDER / ours["build"]["context"]).resolve() == ROOT, "the ignore file lies where the image is built from"
    beside = [ours["env_file"], *(volume.partition(":")[0] for volume in composed["services"]["proxy"]["volumes"])]
    own = [(FOLDER / name).resolve().relative_to(ROOT).as_posix() for name in beside if name.startswith(("./", "env"))]
    assert {"deploy/container/env", "deploy/container/tls/key.pem"} <= set(own)
    assert [name for name in own if not is_left_out(name)] == []


def test_the_image_is_made_of_names_and_all_of_them_are_there():
    names = copied()
    assert names.isdisjoint({".", "./", "*", "deploy", "var", ".git"})
    assert [name for name in names if is_left_out(name) or not (ROOT / name).exists()] == []
    allowed = {line[1:] for line in IGNORED.read_text("utf-8").splitlines() if line.startswith("!")}
    assert allowed == names
    assert [name for name in tracked(*sorted(names)) if is_left_out(name)] == []


def test_no_other_ignore_file_goes_before_it():
    """Docker prefers one named like the Containerfile, podman one of its own name."""
    assert not [
        *FOLDER.glob("*ignore"),
        *(ROOT / name for name in (".containerignore",) if Path(ROOT / name).exists()),
    ]
