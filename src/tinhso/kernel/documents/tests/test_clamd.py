"""The adapter against a real clamd, with one signature written here: nothing is fetched."""

import io
import shutil
import socket
import subprocess
import time

import pytest
from django.utils.module_loading import import_string

from tinhso.kernel.documents import public as documents
from tinhso.kernel.documents.tests import samples
from tinhso.kernel.documents.tests.test_contents import EICAR

ClamdScanner = import_string("tinhso.adapters.clamd.ClamdScanner")
CLAMD = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")
STREAM_BYTES = 1024 * 1024
PATIENCE_SECONDS = 60

pytestmark = [
    pytest.mark.skipif(CLAMD is None, reason="no clamd here: apt-get install clamav-daemon"),
    pytest.mark.xdist_group("clamd"),
]


@pytest.fixture(scope="module")
def clamd(tmp_path_factory):
    """A clamd of its own on a free port, that knows the EICAR test file and nothing else."""
    folder = tmp_path_factory.mktemp("clamd")
    known = folder / "known"
    known.mkdir()
    (known / "eicar.ndb").write_text(f"Eicar-Test:0:*:{EICAR.hex()}\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    conf = folder / "clamd.conf"
    conf.write_text(
        f"DatabaseDirectory {known}\nTCPSocket {port}\nTCPAddr 127.0.0.1\nForeground yes\nLogFile {folder / 'log'}\n"
        f"TemporaryDirectory {folder}\nStreamMaxLength {STREAM_BYTES}\n"
    )
    with subprocess.Popen([CLAMD, "-c", str(conf)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            end = time.monotonic() + PATIENCE_SECONDS
            while process.poll() is None and time.monotonic() < end:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.2)
            assert process.poll() is None, (folder / "log").read_text() if (folder / "log").exists() else "clamd ended"
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()


@pytest.fixture
def scanned(clamd, settings):
    settings.CLAMD = clamd
    settings.MALWARE_SCANNER = "tinhso.adapters.clamd.ClamdScanner"


def test_what_is_clean_is_told_so(clamd):
    assert ClamdScanner(clamd).scan(io.BytesIO(samples.pdf(3))) == ""


@pytest.mark.parametrize(
    "content",
    [
        EICAR,
        samples.docx({"word/media/a.bin": EICAR}),
        samples.container({"deeper.docx": samples.docx({"word/media/a.bin": EICAR})}),
    ],
    ids=["bare", "in an office file", "two deep"],
)
def test_what_it_knows_is_named(clamd, content):
    assert "Eicar-Test" in ClamdScanner(clamd).scan(io.BytesIO(content))


@pytest.mark.django_db
def test_an_infected_file_is_not_kept(scanned, tu, at, files):
    with pytest.raises(documents.Infected, match="Eicar-Test"):
        documents.save(samples.docx({"word/media/a.bin": EICAR}), name="a.docx", actor=tu, at=at)
    assert files() == []


@pytest.mark.django_db
def test_a_clean_file_is_kept(scanned, tu, at, files):
    documents.save(samples.docx(), name="a.docx", actor=tu, at=at)
    assert len(files()) == 1


@pytest.mark.django_db
def test_what_is_too_long_for_it_is_not_taken_unscanned(scanned, tu, at, files):
    with pytest.raises(documents.ScannerAway):
        documents.save(_long(), name="a.png", actor=tu, at=at)
    assert files() == []


def _long() -> bytes:
    noise = samples.image("PNG", (900, 900))
    assert len(noise) > STREAM_BYTES
    return noise
