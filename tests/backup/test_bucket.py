"""Documents in a bucket are backed up, restored and proved like those in a folder; storage that fails is told in words."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from datetime import timedelta

import pytest
from tests.backup.test_backup import House, empty_database, house  # noqa: F401 - lent to the tests here
from tests.snapshot import with_province

from tinhso.kernel.documents.tests import bucket as storage
from tinhso.site.backup import command
from tinhso.site.backup.refusals import NotEmpty
from tinhso.site.backup.restoring import restore, try_backup
from tinhso.site.backup.store import opened
from tinhso.site.proof import command as check_command
from tinhso.site.proof import places
from tinhso.site.proof.places import Away, Bucket, Folder

pytestmark = [pytest.mark.django_db(transaction=True), *with_province]


@pytest.fixture(scope="module")
def s3():
    with storage.s3_server() as address:
        yield address


@pytest.fixture(autouse=True)
def _no_long_wait(monkeypatch):
    monkeypatch.setattr(places, "ANSWER_WITHIN", timedelta(seconds=1))


@pytest.fixture
def make(s3):
    """Make an empty bucket and return the URL of it."""

    def made():
        name = f"backup-{uuid.uuid4().hex}"
        storage.make_bucket(s3, name)
        return storage.url_of(s3, name)

    return made


@pytest.fixture
def moved(house, make):  # noqa: F811
    """A platform whose documents lie in a bucket, and nowhere else; the URL of it."""
    url, folder = make(), Folder(house.data / "files")
    for lying in list(folder.lying()):
        path = folder.path_of(lying.digest)
        Bucket(url).put(lying.digest, path)
        path.unlink()
    return url


@contextmanager
def line_to(url):
    """The same bucket by a line that can be cut; the URL of it."""
    address = url.partition("@")[2].partition("/")[0]
    with storage.line_to(address) as line:
        yield line, url.replace(address, line.address)


def lying(url):
    return {each.digest: b"".join(Bucket(url).read(each.digest)) for each in Bucket(url).lying()}


def remove(s3, url, digest):
    name = url.rpartition("/")[2].partition("?")[0]
    key = f"sha256/{digest[:2]}/{digest[2:4]}/{digest}"
    storage.client_of(s3).delete_object(Bucket=name, Key=key)


def alter(s3, url, digest, content):
    name = url.rpartition("/")[2].partition("?")[0]
    key = f"sha256/{digest[:2]}/{digest[2:4]}/{digest}"
    storage.client_of(s3).put_object(Bucket=name, Key=key, Body=content)


def words_of(house, home, empty_database):  # noqa: F811
    words = [str(house.place), "--key", str(house.key), "--data", str(home)]
    return words + (["--database", empty_database] if empty_database else [])


def test_the_drill_with_a_bucket(house, moved, make, tmp_path, capsys, empty_database, monkeypatch):  # noqa: F811, PLR0917
    """Everything comes back into another bucket, and the checker reads it there."""
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "tinhso.site.settings.dev")
    monkeypatch.setenv("TINHSO_FILES", moved)
    at_home = ["--data", str(house.data), "--database", house.address]
    before = lying(moved)
    assert before
    assert check_command.run("check-all", at_home) == 0
    assert command.run("backup", [str(house.place), *at_home]) == 0
    other = make()
    monkeypatch.setenv("TINHSO_FILES", other)
    home = tmp_path / "home"
    code = command.run("restore", [*words_of(house, home, empty_database), "--into-bucket"])
    said = capsys.readouterr()
    assert code == 0, said.out + said.err
    assert "Restored and proved" in said.out
    assert storage.SECRET not in said.out + said.err
    assert "s3cret" not in said.out + said.err
    assert lying(other) == before
    assert not list(Folder(home / "files").lying()), "the bucket has them"
    assert check_command.run("check-all", ["--data", str(home), "--database", empty_database or "sqlite"]) == 0


def test_documents_of_a_bucket_come_back_into_a_folder(house, moved, tmp_path, capsys, empty_database, monkeypatch):  # noqa: F811, PLR0917
    house.back_up(files=moved)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "tinhso.site.settings.dev")
    home = tmp_path / "home"
    code = command.run("restore", words_of(house, home, empty_database))
    said = capsys.readouterr()
    assert code == 0, said.out + said.err
    folder = Folder(home / "files")
    assert {each.digest: folder.path_of(each.digest).read_bytes() for each in folder.lying()} == lying(moved)


def test_who_still_names_a_bucket_is_told_that_documents_came_into_the_folder(  # noqa: PLR0917 - one fixture each
    house,  # noqa: F811
    moved,
    tmp_path,
    capsys,
    empty_database,  # noqa: F811
    monkeypatch,
):
    house.back_up(files=moved)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "tinhso.site.settings.dev")
    monkeypatch.setenv("TINHSO_FILES", moved)
    assert command.run("restore", words_of(house, tmp_path / "home", empty_database)) == 0
    assert "copy them, or unset TINHSO_FILES" in capsys.readouterr().out


def test_only_what_is_new_is_fetched(house, moved):  # noqa: F811
    first = house.back_up(files=moved)
    assert first.damaged == []
    assert first.run.facts["files"] == len(lying(moved))
    with line_to(moved) as (line, url):
        second = house.back_up(files=url)
        assert second.damaged == []
        assert b"/sha256/" not in bytes(line.asked), "every content was there by its name"
    assert second.run.facts["files"] == first.run.facts["files"]
    assert try_backup(house.open()) > 0


def test_what_was_in_the_folder_before_is_not_copied_again_from_the_bucket(house, make):  # noqa: F811
    """Moving into a bucket changes no name: the runs before hold the same pieces."""
    house.back_up()
    url, folder = make(), Folder(house.data / "files")
    for each in folder.lying():
        Bucket(url).put(each.digest, folder.path_of(each.digest))
    with line_to(url) as (line, by_line):
        assert house.back_up(files=by_line).damaged == []
        assert b"/sha256/" not in bytes(line.asked)


def test_a_content_that_is_gone_or_altered_is_named_and_the_rest_is_taken(house, moved, s3, capsys, monkeypatch):  # noqa: F811
    gone, other = sorted(lying(moved))[:2]
    remove(s3, moved, gone)
    alter(s3, moved, other, b"another content")
    monkeypatch.setenv("TINHSO_FILES", moved)
    at_home = ["--data", str(house.data), "--database", house.address]
    assert command.run("backup", [str(house.place), *at_home]) == 1
    said = capsys.readouterr().out
    for digest in (gone, other):
        assert f"missing or damaged here, not in this run: {digest}" in said
    assert check_command.run("check-all", at_home) == 1
    said = capsys.readouterr().out
    assert f"file_missing: documents_blob {gone}" in said
    assert f"file_corrupt: documents_blob {other}" in said
    # what is damaged now is whole in the runs before: nothing of them was written over
    assert try_backup(house.open()) > 0


def test_storage_that_is_away_makes_no_run_and_names_no_document_as_damaged(house, moved, capsys, monkeypatch):  # noqa: F811
    at_home = ["--data", str(house.data), "--database", house.address]
    with line_to(moved) as (line, url):
        line.cut_answer_after = 0
        monkeypatch.setenv("TINHSO_FILES", url)
        assert command.run("backup", [str(house.place), *at_home]) == 1
        said = capsys.readouterr()
        assert "Không đọc hoặc ghi được kho tệp" in said.err
        assert "cannot be read or written" in said.err
        assert "s3cret" not in said.out + said.err
        assert "damaged" not in said.out
        assert opened(house.place).runs() == []
        assert check_command.run("check-all", at_home) == 2
        assert "cannot be read or written" in capsys.readouterr().err
    monkeypatch.setenv("TINHSO_FILES", moved)
    assert command.run("backup", [str(house.place), *at_home]) == 0, "the next one goes on from there"


def test_an_answer_that_is_cut_short_is_no_damaged_document(house, moved):  # noqa: F811
    digest = max(lying(moved).items(), key=lambda each: len(each[1]))[0]
    with line_to(moved) as (line, url):
        line.cut_answer_after = 500
        with pytest.raises(Away):
            b"".join(Bucket(url).read(digest))


@pytest.mark.parametrize("url", ["s3://KEY:SECRET@127.0.0.1:1/none?secure=0", "s3://KEY:SECRET@host", "http://host/x"])
def test_a_bucket_that_is_not_there_or_an_address_that_is_none(house, url):  # noqa: F811
    with pytest.raises(Away) as no:
        house.back_up(files=url)
    assert "SECRET" not in str(no.value).replace("KEY:SECRET@host/bucket", "")


def test_no_such_bucket_is_not_taken_for_missing_documents(house, s3):  # noqa: F811
    with pytest.raises(Away, match="NoSuchBucket"):
        house.back_up(files=storage.url_of(s3, "nobody-made-this-one"))


def test_a_restore_that_breaks_off_leaves_no_folder_and_can_be_done_again(house, moved, make, tmp_path, empty_database):  # noqa: F811
    house.back_up(files=moved)
    other, home = make(), tmp_path / "home"
    with line_to(other) as (line, url):
        line.cut_after = 400
        with pytest.raises(Away):
            restore(house.open(), home, database=empty_database, files=url)
        assert not home.exists()
        assert not list(tmp_path.glob(".home*"))
    restore(house.open(), home, database=empty_database, files=other)
    assert lying(other) == lying(moved)
    with pytest.raises(NotEmpty):
        restore(house.open(), home, database=empty_database, files=other)
