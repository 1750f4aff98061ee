"""Verbs that check and measure: test, lint, bench, faults."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
BIN = Path(sys.executable).parent


def run(verb: str, arguments: list[str]) -> int:
    """Run one of test, lint, bench, faults."""
    return {"test": test, "lint": lint, "bench": bench, "faults": faults}[verb](arguments)


def _call(*command: str, **extra: str) -> int:
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **extra}, check=False).returncode  # noqa: S603 - our own words


def test(arguments: list[str]) -> int:
    """
    Run the tests in three processes, then those that drive a browser; arguments, if any, go to one pytest run.

    `test --whole` adds those that start the program, or a database, and wait: minutes more, one process for them.
    """
    settings = {"DJANGO_SETTINGS_MODULE": "tinhso.site.settings.test"}
    pytest = [str(BIN / "python"), "-m", "pytest"]
    whole = arguments == ["--whole"]
    if arguments and not whole:
        return _call(*pytest, *arguments, **settings)
    spread = ("--dist", "loadgroup", "-n")
    # a browser keeps a loop running in its process, in which nothing else may start one: it goes second, by itself
    plain = _call(*pytest, *spread, "3", *arguments, "-m", "not browser", **settings)
    return _call(*pytest, *spread, "2", *arguments, "-m", "browser", **settings) or plain


LINTS: tuple[tuple[str, ...], ...] = (
    ("ruff", "check"),
    ("ruff", "format", "--check"),
    ("lint-imports",),
    ("python", "-m", "django", "check"),
    ("python", "-m", "django", "makemigrations", "--check", "--dry-run"),
    ("mypy",),
)


def lint(arguments: list[str]) -> int:
    """Run every check, all of them even when one fails; `lint ruff` runs those that name it."""
    failed = 0
    for command in LINTS:
        if arguments and not set(command).intersection(arguments):
            continue
        sys.stdout.write(f"— {' '.join(command)}\n")
        sys.stdout.flush()
        with tempfile.TemporaryDirectory(prefix="tinhso-lint-") as data:
            failed |= _call(str(BIN / command[0]), *command[1:], TINHSO_DATA=data)
    return failed


def bench(arguments: list[str]) -> int:
    """Run one benchmark of `bench/` by name, or list them."""
    known = sorted(path.stem for path in (ROOT / "bench").glob("*.py") if not path.stem.startswith("_"))
    if not arguments or arguments[0] not in known:
        sys.stdout.write("\n".join(["./tinhso bench NAME", *[f"  {name}" for name in known], ""]))
        return 0 if not arguments or arguments[0] == "list" else 2
    return _call(str(BIN / "python"), str(ROOT / "bench" / f"{arguments[0]}.py"), *arguments[1:])


def faults(arguments: list[str]) -> int:
    """Run a long round of faults: a load, something killed at random all the time or the disk full, then the checker."""
    parser = argparse.ArgumentParser(prog="./tinhso faults")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=900, help="at most so long")
    parser.add_argument("--seed", type=int, default=47, help="another number, other kills")
    parser.add_argument("--postgresql", action="store_true", help="on a PostgreSQL of its own, which is killed too")
    parser.add_argument("--empty", action="store_true", help="without demonstration and sandbox")
    parser.add_argument(
        "--full-disk", action="store_true", help="nothing is killed: the disk runs full, and gets room again"
    )
    parser.add_argument("--refusals", type=int, default=200, help="how many are told so, with --full-disk")
    options = parser.parse_args(arguments)
    said = {
        "FAULTS_REFUSALS": str(options.refusals // 4),
        "FAULTS_KILLS": str(options.kills),
        "FAULTS_SECONDS": str(options.seconds),
        "FAULTS_SEED": str(options.seed),
        "FAULTS_POSTGRESQL": str(int(options.postgresql)),
        "FAULTS_SANDBOX": str(int(not options.empty)),
        "DJANGO_SETTINGS_MODULE": "tinhso.site.settings.test",
    }
    which = "test_disk_full" if options.full_disk else "test_killed"
    return _call(str(BIN / "python"), "-m", "pytest", "-s", f"tests/faults/{which}.py", **said)
