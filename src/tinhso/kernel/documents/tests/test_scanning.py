import io
import socket
import struct
import threading
from contextlib import contextmanager

import pytest
from django.utils.module_loading import import_string

from tinhso.kernel.documents import public as documents
from tinhso.kernel.documents.scanning import SignatureScanner
from tinhso.kernel.documents.tests import samples
from tinhso.kernel.documents.tests.test_contents import EICAR

ClamdScanner = import_string("tinhso.adapters.clamd.ClamdScanner")


@contextmanager
def clamd(*, limit=10_000_000, says=None, family=socket.AF_INET, address=("127.0.0.1", 0)):
    """Speak INSTREAM over a real socket, as clamd does: sizes, pieces, a zero, then the answer."""
    server = socket.socket(family, socket.SOCK_STREAM)
    server.bind(address)
    server.listen()
    seen = []

    def serve():
        try:
            line, _peer = server.accept()
        except OSError:
            return
        with line, line.makefile("rb") as given:
            command = b""
            while not command.endswith(b"\0"):
                command += given.read(1)
            assert command == b"zINSTREAM\0"
            content = b""
            while size := struct.unpack("!L", given.read(4))[0]:
                content += given.read(size)
                if len(content) > limit:
                    line.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                    return
            seen.append(content)
            answer = b"stream: Win.Test.EICAR_HDB-1 FOUND\0" if EICAR in content else b"stream: OK\0"
            line.sendall(says if says is not None else answer)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield (":".join(map(str, server.getsockname())) if family == socket.AF_INET else address), seen
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(5)


def test_clamd_gets_every_byte_and_says_it_is_clean():
    content = samples.image("PNG", (500, 500))
    assert len(content) > 3 * 64 * 1024
    with clamd() as (address, seen):
        assert ClamdScanner(address).scan(io.BytesIO(content)) == ""
    assert seen == [content]


def test_clamd_names_what_it_finds_over_a_unix_socket(tmp_path):
    with clamd(family=socket.AF_UNIX, address=str(tmp_path / "c")) as (address, _seen):
        assert ClamdScanner(address).scan(io.BytesIO(b"a" * 100 + EICAR)) == "Win.Test.EICAR_HDB-1"


@pytest.mark.parametrize("says", [b"", b"stream: Scanner failed ERROR\0", b"\xff\xff\0"])
def test_an_unclear_answer_is_no_clean_bill(says):
    with clamd(says=says) as (address, _seen), pytest.raises(documents.ScannerAway):
        ClamdScanner(address).scan(io.BytesIO(b"x"))


def test_a_file_over_clamds_own_limit_is_unscanned():
    with clamd(limit=100_000) as (address, _seen), pytest.raises(documents.ScannerAway):
        ClamdScanner(address).scan(io.BytesIO(b"x" * 3_000_000))


@pytest.mark.parametrize("address", ["127.0.0.1:1", "/nowhere/clamd.sock"])
def test_nobody_there(address):
    with pytest.raises(documents.ScannerAway):
        ClamdScanner(address).scan(io.BytesIO(b"x"))


@pytest.mark.django_db
def test_no_file_comes_in_unscanned(tu, at, settings, files):
    settings.MALWARE_SCANNER, settings.CLAMD = "tinhso.adapters.clamd.ClamdScanner", "127.0.0.1:1"
    with pytest.raises(documents.ScannerAway):
        documents.save(samples.pdf(), name="a.pdf", actor=tu, at=at)
    assert files() == []
    with clamd() as (address, _seen):
        settings.CLAMD = address
        document = documents.save(samples.pdf(), name="a.pdf", actor=tu, at=at)
    assert document.blob.scanned_with == "clamd"


def test_a_signature_across_two_pieces_is_found():
    padding = b"x" * (1024 * 1024 - 20)
    assert SignatureScanner().scan(io.BytesIO(padding + EICAR)) == "Eicar-Test-Signature"
    assert SignatureScanner().scan(io.BytesIO(padding + EICAR[:-1])) == ""
