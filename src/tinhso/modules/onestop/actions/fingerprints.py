"""
What a line of the journal binds that it does not tell: who applied, what was declared, which fee followed, what was proposed.

A fingerprint is SHA-256 over JSON with sorted keys and nothing between, in UTF-8, whole numbers without a fraction. The
dossier's code is part of it, so that equal declarations do not look alike, and where answers lie sealed so is a salt that lies
with them: nobody who has all but the key finds them by trying. `./tinhso check-all` computes it anew.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from tinhso.kernel.forms.public import salt_of
from tinhso.modules.onestop.models import Dossier, Outcome


def of_declared(dossier: Dossier) -> str:
    """Return the fingerprint of applicant, answers and fee as they stand."""
    salt = salt_of(dossier, "answers")
    return _of(
        ({"salt": salt} if salt else {})
        | {
            "code": dossier.code,
            "applicant": [
                dossier.owner_key,
                dossier.applicant_name,
                dossier.applicant_number,
                dossier.applicant_phone,
                dossier.applicant_email,
                dossier.applicant_address,
            ],
            "answers": dossier.answers,
            "fee": [dossier.fee_vnd, dossier.fee_steps],
        }
    )


def of_proposed(code: str, result: Outcome) -> str:
    """Return the fingerprint of a proposed result of a dossier: what its paper will say."""
    return _of(
        {"code": code, "kind": str(result.kind), "title": result.title, "data": result.data, "reason": result.reason}
    )


def _of(value: dict[str, Any]) -> str:
    text = json.dumps(_steady(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _steady(value: Any) -> Any:
    """Return a value as it comes back from either database: PostgreSQL gives 1e5 back as an integer."""
    if isinstance(value, dict):
        return {str(key): _steady(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_steady(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
