"""One page: made an image, judged, turned the right way up, straightened, read."""

from __future__ import annotations

import csv
import io
import itertools
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps, ImageStat, UnidentifiedImageError

from tinhso.kernel.documents.scans.tools import LANGUAGE, ToolError, run

DPI = 200
LONGEST_SIDE = 3000
"""Points: A4 at 250 dpi. More makes reading slower and no better."""
DARK = 70
"""Mean grey, of 255, below which nothing can be told from the ground."""
LEAST_INK = 0.0006
"""Share of dark points below which a page is blank: dust and the edge of the paper are less."""
LEAST_CONFIDENCE = 45.0
"""Mean confidence below which what was read is no text: a photograph, handwriting, a blur."""
SURE_OF_TURN = 2.0
STEEPEST, STEP = 6.0, 0.25
INK = 140
"""Grey below which a point is a letter, when a page is straightened."""
_SMALL = 700


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its place on the page, in thousandths of width and height, and how sure it is, of 100."""

    text: str
    confidence: float
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class PageRead:
    """What became of a page: `read`, `blank`, `dark`, `unclear` (hardly any text), `failed`; how it was turned; its words."""

    outcome: str
    turned: int = 0
    skew: float = 0.0
    confidence: float = 0.0
    words: list[Word] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {**asdict(self), "words": [[w.text, w.confidence, w.x, w.y, w.width, w.height] for w in self.words]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> PageRead:
        """Return it from JSON."""
        return cls(**{**data, "words": [Word(*word) for word in data["words"]]})


def read_page(source: Path, media_type: str, number: int, folder: Path) -> tuple[PageRead, bytes]:
    """Read one page (from 1); return what was found and the page as searchable PDF, empty where there is none. Raises nothing of ours."""
    try:
        image = _image(source, media_type, number, folder)
    except (ToolError, OSError, ValueError, UnidentifiedImageError, Image.DecompressionBombError):
        return PageRead("failed"), b""
    with image:
        outcome = judge(image)
        if outcome != "read":
            return PageRead(outcome), b""
        try:
            return _recognise(image, folder)
        except ToolError:
            return PageRead("failed"), b""


def _image(source: Path, media_type: str, number: int, folder: Path) -> Image.Image:
    if media_type == "application/pdf":
        size = ("-scale-to", str(LONGEST_SIDE))
        run(
            "pdftoppm",
            "-gray",
            "-r",
            str(DPI),
            "-f",
            str(number),
            "-l",
            str(number),
            *size,
            "-singlefile",
            source,
            "page",
            folder=folder,
        )
        source = folder / "page.pgm"
    opened = Image.open(source)
    opened.draft("L", (LONGEST_SIDE, LONGEST_SIDE))
    grey = ImageOps.exif_transpose(opened).convert("L")
    grey.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return grey


def judge(image: Image.Image) -> str:
    """Tell whether there is anything to read: `read`, `blank` or `dark`."""
    small = image.copy()
    small.thumbnail((_SMALL, _SMALL))
    mean = ImageStat.Stat(small).mean[0]
    if mean < DARK:
        return "dark"
    edge = max(small.size) // 40
    inner = small.crop((edge, edge, small.width - edge, small.height - edge))
    border = max(mean - 55, DARK)
    ink = sum(inner.histogram()[: int(border)]) / (inner.width * inner.height)
    return "blank" if ink < LEAST_INK else "read"


def _recognise(image: Image.Image, folder: Path) -> tuple[PageRead, bytes]:
    turned = _turn(image, folder)
    upright = image.rotate(-turned, expand=True, fillcolor=255) if turned else image
    skew = skew_of(upright)
    if skew:
        upright = upright.rotate(skew, resample=Image.Resampling.BICUBIC, fillcolor=255)
    straight = folder / "straight.jpg"
    upright.save(straight, quality=78, dpi=(DPI, DPI))
    run("tesseract", straight, "out", "-l", LANGUAGE, "--psm", "3", "--dpi", str(DPI), "pdf", "tsv", folder=folder)
    words = words_of((folder / "out.tsv").read_text(encoding="utf-8"), *upright.size)
    mean = sum(word.confidence for word in words) / len(words) if words else 0.0
    outcome = "read" if words and mean >= LEAST_CONFIDENCE else "unclear"
    return PageRead(outcome, turned, skew, round(mean, 1), words), (folder / "out.pdf").read_bytes()


def _turn(image: Image.Image, folder: Path) -> int:
    """Return by how many degrees clockwise a page must be turned to stand upright; 0 when it cannot be told."""
    asked = folder / "turn.png"
    small = image.copy()
    small.thumbnail((1600, 1600))
    small.save(asked)
    try:
        said = run("tesseract", asked, "-", "--psm", "0", "-l", "osd", "--dpi", str(DPI), folder=folder)
    except ToolError:
        return 0  # too few letters to tell
    turn, sure = re.search(r"Rotate: (\d+)", said), re.search(r"Orientation confidence: ([\d.]+)", said)
    return int(turn[1]) if turn and sure and float(sure[1]) >= SURE_OF_TURN else 0


def skew_of(image: Image.Image) -> float:
    """Return by how many degrees to turn a page anticlockwise so that its lines lie level; 0 for nearly so."""
    small = image.copy()
    small.thumbnail((_SMALL, _SMALL))
    dark = small.point([255 if grey < INK else 0 for grey in range(256)])
    angles = [step * STEP for step in range(int(-STEEPEST / STEP), int(STEEPEST / STEP) + 1)]
    best = max(angles, key=lambda angle: (_levelness(dark, angle), -abs(angle)))
    return 0.0 if abs(best) < 2 * STEP else best


def _levelness(dark: Image.Image, angle: float) -> float:
    """Return how much rows of a page differ: most when lines of text lie level, between white."""
    rows = dark.rotate(angle, fillcolor=0).resize((1, dark.height), Image.Resampling.BOX).tobytes()
    return float(sum((one - two) ** 2 for one, two in itertools.pairwise(rows)))


def words_of(tsv: str, width: int, height: int) -> list[Word]:
    """Return the words of tesseract's table, in reading order, without what is no letter."""
    found = []
    for row in csv.DictReader(io.StringIO(tsv), delimiter="\t", quoting=csv.QUOTE_NONE):
        text = (row.get("text") or "").strip()
        if row.get("level") != "5" or not any(sign.isalnum() for sign in text):
            continue
        left, top, wide, high = (int(row[name]) for name in ("left", "top", "width", "height"))
        place = (left * 1000 // width, top * 1000 // height, wide * 1000 // width, high * 1000 // height)
        found.append(Word(text, round(float(row["conf"]), 1), *place))
    return found
