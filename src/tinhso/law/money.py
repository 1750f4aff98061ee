"""Amounts of money as receipts say them: in figures and in Vietnamese words."""

from __future__ import annotations

from collections.abc import Mapping

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_GROUPS = ("", "nghìn", "triệu")
_THOUSAND, _HUNDRED, _TEN = 1000, 100, 10
_BILLION = 10**9
DENOMINATIONS = (500_000, 200_000, 100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100)
"""Notes of the State Bank that a drawer may hold, in đồng. Written from knowledge; no text was copied for it."""


def in_words(amount: int) -> str:
    """
    Return an amount of đồng in Vietnamese words: `Một triệu hai trăm linh năm nghìn đồng`.

    Raises ValueError for a negative amount: receipts have none.
    """
    if amount < 0:
        raise ValueError("a receipt is never negative")
    words = " ".join(_number(amount, leading=True)) or _DIGITS[0]
    return f"{words[0].upper()}{words[1:]} đồng"


def sum_of_notes(counted: Mapping[int, int]) -> int:
    """Return the sum of so many notes of each kind. Raises ValueError for a kind that there is not, or a negative number."""
    if any(note not in DENOMINATIONS or number < 0 for note, number in counted.items()):
        raise ValueError("no such notes")
    return sum(note * number for note, number in counted.items())


def in_figures(amount: int) -> str:
    """Return an amount of đồng as people write it: `1.205.000 đồng`."""
    return f"{amount:,} đồng".replace(",", ".")


def _number(number: int, *, leading: bool) -> list[str]:
    """Return the words of a number; `leading` is False when digits went before, so that empty hundreds are said."""
    billions, rest = divmod(number, _BILLION)
    words = [*_number(billions, leading=leading), "tỷ"] if billions else []
    said = bool(billions) or not leading
    for power in (2, 1, 0):
        group = rest // _THOUSAND**power % _THOUSAND
        if group:
            words += _group(group, full=said)
            words += [_GROUPS[power]] if power else []
            said = True
    return words


def _group(group: int, *, full: bool) -> list[str]:
    """Return the words of three digits; `full` says the hundreds even when they are nought."""
    hundreds, rest = divmod(group, _HUNDRED)
    tens, ones = divmod(rest, _TEN)
    words = [_DIGITS[hundreds], "trăm"] if hundreds or full else []
    if tens == 1:
        words.append("mười")
    elif tens:
        words += [_DIGITS[tens], "mươi"]
    elif ones and words:
        words.append("linh")
    if ones:
        words.append(_last_digit(tens, ones))
    return words


def _last_digit(tens: int, ones: int) -> str:
    """Return the last digit as it sounds after tens: mốt, tư, lăm."""
    if tens > 1 and ones in (1, 4):
        return "mốt" if ones == 1 else "tư"
    return "lăm" if tens and ones == 5 else _DIGITS[ones]  # noqa: PLR2004 - the digit five
