"""A fresh installation seals with AES-256-GCM from the start; one that holds secrets waits for `keys rotate`."""

from __future__ import annotations

import pytest
from django.db import connection

from tinhso.base.sealing import ring, sealed_under
from tinhso.kernel.identity.sealing import seal, unseal
from tinhso.site.management.commands.prepare import Command


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.mark.django_db
def test_a_database_without_tables_gets_a_ring_and_one_with_tables_does_not():
    Command.begin_ring()
    assert ring() == (), "what is there may have to be opened by the program of before"
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE django_migrations")
    Command.begin_ring()
    (key,) = ring()
    sealed = seal("bí mật")
    assert sealed_under(sealed) == key.id
    assert unseal(sealed) == "bí mật"
    Command.begin_ring()
    assert ring() == (key,)


def test_only_the_reader_of_old_texts_knows_the_old_cipher(settings):
    """Fernet stands where old texts are opened, and counted as old; it seals only where there is no ring."""
    users = {
        str(path.relative_to(settings.PACKAGE))
        for path in settings.PACKAGE.rglob("*.py")
        if "Fernet" in path.read_text("utf-8") and "tests" not in path.parts
    }
    assert users == {"kernel/identity/sealing.py", "site/proof/sealed.py"}
