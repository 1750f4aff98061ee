"""
Vietnamese is whole: every text that people read, gathered anew by xgettext, has its Vietnamese, and one only.

`./tinhso manage words` brings the catalogues in line and lists what still needs Vietnamese.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from functools import cache
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.utils import translation

from tinhso.base.registry import Permission, registry
from tinhso.site import words

HOMES = {str(home.relative_to(words.SOURCE)): home for home in words.homes()}
OWN = [name for name, home in HOMES.items() if (home / "__init__.py").exists() and words.texts_of(home)]
"""Folders with texts of their own: a library's texts may say less or more than their English."""
SAME_IN_BOTH = frozenset(["API", "SHA-256"])
"""Texts that are the same words in both languages."""
PLACE = re.compile(r"%\(\w+\)[sdf]|%[sdf]|\{\w*(?:[!:][^}]*)?\}|</?\w+[^>]*>")
OLD_TONES = re.compile(r"\b\w*(?:o[áàảãạ]|o[éèẻẽẹ]|(?<!q)u[ýỳỷỹỵ])\b", re.IGNORECASE)
ENDS = ".?!:…"


@cache
def catalogue(name: str) -> dict[words.Key, polib.POEntry]:
    """Return what a package has in Vietnamese."""
    path = words.catalogue_of(HOMES[name])
    found = polib.pofile(str(path)) if path.exists() else []
    return {(entry.msgctxt or "", entry.msgid): entry for entry in found if not entry.obsolete}


def said(entry: polib.POEntry) -> str:
    """Return the Vietnamese, which knows one form whatever the number."""
    return entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr


def meant(entry: polib.POEntry) -> str:
    """Return the English that the Vietnamese says: the plural, which always has the number in it."""
    return entry.msgid_plural or entry.msgid


def each(name: str) -> list[tuple[polib.POEntry, str]]:
    """Return the texts of a package with their Vietnamese, as far as there is one."""
    return [(entry, said(entry)) for entry in catalogue(name).values() if said(entry)]


@pytest.mark.parametrize("name", HOMES)
def test_every_text_has_its_vietnamese_and_nothing_else_is_kept(name):
    texts, kept = words.texts_of(HOMES[name]), catalogue(name)
    lacking = [key for key in texts if key not in kept or not said(kept[key]) or "fuzzy" in kept[key].flags]
    assert lacking == []
    # a folder without texts of its own holds those of a library
    assert [key for key in kept if texts and key not in texts] == []


@pytest.mark.parametrize("name", OWN)
def test_both_languages_have_the_same_places_to_fill(name):
    wrong = [
        (meant(entry), text)
        for entry, text in each(name)
        if not set(PLACE.findall(entry.msgid)) <= set(PLACE.findall(text)) <= set(PLACE.findall(meant(entry)))
    ]
    assert wrong == []


@pytest.mark.parametrize("name", HOMES)
def test_no_english_is_left(name):
    left = [text for entry, text in each(name) if text == entry.msgid and text not in SAME_IN_BOTH]
    assert [text for text in left if re.search("[a-z]", PLACE.sub("", text), re.IGNORECASE)] == []


@pytest.mark.parametrize("name", HOMES)
def test_vietnamese_is_well_written(name):
    """Composed letters, single spaces, the same end of the sentence, and one place for the tone: hòa, thủy, ủy ban."""
    faults = []
    for entry, text in each(name):
        if text != unicodedata.normalize("NFC", text):
            faults.append(("letters are not composed", text))
        if re.search(r"  |^\s|\s$", text) and not re.search(r"  |^\s|\s$", entry.msgid):
            faults.append(("spaces", text))
        if name in OWN and (text[-1] if text[-1] in ENDS else "") != (
            meant(entry)[-1] if meant(entry)[-1] in ENDS else ""
        ):
            faults.append(("the end of the sentence", text))
        faults += [("the place of the tone", found) for found in OLD_TONES.findall(text)]
    assert faults == []


def test_a_text_is_said_in_one_way():
    """Catalogues of all packages flow together: two ways to say one text means one of them is never seen."""
    ways: dict[words.Key, dict[str, str]] = defaultdict(dict)
    for name in HOMES:
        for key, entry in catalogue(name).items():
            if said(entry):
                ways[key].setdefault(said(entry), name)
    assert {key: found for key, found in ways.items() if len(found) > 1} == {}


def test_every_permission_has_its_title_in_vietnamese():
    titles = [permission.title for permission in registry.of(Permission)]
    with translation.override("en"):
        english = [str(title) for title in titles]
    with translation.override("vi"):
        vietnamese = [str(title) for title in titles]
    assert [text for text, other in zip(english, vietnamese, strict=True) if text == other] == []


def test_catalogues_are_read_by_django():
    """A `locale` folder that Django does not look into is never seen."""
    apps = {words.SOURCE / Path(*name.split(".")[1:]) for name in settings.INSTALLED_APPS if name.startswith("tinhso.")}
    read = {app / "locale" for app in apps} | {Path(path) for path in settings.LOCALE_PATHS}
    assert {home / "locale" for home in HOMES.values()} <= read


def test_the_gatherer_finds_titles_of_permissions_templates_and_both_forms():
    texts = words.texts_of(HOMES["modules/catalogue"])
    assert ("", "Load procedures from a pack.") in texts
    assert ("", "Often looked for") in texts
    assert texts["", "%(n)s working day"].msgid_plural == "%(n)s working days"


def test_the_gatherer_keeps_what_is_translated(tmp_path, monkeypatch):
    home = tmp_path / "shop"
    (home / "locale").mkdir(parents=True)
    monkeypatch.setattr(words, "SOURCE", tmp_path)
    (home / "views.py").write_text('_("One")\n_("Two")\n')
    assert words.update(home) == (2, 0)
    kept = polib.pofile(str(words.catalogue_of(home)))
    kept.find("Two").msgstr = "Hai"
    kept.save()
    (home / "views.py").write_text('_("Two")\n_("Three")\nngettext("%(n)d day", "%(n)d days", n)\n')
    assert words.update(home) == (2, 1)
    found = {entry.msgid: said(entry) for entry in polib.pofile(str(words.catalogue_of(home)))}
    assert found == {"Two": "Hai", "Three": "", "%(n)d day": ""}
    assert [entry.msgid for entry in words.untranslated(home)] == ["Three", "%(n)d day"]
