"""What our own source never does: read as code, so that a new line that does it is found the day it is written."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "tinhso"
FILES = [path for path in sorted(SOURCE.rglob("*.py")) if "tests" not in path.parts and "migrations" not in path.parts]
TREES = {str(path.relative_to(SOURCE)): ast.parse(path.read_text("utf-8")) for path in FILES}
SCRIPTS = sorted((SOURCE / "web" / "front" / "js").rglob("*.js"))


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    """Return file, dotted name and node of every call."""
    for name, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield name, ast.unparse(node.func), node


def keyword(node: ast.Call, name: str) -> str:
    return next((ast.unparse(word.value) for word in node.keywords if word.arg == name), "")


def test_there_is_source_to_look_at():
    assert len(FILES) > 200
    assert len(SCRIPTS) > 3


def test_no_program_is_started_through_a_shell():
    named = {
        (file, func) for file, func, node in calls() if func in {"os.system", "os.popen"} or keyword(node, "shell")
    }
    assert named == set()


def test_no_code_is_made_of_text():
    assert [(file, func) for file, func, _node in calls() if func in {"eval", "exec", "compile", "__import__"}] == []


def test_nothing_that_could_hold_code_is_read():
    readers = (
        "pickle.load",
        "marshal.load",
        "shelve.",
        "yaml.load",
        "yaml.unsafe_load",
        "yaml.full_load",
        "jsonpickle",
    )
    found = {file for file, func, node in calls() if func.startswith(readers) and "Safe" not in ast.unparse(node)}
    # the cache of one machine reads what it wrote, in a file as private as the database
    assert found == {"site/caching.py"}


def test_no_query_is_put_together_from_text():
    assert [file for file, func, _node in calls() if func.endswith((".xpath", ".XPath", ".extra"))] == []


def test_no_pattern_is_made_of_what_is_not_escaped():
    made = []
    for file, func, node in calls():
        if func.startswith("re.") and func != "re.escape" and node.args and isinstance(node.args[0], ast.JoinedStr):
            parts = [part.value for part in node.args[0].values if isinstance(part, ast.FormattedValue)]
            # a constant of ours, or escaped
            made += [
                f"{file}: {ast.unparse(part)}"
                for part in parts
                if not ast.unparse(part).startswith("re.escape")
                and not re.fullmatch(r"_?[A-Z][A-Z_0-9]*( \+ 1)?", ast.unparse(part))
            ]
    assert made == []


def test_what_is_secret_comes_from_a_good_source():
    """`random` spreads waiting times; whatever nobody may guess is made by `secrets`, `os.urandom` or a library."""
    users = {
        name
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import) and "random" in {alias.name for alias in node.names}
    }
    assert users == {"kernel/journal/dispatching.py", "kernel/journal/working.py", "site/live/stream.py"}


def test_no_weak_hash_protects_anything():
    weak = {
        file
        for file, func, node in calls()
        if func in {"hashlib.md5", "hashlib.sha1"}
        or (func == "hashlib.new" and keyword(node, "usedforsecurity") != "False")
    }
    assert weak == set()


def test_cryptography_comes_from_known_packages():
    """Every cipher, signature and key is `cryptography`'s or pyHanko's, and no mode without authentication is used."""
    names = {
        (name, node.module)
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and "cipher" in node.module.lower()
    }
    assert {module for _name, module in names} <= {"cryptography.hazmat.primitives.ciphers.aead"}
    assert not any(
        re.search(r"\bmodes\.(ECB|CBC|CTR)\b|\bARC4\b|\bTripleDES\b", path.read_text("utf-8")) for path in FILES
    )


def test_no_certificate_is_taken_unseen():
    """Calls to the outside check certificates and follow no redirect: httpx does so unless it is told otherwise."""
    told = [
        f"{file}: {word}"
        for file, _func, node in calls()
        for word in ("verify", "follow_redirects")
        if keyword(node, word) in {"False", "True"} and "httpx" in ast.unparse(node)
    ]
    assert told == []
    assert not any("_create_unverified_context" in path.read_text("utf-8") for path in FILES)


def test_addresses_that_are_called_come_from_settings():
    """Nobody who asks for a page names an address that we then call."""
    callers = {
        file
        for file, func, _node in calls()
        if func.startswith(("httpx.", "urllib.request.", "socket.create_connection"))
    }
    # who posts by way of base.posting calls as much as who does it by hand
    callers |= {
        name
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "tinhso.base.posting"
    }
    callers.remove("base/posting.py")
    # adapters, sandbox and launcher speak to what settings name; of the rest the check of VNeID's keys does,
    # and the news of a sign-out, to the address under which an administrator registered the system
    inner = {file for file in callers if not file.startswith(("adapters/", "sandbox/", "site/"))}
    assert inner == {"kernel/identity/vneid.py", "kernel/signon/tasks.py"}


def test_no_other_site_may_read_our_answers():
    """
    Open to scripts of others: roots and receipts of the public ledger, which are the same for all readers, and the endpoints
    of sign-on that a program calls with a secret or a code of its own and never with a cookie.
    """
    files = {str(path.relative_to(SOURCE)) for path in FILES if "Access-Control-Allow" in path.read_text("utf-8")}
    assert files == {"kernel/journal/views.py", "kernel/signon/callers.py", "kernel/signon/views/tokens.py"}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_of_ours_write_text_not_markup(script):
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|postMessage\(|addEventListener\(.message.|__proto__|JSONP"
    assert re.findall(forbidden, script.read_text("utf-8")) == []


def test_browsers_keep_no_name_of_a_file_and_nothing_past_the_tab():
    """Of what a script keeps, only the choices “no shortcuts” and “the hall sounds” outlive the tab; uploads are kept under a digest."""
    texts = {path.name: path.read_text("utf-8") for path in SCRIPTS}
    assert {name for name, text in texts.items() if re.search(r"localStorage|indexedDB|document\.cookie", text)} == {
        "hall.js",
        "keys.js",
    }
    assert set(re.findall(r"localStorage\.\w+\((\w+)", texts["keys.js"])) == {"OFF"}
    assert set(re.findall(r"localStorage\.\w+\((\w+)", texts["hall.js"])) == {"KEPT"}
    assert {name for name, text in texts.items() if "sessionStorage" in text} == {"pieces.js"}
    assert set(re.findall(r"sessionStorage\.\w+\(([^)]*)\)", texts["pieces.js"])) == {"key", "key, upload"}
    assert "crypto.subtle.digest" in texts["pieces.js"]


def test_the_web_server_speaks_new_tls_with_good_ciphers_only():
    conf = (ROOT / "deploy" / "nginx" / "tinhso.conf").read_text("utf-8")
    assert re.findall(r"ssl_protocols (.*);", conf) == ["TLSv1.2 TLSv1.3"]
    assert re.findall(r"ssl_ciphers (.*);", conf) == ["ECDHE+AESGCM:ECDHE+CHACHA20"]
    assert "autoindex on" not in conf


def test_the_address_of_the_reader_is_replaced_by_the_web_server():
    conf = (ROOT / "deploy" / "nginx" / "tinhso.conf").read_text("utf-8")
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in conf
    assert "$proxy_add_x_forwarded_for" not in conf


def test_a_container_runs_as_nobody_in_particular():
    composed = yaml.safe_load((ROOT / "deploy" / "container" / "compose.yaml").read_text("utf-8"))
    assert not any(service.get("privileged") for service in composed["services"].values())
