"""Vietnamese is whole, and says one thing with one word across the house."""

from pathlib import Path

import polib
import pytest

HOUSE = Path(__file__).parents[3]
OWN = polib.pofile(str(HOUSE / "modules/administration/locale/vi/LC_MESSAGES/django.po"))


@pytest.mark.parametrize("entry", OWN, ids=lambda entry: entry.msgid[:30])
def test_every_message_is_translated_with_the_same_places_to_fill(entry):
    said = entry.msgstr or entry.msgstr_plural[0]
    assert said
    assert "fuzzy" not in entry.flags
    for place in ("{name}", "{username}", "{amount}", "%(n)d", "%(index)s", "%(size)s", "%(sealed)s", "%(roots)s"):
        assert (place in said) == (place in entry.msgid)


def test_no_word_takes_anothers_meaning():
    """Catalogues of all packages are one at run time: the same English, in the same context, must mean the same."""
    said = {(entry.msgctxt, entry.msgid): entry.msgstr for entry in OWN}
    for path in sorted(HOUSE.rglob("locale/vi/LC_MESSAGES/django.po")):
        if "administration" not in path.parts:
            for entry in polib.pofile(str(path)):
                assert said.get((entry.msgctxt, entry.msgid), entry.msgstr) in {entry.msgstr, ""} or not entry.msgstr, (
                    f"{path}: {entry.msgid}"
                )
