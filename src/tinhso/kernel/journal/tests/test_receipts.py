import json
import random
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from tinhso.base.registry import Event, Module, Registry
from tinhso.kernel.journal import receipts
from tinhso.kernel.journal.ids import parts
from tinhso.kernel.journal.public import get_receipt, new_id, receipt_code, seal
from tinhso.kernel.journal.receipts import BadCode, State, parse_receipt_code
from tinhso.kernel.journal.tests.cast import AT, do
from tinhso.kernel.journal.tests.test_sealing import data_dir, key, run  # noqa: F401 - a fixture

SCRIPT = Path(__file__).parents[5] / "tools" / "check_receipt.py"


@pytest.fixture
def _public_events(monkeypatch):
    registry = Registry()
    lends = (Event("test.done", "Dossier received", public=True), Event("test.secret", "Somebody signed in"))
    registry.add("test", Module("", "Test", lends=lends))
    monkeypatch.setattr(receipts, "registry", registry)


letters = st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


@settings(max_examples=50)
@given(st.integers(0, 2**41 - 1), st.integers(0, 2**29 - 1), st.integers(0, 2**45 - 1))
def test_a_code_stands_for_its_id(since, counter, tail):
    from tinhso.kernel.journal.ids import assemble

    entry_id = assemble(since + receipts._SINCE, counter, tail)
    code = receipt_code(entry_id)
    least, greatest = parse_receipt_code(code)
    assert least <= entry_id <= greatest
    assert parts(least) == parts(greatest) == parts(entry_id)
    assert parse_receipt_code(code.lower().replace("-", " ").replace("0", "o").replace("1", "l")) == (least, greatest)


@settings(max_examples=50)
@given(st.integers(0, 15), letters, st.integers(0, 15))
def test_one_wrong_letter_and_two_exchanged_ones_are_noticed(place, letter, other):
    code = list(receipt_code(new_id()).replace("-", ""))
    wrong, swapped = code.copy(), code.copy()
    wrong[place] = letter
    swapped[place], swapped[other] = code[other], code[place]
    for typed in (wrong, swapped):
        if typed != code:
            with pytest.raises(BadCode):
                parse_receipt_code("".join(typed))


@pytest.mark.parametrize("typed", ["", "abc", "0000-0000-0000-0000", "UUUU-UUUU-UUUU-UUUU", "0G7M-2QXR-9HVD-40KT-1"])
def test_what_is_no_code_is_mistyped(typed):
    assert get_receipt(typed).state is State.MISTYPED


def test_an_id_made_elsewhere_has_no_code():
    with pytest.raises(ValueError, match="new_id"):
        receipt_code(UUID(int=5))


@pytest.mark.django_db
@pytest.mark.usefixtures("_public_events")
class TestReceipt:
    def test_unknown_then_waiting_then_sealed(self):
        assert get_receipt(receipt_code(new_id())).state is State.UNKNOWN
        (line,) = do("H47.12-260314-0001", note="Trần Thị Tư")
        code = receipt_code(line.id)
        assert get_receipt(code).state is State.WAITING
        seal(AT)
        assert get_receipt(code).state is State.SEALED

    def test_shows_no_actor_and_no_facts(self):
        (line,) = do("H47.12-260314-0001", note="Trần Thị Tư")
        seal(AT)
        shown = json.dumps(get_receipt(receipt_code(line.id)).facts(), ensure_ascii=False)
        assert "H47.12-260314-0001" in shown
        assert "Dossier received" in shown
        assert "Tư" not in shown
        assert "lan" not in shown

    def test_an_event_that_is_not_public_shows_hashes_only(self):
        (line,) = do("account-7", event="test.secret")
        seal(AT)
        receipt = get_receipt(receipt_code(line.id))
        assert receipt.state is State.SEALED
        assert (receipt.title, receipt.shown, "account-7" in json.dumps(receipt.facts())) == ("", None, False)

    def test_a_changed_entry_is_broken(self):
        lines = do("a", "b")
        seal(AT)
        run(("UPDATE journal_entry SET actor_name = 'Hùng' WHERE id = %s", key(lines[0])))
        assert [get_receipt(receipt_code(line.id)).state for line in lines] == [State.BROKEN, State.SEALED]

    def test_the_page_says_what_state_it_is_and_no_other(self, client):
        words = {
            State.MISTYPED: "This code is mistyped",
            State.UNKNOWN: "No record has this code",
            State.WAITING: "Kept, not sealed yet",
            State.SEALED: "Kept and sealed",
            State.BROKEN: "This record is not as it was sealed",
        }
        client.cookies["ngon_ngu"] = "en"

        def said(code):
            text = client.get(reverse("journal:receipt", args=[code])).text
            return [state for state, word in words.items() if word in text], "cq-note--ok" in text

        whole, changed = do("a", "b")
        assert said("abc") == ([State.MISTYPED], False)
        assert said(receipt_code(new_id())) == ([State.UNKNOWN], False)
        assert said(receipt_code(whole.id)) == ([State.WAITING], False)
        seal(AT)
        run(("UPDATE journal_entry SET actor_name = 'Hùng' WHERE id = %s", key(changed)))
        assert said(receipt_code(whole.id)) == ([State.SEALED], True)
        assert said(receipt_code(changed.id)) == ([State.BROKEN], False)

    @pytest.mark.parametrize("language", ["vi", "en"])
    def test_pages(self, client, language):
        with translation.override(language):
            client.cookies["ngon_ngu"] = language
            lines = do("H47.12-260314-0001", "b", note="Trần Thị Tư")
            code = receipt_code(lines[0].id)
            assert client.get(reverse("journal:receipt", args=[code])).status_code == 200
            assert client.get(reverse("journal:roots")).status_code == 200
            seal(AT)
            page = client.get(reverse("journal:receipt", args=[code]))
            assert (page.status_code, "H47.12-260314-0001" in page.text, "Tư" in page.text) == (200, True, False)
            assert client.get(reverse("journal:receipt", args=[receipt_code(new_id())])).status_code == 404
            assert client.get(reverse("journal:receipt", args=["abc"])).status_code == 404
            assert bytes(lines[0].content_hash).hex() in page.text
            assert get_receipt(code).facts()["root"]["hash"] in client.get(reverse("journal:roots")).text
            to = client.get(reverse("journal:roots"), {"ma": code.lower()})
            assert (to.status_code, to.url) == (302, reverse("journal:receipt", args=[code.lower()]))
            to = client.get(reverse("journal:receipt_of", args=[lines[0].id]))
            assert (to.status_code, to.url) == (302, reverse("journal:receipt", args=[code]))

    def test_the_script_checks_by_itself(self, client, live, tmp_path):
        random.seed(7)
        lines = do(*range(5))
        seal(AT)
        old = tmp_path / "old.json"
        old.write_text(client.get(reverse("journal:roots_json")).text)
        lines += do(*range(5, 12))
        seal(AT)
        code = receipt_code(random.choice(lines).id)
        saved = tmp_path / "receipt.json"
        saved.write_text(client.get(reverse("journal:receipt_json", args=[code])).text)
        assert "HOLDS" in check(saved).stdout
        for name in ("roots.json", f"{code}.json", "consistency.json?old=5&new=12"):
            live(f"/so-cai/{name}", client.get(f"/so-cai/{name}").content)
        assert "HOLDS" in check(live.address, code, old).stdout
        facts = json.loads(old.read_text())
        facts["roots"][0]["hash"] = "00" * 32
        old.write_text(json.dumps(facts))
        assert check(live.address, code, old).returncode == 1
        unknown = check(live.address, receipt_code(new_id()))
        assert (unknown.returncode, "Traceback" in unknown.stderr, "answers 404" in unknown.stderr) == (1, False, True)

    @pytest.mark.parametrize("spoil", ["at", "content_hash", "index", "path", "root", "code", "state"])
    def test_the_script_refuses(self, client, tmp_path, spoil):
        lines = do("a", "b", "c")
        seal(AT)
        code, other = receipt_code(lines[1].id), receipt_code(lines[0].id)
        facts = client.get(reverse("journal:receipt_json", args=[code])).json()
        match spoil:
            case "at":
                facts["open"]["at"] = facts["open"]["at"].replace("2026", "2025")
            case "index":
                facts["index"] = 0
            case "path":
                facts["path"].pop()
            case "root":
                facts["root"]["hash"] = "11" * 32
            case "code":
                facts["code"] = other
            case "content_hash":
                facts["content_hash"] = "22" * 32
            case "state":
                facts["state"] = "broken"
        saved = tmp_path / "receipt.json"
        saved.write_text(json.dumps(facts))
        result = check(saved)
        assert (result.returncode, result.stdout) == (1, "")


@pytest.mark.django_db
def test_json_doors(client):
    do(*range(3))
    seal(AT)
    do(*range(3))
    seal(AT)
    found = client.get(reverse("journal:roots_json"))
    assert [root["size"] for root in found.json()["roots"]] == [6, 3]
    assert found["Access-Control-Allow-Origin"] == "*"
    address = reverse("journal:consistency_json")
    assert len(client.get(address, {"old": 3, "new": 6}).json()["proof"]) == 4
    assert client.get(address, {"old": 3, "new": 7}).status_code == 404
    assert client.get(address, {"old": "3; DROP"}).status_code == 400
    assert client.get(reverse("journal:receipt_json", args=[receipt_code(new_id())])).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("foreign", ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"])
def test_an_id_that_was_not_made_here_is_not_found(client, foreign):
    assert client.get(f"/so-cai/{foreign}/").status_code == 404
    assert client.get(f"/so-cai/{new_id()}/").status_code == 302


def check(*arguments):
    command = [sys.executable, str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


@pytest.fixture
def live():
    """A site that gives back what was saved from ours: the script speaks real HTTP, in a process of its own."""
    import threading
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    answers = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = answers.get(self.path)
            self.send_response(200 if body else 404)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def give(path, body):
        answers[path] = body

    give.address = f"http://127.0.0.1:{server.server_port}"
    yield give
    server.shutdown()
    server.server_close()
