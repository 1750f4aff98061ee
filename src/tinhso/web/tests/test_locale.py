"""Vietnamese is whole: no sentence of the shells is left in English."""

from pathlib import Path

import polib
import pytest

CATALOGUE = polib.pofile(str(Path(__file__).parents[1] / "locale/vi/LC_MESSAGES/django.po"))


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.msgid[:30])
def test_every_message_is_translated_with_the_same_places_to_fill(entry):
    said = entry.msgstr_plural[0] if entry.msgid_plural else entry.msgstr
    assert said
    assert "fuzzy" not in entry.flags
    for place in ("%(", "{n}", "{now}", "{of}", "{shown}", "{total}"):
        assert (place in said) == (place in entry.msgid)
