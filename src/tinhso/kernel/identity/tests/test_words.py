"""Vietnamese is whole, for our sentences and for those of the sign-in library that our pages show."""

from __future__ import annotations

import re
from pathlib import Path

import polib
import pytest
from django.utils import translation

from tinhso.kernel.identity.queries import render_text

HOME = Path(__file__).parents[1]
ENTRIES = [
    entry
    for file in ("locale/vi/LC_MESSAGES/django.po", "library/locale/vi/LC_MESSAGES/django.po")
    for entry in polib.pofile(str(HOME / file))
]
PLACE = re.compile(r"%\(\w+\)s|\{\w+\}")


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.msgid[:30])
def test_every_sentence_is_translated_with_the_same_places_to_fill(entry):
    said = entry.msgstr_plural[0] if entry.msgid_plural else entry.msgstr
    assert said
    assert "fuzzy" not in entry.flags
    missing = set(PLACE.findall(entry.msgid)) - set(PLACE.findall(said))
    assert missing <= {"%(site_name)s"}


def test_a_fact_with_an_english_twin_is_told_in_the_readers_language():
    facts = {"service": "Đăng ký khai sinh", "service_en": "Birth registration", "code": "X"}
    told = {}
    for language in ("vi", "en"):
        with translation.override(language):
            told[language] = render_text("{code}: {service}", facts)
    assert told == {"vi": "X: Đăng ký khai sinh", "en": "X: Birth registration"}
