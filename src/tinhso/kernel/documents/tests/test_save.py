import hashlib
import io

import pytest

from tinhso.base.actors import ANONYMOUS
from tinhso.base.acts import BrokenAct, act, anyone, require
from tinhso.base.refusals import Forbidden, NotFound, SignInNeeded
from tinhso.kernel.documents import public as documents
from tinhso.kernel.documents.models import Blob, Document
from tinhso.kernel.documents.tests import samples
from tinhso.kernel.journal.public import Entry, record

pytestmark = pytest.mark.django_db


def test_what_is_saved_is_what_is_read(tu, at, files):
    content = samples.pdf(3)
    document = documents.save(content, name="đơn đề nghị.pdf", actor=tu, at=at, purpose="component")
    assert (document.name, document.owner, document.purpose) == ("đơn đề nghị.pdf", "citizen:tu", "component")
    assert (document.pages, document.media_type, document.size_bytes) == (3, "application/pdf", len(content))
    assert document.sha256 == hashlib.sha256(content).hexdigest()
    assert documents.read_document(document) == content
    [kept] = files()
    assert kept.parts[-4:] == ("sha256", document.sha256[:2], document.sha256[2:4], document.sha256)
    assert kept.stat().st_mode & 0o777 == 0o400
    entry = Entry.objects.get()
    assert (entry.event, entry.subject_key) == ("documents.document_saved", str(document.pk))


def test_same_content_is_kept_once(tu, hung, at, files):
    content = samples.pdf()
    one = documents.save(io.BytesIO(content), name="a.pdf", actor=tu, at=at)
    two = documents.save(io.BytesIO(content), name="b.pdf", actor=hung, at=at)
    assert (one.sha256, Blob.objects.count(), Document.objects.count(), len(files())) == (two.sha256, 1, 2, 1)


@pytest.mark.usefixtures("either_store")
def test_in_an_act_the_file_is_prepared_before(tu, at):
    @act
    def hand_in(content):
        require(anyone, tu)
        record("documents.document_linked", ("draft", "1"), actor=tu, at=at)
        return documents.save(content, name="a.pdf", actor=tu, at=at)

    with pytest.raises(BrokenAct):
        hand_in(samples.pdf())
    prepared = documents.prepare(samples.pdf(2), name="a.pdf")
    assert Document.objects.count() == 0
    assert hand_in(prepared).pages == 2


def test_nobody_without_a_session_saves_nothing(at, files):
    with pytest.raises(SignInNeeded):
        documents.save(samples.pdf(), name="a.pdf", actor=ANONYMOUS, at=at)
    assert (Document.objects.count(), files()) == (0, [])


@pytest.mark.usefixtures("either_store")
def test_only_the_owner_and_readers_of_its_subject_see_it(tu, hung, minh, at, monkeypatch):
    from tinhso.base.registry import Module, Registry
    from tinhso.kernel.documents import access

    document = documents.save(samples.pdf(), name="a.pdf", actor=tu, at=at)
    documents.link(document, "dossier", "H47.12-1", "component:1", actor=tu, at=at)
    lenders = Registry()
    readers = documents.DocumentReader("dossier", lambda actor, key: actor == minh and key == "H47.12-1")
    lenders.add("test", Module("x", "x", lends=(readers,)))
    document = documents.get_document(document.pk, seen_by=tu)
    assert [access.can_read(who, document, lenders=lenders) for who in (tu, minh, hung)] == [True, True, False]
    with pytest.raises(NotFound):
        documents.get_document(document.pk, seen_by=hung)
    with pytest.raises(NotFound):
        documents.get_document("not-an-id", seen_by=tu)
    with pytest.raises(Forbidden):
        documents.link(document, "dossier", "H47.12-2", actor=hung, at=at)
    assert [link.subject_key for link in documents.linked(("dossier", "H47.12-1"))] == ["H47.12-1"]


def test_links_are_read_in_one_statement_and_made_once(tu, at, django_assert_num_queries):
    for number in range(3):
        document = documents.save(samples.pdf(number + 1), name=f"{number}.pdf", actor=tu, at=at)
        for _ in range(2):
            documents.link(document, "dossier", f"D{number % 2}", "component", actor=tu, at=at)
    with django_assert_num_queries(1):
        assert [link.document.pages for link in documents.linked(("dossier", "D0"))] == [1, 3]
    assert [link.document.pages for link in documents.linked(("dossier", "D1"))] == [2]


@pytest.mark.usefixtures("either_store")
def test_own_file_goes_when_nothing_holds_it(tu, hung, at):
    document = documents.save(samples.pdf(), name="a.pdf", actor=tu, at=at)
    documents.link(document, "draft", "1", actor=tu, at=at)
    with pytest.raises(documents.InUse):
        documents.discard(document, actor=tu, at=at)
    documents.unlink(document, "draft", "1", actor=tu, at=at)
    with pytest.raises(Forbidden):
        documents.discard(document, actor=hung, at=at)
    documents.discard(document, actor=tu, at=at)
    assert Document.objects.count() == 0


def test_what_an_official_attached_is_theirs_no_more(tu, minh, hung, at):
    """Whoever leaves a matter leaves its papers; people keep what is theirs."""
    from tinhso.base.registry import Module, Registry
    from tinhso.kernel.documents import access

    lenders = Registry()
    lenders.add("test", Module("x", "x", lends=(documents.DocumentReader("dossier", lambda *_given: False),)))
    for owner in (tu, minh):
        document = documents.save(samples.pdf(), name="a.pdf", actor=owner, at=at)
        assert access.can_read(owner, document, lenders=lenders)
        assert documents.list_own([document.pk], seen_by=owner) == [document]
        documents.link(document, "dossier", "1", actor=owner, at=at)
        document = Document.objects.get(pk=document.pk)
        kept = owner is tu
        assert access.can_read(owner, document, lenders=lenders) is kept
        assert bool(documents.list_own([document.pk], seen_by=owner)) is kept
        for may in (access.can_attach, access.can_discard):
            assert may(owner, document) is kept


def test_an_anonymous_session_owns_its_files(tu, at):
    from dataclasses import replace

    visitor, other = replace(ANONYMOUS, session="s1"), replace(ANONYMOUS, session="s2")
    document = documents.save(samples.pdf(), name="a.pdf", actor=visitor, at=at)
    assert "s1" not in document.owner
    assert documents.list_own([document.pk, "x"], seen_by=visitor) == [document]
    assert documents.list_own([document.pk], seen_by=other) == []
    assert documents.list_own([document.pk], seen_by=ANONYMOUS) == []
