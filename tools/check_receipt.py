"""
Check a receipt by yourself, without trusting the site: python3 check_receipt.py https://SITE CODE [OLD-ROOTS.json].

Python 3.9, nothing else. Or python3 check_receipt.py RECEIPT.json for a file saved from /so-cai/CODE.json. Save
/so-cai/roots.json now and then: given as OLD-ROOTS.json, today's log must begin with the log you saved. Exit code 1: it
does not hold. Hashes are those of RFC 6962, proofs are checked as RFC 9162 section 2.1 says.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen


def sha(*parts: bytes) -> bytes:
    """Return the SHA-256 of the parts, one after another."""
    return hashlib.sha256(b"".join(parts)).digest()


def need(holds: bool, otherwise: str) -> None:
    """End with exit code 1 unless it holds."""
    if not holds:
        sys.exit(f"DOES NOT HOLD: {otherwise}")


def get(address: str) -> Any:
    """Return the JSON at an http(s) address, or in a file."""
    remote = address.startswith(("http://", "https://"))
    try:
        with urlopen(address) if remote else Path(address).open("rb") as opened:  # noqa: S310 - http and https only
            return json.load(opened)
    except HTTPError as answer:
        # an unknown code is not found, and the answer says so as JSON
        if "json" in answer.headers.get("Content-Type", ""):
            return json.load(answer)
        sys.exit(f"{address} answers {answer.code}")
    except (OSError, ValueError) as fault:
        sys.exit(f"{address} cannot be read: {fault}")


def climb(place: int, last: int, old: bytes, new: bytes, path: list[bytes]) -> tuple[bytes, bytes]:
    """Return the old and the new root that the path leads to; with a leaf for both, the new one is its root."""
    for sibling in path:
        need(last > 0, "a proof is too long")
        if place & 1 or place == last:
            old, new = sha(b"\1", sibling, old), sha(b"\1", sibling, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = sha(b"\1", new, sibling)
        place, last = place >> 1, last >> 1
    need(last == 0, "a proof is too short")
    return old, new


def check_receipt(receipt: dict[str, Any]) -> None:
    """See that what is shown was hashed, that the hash is a leaf, and that the leaf is under the root."""
    need(receipt["state"] == "sealed", f"the receipt is {receipt['state']}")
    content, index, size = bytes.fromhex(receipt["content_hash"]), receipt["index"], receipt["root"]["size"]
    if receipt["open"]:
        whole = {**receipt["open"], "closed": receipt["closed"]}
        text = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        need(sha(text.encode()) == content, "what is shown is not what was hashed")
        bits = int(whole["id"].replace("-", ""), 16)
        # the code is made of the id, milliseconds since 2024 and 29 bits, in Crockford's base32, with two check digits
        data = (bits >> 80) - 1_704_067_200_000 << 29 | (bits >> 64 & 0xFFF) << 17 | bits >> 45 & 0x1FFFF
        digits = receipt["code"].replace("-", "").translate(str.maketrans("JKMNPQRSTVWXYZ", "IJKLMNOPQRSTUV"))
        need(int(digits, 32) >> 10 == data, "the receipt shows another record than its code names")
    need(0 <= index < size, "its place lies outside of the log")
    _, root = climb(index, size - 1, *[sha(b"\0", content)] * 2, [bytes.fromhex(part) for part in receipt["path"]])
    need(root.hex() == receipt["root"]["hash"], "the path does not lead to the root")


def check_chain(roots: list[dict[str, Any]]) -> None:
    """See that each published root continues the one before it."""
    for newer, root in zip([None, *roots], roots):  # noqa: B905 - the first list is longer by one
        parts = bytes.fromhex(root["previous"]), root["size"].to_bytes(8, "big"), bytes.fromhex(root["hash"])
        need(sha(*parts, root["at"].encode()).hex() == root["chain"], f"root {root['size']} has a wrong chain hash")
        need(not newer or newer["previous"] == root["chain"], f"a root after {root['size']} is missing or changed")


def check_growth(old: dict[str, Any], new: dict[str, Any], ledger: str) -> None:
    """See that the log of the old root is the beginning of the log of the new one."""
    need(old["size"] < new["size"], f"root {old['size']} has become another, or the log has shrunk")
    answer = get(f"{ledger}/consistency.json?old={old['size']}&new={new['size']}")
    path, place, last = [bytes.fromhex(part) for part in answer["proof"]], old["size"] - 1, new["size"] - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = bytes.fromhex(old["hash"]) if old["size"] & (old["size"] - 1) == 0 else path.pop(0)
    found = [root.hex() for root in climb(place, last, first, first, path)]
    need(found == [old["hash"], new["hash"]], f"the log does not begin with the one saved at {old['size']}")


if __name__ == "__main__":
    source, code, kept, *_ = [*sys.argv[1:], "", "", ""]
    need(bool(source), str(__doc__))
    ledger, saved = f"{source.rstrip('/')}/so-cai", get(kept)["roots"] if kept else []
    receipt = get(f"{ledger}/{code}.json" if code else source)
    published = get(f"{ledger}/roots.json")["roots"] if code else [receipt["root"]]
    check_receipt(receipt)
    need(not code or receipt["code"].replace("-", "") == code.upper().replace("-", ""), "this is another receipt")
    check_chain(published)
    need(receipt["root"] in published, "its root is not among the published ones")
    if saved and saved[0] != published[0]:
        check_growth(saved[0], published[0], ledger)
    print(f"HOLDS: {receipt['code']} is leaf {receipt['index']} under root {receipt['root']['hash']}")
