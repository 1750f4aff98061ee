"""Colours: every pair that we print can be read; only tokens hold colours; a province cannot break that."""

import re
from pathlib import Path

import pytest

from tinhso.web import contrast, look

SCSS = Path(__file__).parents[1] / "front" / "scss"
TOKENS = dict(re.findall(r"--cq-([a-z0-9-]+): (#[0-9a-f]{6});", (SCSS / "_tokens.scss").read_text()))

TEXT = [
    ("trang", "son-900"), ("trang", "son-700"), ("trang", "son-800"), ("vang-500", "son-900"), ("vang-300", "son-700"),
    ("vang-500", "son-700"), ("muc-900", "vang-500"), ("muc-900", "vang-300"), ("son-800", "vang-300"),
    ("lam-700", "mat"), ("lam-700", "nen"), ("lam-700", "lam-50"), ("lam-700", "lam-100"), ("lam-800", "lam-50"),
    ("lam-800", "lam-100"), ("lam-700", "nen-desk"), ("trang", "lam-700"), ("trang", "lam-800"), ("muc-900", "nen"),
    ("muc-900", "nen-desk"), ("muc-900", "muc-100"), ("muc-700", "nen"), ("muc-700", "mat"), ("muc-700", "nen-desk"),
    ("muc-700", "muc-50"), ("muc-500", "mat"), ("muc-500", "nen"), ("muc-500", "muc-100"), ("muc-900", "focus"),
    ("ok", "ok-bg"), ("warn", "warn-bg"), ("late", "late-bg"), ("pause", "pause-bg"), ("info", "info-bg"),
    ("muc-900", "ok-bg"), ("muc-900", "warn-bg"), ("muc-900", "late-bg"), ("muc-900", "info-bg"), ("ok", "mat"),
    ("late", "mat"), ("trang", "late"), ("trang", "ok"), ("chan-chu", "chan"), ("trang", "chan"), ("vang-300", "chan"),
    ("vang-300", "muc-900"), ("lam-700", "warn-bg"), ("lam-700", "info-bg"), ("lam-700", "ok-bg"), ("lam-700", "late-bg"),
    ("son-700", "son-50"), ("son-700", "mat"), ("trang", "muc-900"), ("trang", "viewer-bar"), ("lam-800", "mat"),
]  # fmt: skip
LINES = [
    ("muc-500", "mat"), ("muc-500", "nen"), ("ok-line", "ok-bg"), ("warn-line", "warn-bg"), ("late-line", "late-bg"),
    ("info-line", "info-bg"), ("pause-line", "pause-bg"), ("son-600", "mat"), ("son-600", "son-50"), ("lam-700", "muc-200"),
    ("ok-line", "mat"), ("warn-line", "mat"), ("late-line", "mat"), ("muc-900", "focus"), ("ok-sang", "muc-900"),
]  # fmt: skip


@pytest.mark.parametrize(("front", "back"), TEXT)
def test_text_can_be_read(front, back):
    assert contrast.ratio(TOKENS[front], TOKENS[back]) >= 4.5


@pytest.mark.parametrize(("front", "back"), LINES)
def test_edges_of_controls_and_icons_can_be_seen(front, back):
    assert contrast.ratio(TOKENS[front], TOKENS[back]) >= 3


def test_contrast_is_what_the_standard_says():
    assert contrast.ratio("#000000", "#ffffff") == pytest.approx(21)
    assert contrast.ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    with pytest.raises(ValueError, match="not #rrggbb"):
        contrast.luminance("red")


def test_only_tokens_hold_colours():
    found = [
        f"{file.name}: {line.strip()}"
        for file in sorted(SCSS.rglob("*.scss"))
        if file.name not in {"_tokens.scss", "_govuk.scss"}
        for line in file.read_text().splitlines()
        if re.search(r"#[0-9a-fA-F]{3,8}\b(?!\{)", line.split("//")[0])
    ]
    assert found == []


def test_every_token_that_is_used_is_there():
    names = set(re.findall(r"--cq-([a-z0-9-]+):", (SCSS / "_tokens.scss").read_text()))
    used = {name for file in SCSS.rglob("*.scss") for name in re.findall(r"var\(--cq-([a-z0-9-]+)", file.read_text())}
    assert sorted(used - names) == []


def test_what_a_province_may_change_are_our_tokens():
    assert {name: TOKENS[name] for name in look.BRANDABLE} == look.BRANDABLE
    assert look.theme_faults({}) == []


def test_a_province_may_choose_another_red():
    css = look.theme_css({"son-700": "#0b4f3e", "son-800": "#083b2e", "son-900": "#04241c"})
    assert css == "@layer province{:root{--cq-son-700:#0b4f3e;--cq-son-800:#083b2e;--cq-son-900:#04241c;}}\n"


@pytest.mark.parametrize(
    ("tokens", "says"),
    [
        ({"lam-700": "#ff0000"}, "lam-700: not a token a province may set"),
        ({"son-700": "red;}body{display:none"}, "is not #rrggbb"),
        ({"son-700": "#ffcccc"}, "#ffffff on son-700: contrast 1.4, needs 4.5"),
    ],
)
def test_colours_that_cannot_be_read_are_refused(tokens, says):
    assert any(says in fault for fault in look.theme_faults(tokens))
    with pytest.raises(look.BadThemeError):
        look.theme_css(tokens)
