"""Pictures made by the build: the icon sprite, the drum, and the icons of the installed site. No file is drawn by hand."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator
from pathlib import Path

TURN = 2 * math.pi
IN_TEMPLATES = re.compile(r"""\bicon\s+["']([a-z0-9-]+)["']|\bicon(?:_after)?=["']([a-z0-9-]+)["']""")
IN_PYTHON = re.compile(
    r"""\bicon(?:_after)?(?:: str)?\s*=\s*["']([a-z0-9-]+)["']|["']icon["']:\s*["']([a-z0-9-]+)["']"""
)
IN_PACKS = re.compile(r"""(?:^|[\s{,-])icon:\s*["']?([a-z0-9-]+)""", re.MULTILINE)
RED, GOLD = "#8e1018", "#ffc52e"


def _constants(source: str) -> Iterator[str]:
    """Yield the strings inside every assignment to a name that ends in ICONS or KINDS: icons chosen in Python."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a file that cannot run shows no icon; the linter tells of it
        return
    for node in ast.walk(tree):
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        named = any(isinstance(t, ast.Name) and t.id.endswith(("ICONS", "TASK_KINDS")) for t in targets)
        if named and node.value is not None:
            yield from (
                n.value for n in ast.walk(node.value) if isinstance(n, ast.Constant) and isinstance(n.value, str)
            )


def names_in(file: Path) -> tuple[set[str], set[str]]:
    """Return the icons a file asks for by name, and the strings that may be icons."""
    text = file.read_text()
    pattern = {".html": IN_TEMPLATES, ".py": IN_PYTHON, ".yaml": IN_PACKS}[file.suffix]
    sure = {next(filter(None, match.groups())) for match in pattern.finditer(text)}
    likely = set(_constants(text)) if file.suffix == ".py" and "ICONS" in text else set()
    return sure, likely


def sprite(root: Path, sources: list[Path], out: Path) -> None:
    """Write icons.svg with the icons that templates, Python and packs name. Exits when a template names one that is not there."""
    shelf = root / "node_modules" / "lucide-static" / "icons"
    wanted: set[str] = set()
    faults: list[str] = []
    for file in sources:
        if "tests" in file.parts or not file.exists():
            continue
        sure, likely = names_in(file)
        faults += [
            f"{file.relative_to(root)}: no icon {name!r}" for name in sure if not (shelf / f"{name}.svg").exists()
        ]
        wanted |= {name for name in sure | likely if (shelf / f"{name}.svg").exists()}
    if faults:
        raise SystemExit("\n".join(sorted(faults)))
    parts = ['<svg xmlns="http://www.w3.org/2000/svg">']
    for name in sorted(wanted):
        text = re.sub(r"<!--.*?-->", "", (shelf / f"{name}.svg").read_text(), flags=re.DOTALL)
        inner = re.sub(r"\s+", " ", text.split(">", 1)[1].rsplit("</svg>", 1)[0]).strip()
        parts.append(f'<symbol id="{name}" viewBox="0 0 24 24">{inner}</symbol>')
    (out / "icons.svg").write_text("".join(parts) + "</svg>\n")


def _at(radius: float, angle: float, centre: float) -> str:
    return f"{centre + radius * math.sin(angle):.1f} {centre - radius * math.cos(angle):.1f}"


def _star(points: int, inner: float, outer: float, centre: float) -> str:
    """Return the path of a star with its first ray upwards."""
    corners = [_at(inner if k % 2 else outer, TURN * k / (2 * points), centre) for k in range(2 * points)]
    return "M" + "L".join(corners) + "Z"


def _rings(radii: tuple[int, ...], centre: float) -> str:
    return "".join(f'<circle cx="{centre:g}" cy="{centre:g}" r="{r}"/>' for r in radii)


def _beads(count: int, ring: float, radius: float, centre: float, extra: str = "") -> str:
    made = []
    for k in range(count):
        x, y = _at(ring, TURN * k / count, centre).split()
        made.append(f'<circle cx="{x}" cy="{y}" r="{radius}"{extra}/>')
    return "".join(made)


def mark_inside() -> str:
    """Return the small drum in a box of 100: star, two rings, a circle of beads."""
    return f'<path d="{_star(14, 12, 28, 50)}" fill="currentColor" stroke="none"/>{_rings((32, 45), 50)}' + _beads(
        28, 38.5, 2.3, 50, ' fill="currentColor" stroke="none"'
    )


def drum_inside() -> str:
    """Return the whole drum in a box of 200, after the Đông Sơn bronze drums: star, beads, saw teeth, birds in flight."""
    teeth = "".join(
        f"M{_at(48, TURN * k / 48, 100)}L{_at(59, TURN * (k + 0.5) / 48, 100)}L{_at(48, TURN * (k + 1) / 48, 100)}"
        for k in range(48)
    )
    birds = ""
    for k in range(14):
        a = TURN * k / 14
        birds += f"M{_at(66, a - 0.13, 100)}Q{_at(75, a, 100)} {_at(67, a + 0.15, 100)}"
        birds += (
            f"M{_at(69, a + 0.02, 100)}L{_at(73, a - 0.1, 100)}M{_at(68, a + 0.06, 100)}L{_at(64.5, a + 0.16, 100)}"
        )
    return (
        f'<path d="{_star(14, 9, 27, 100)}" fill="currentColor" stroke="none"/>'
        + _rings((30, 33, 44, 47, 60, 63, 74, 77, 90, 93, 98), 100)
        + _beads(36, 38.5, 2.6, 100)
        + f'<path d="{teeth}"/><path d="{birds}"/>'
        + _beads(56, 83.5, 3.2, 100)
        + _beads(56, 83.5, 0.8, 100)
    )


def marks(out: Path) -> None:
    """Write drum.svg (symbols `mark` and `drum`), favicon.svg and the PNG icons of the installed site."""
    out.mkdir(parents=True, exist_ok=True)
    line = 'fill="none" stroke="currentColor"'
    (out / "drum.svg").write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg"><symbol id="mark" viewBox="0 0 100 100"><g {line} stroke-width="2.5">'
        f'{mark_inside()}</g></symbol><symbol id="drum" viewBox="0 0 200 200"><g {line}>{drum_inside()}</g></symbol></svg>\n'
    )
    (out / "favicon.svg").write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><rect width="100" height="100" rx="20" fill="{RED}"/>'
        f'<g color="{GOLD}" {line} stroke-width="4" transform="translate(8 8) scale(.84)">'
        f'<path d="{_star(14, 12, 28, 50)}" fill="currentColor" stroke="none"/>{_rings((42,), 50)}</g></svg>\n'
    )
    for size in (180, 192, 512):
        _png(out / f"icon-{size}.png", size, share=0.86, round_corners=size != 180)  # noqa: PLR2004 - iOS rounds its own
    _png(out / "icon-maskable-512.png", 512, share=0.62, round_corners=False)


def _png(file: Path, size: int, *, share: float, round_corners: bool) -> None:
    """Draw the small drum, gold on red, four times too big, then shrink it: smooth edges without an SVG library."""
    from PIL import Image, ImageDraw

    big = size * 4
    picture = Image.new("RGBA", (big, big), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((0, 0, big - 1, big - 1), radius=big // 5 if round_corners else 0, fill=RED)
    unit, middle = big * share / 100, big / 2

    def point(radius: float, angle: float) -> tuple[float, float]:
        return middle + radius * unit * math.sin(angle), middle - radius * unit * math.cos(angle)

    draw.polygon([point(12 if k % 2 else 28, TURN * k / 28) for k in range(28)], fill=GOLD)
    for radius in (32, 45):
        reach, width = radius * unit, max(1, round(2.5 * unit))
        draw.ellipse((middle - reach, middle - reach, middle + reach, middle + reach), outline=GOLD, width=width)
    for k in range(28):
        x, y = point(38.5, TURN * k / 28)
        draw.ellipse((x - 2.3 * unit, y - 2.3 * unit, x + 2.3 * unit, y + 2.3 * unit), fill=GOLD)
    picture.resize((size, size), Image.Resampling.LANCZOS).save(file, optimize=True)
