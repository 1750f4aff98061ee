"""Changing the keys under which secrets lie: row by row, while everybody works, and again from where it stopped."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any, Final

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, by_system, require
from tinhso.base.refusals import Refusal
from tinhso.base.registry import Sealed, registry
from tinhso.base.sealing import PLAIN, drop_key, ring, sealed_under
from tinhso.kernel.identity.sealing import Unsealable, is_current, seal, unseal
from tinhso.kernel.journal.public import record

BATCH: Final = 200
_SEALED: Final = ("secret", "seed", "migrated_codes")
"""Where the library keeps what it had us seal: one-time-code keys, seeds and codes of recovery."""


class KeyInUse(Refusal):
    """Something is still sealed under this key, or it is the one that seals."""

    code = "identity.key_in_use"
    text = _("The key {key} is still needed: {count} secrets lie under it. Run “./tinhso keys rotate” first.")
    status = 409


def count_by_key() -> Counter[str]:
    """
    Return how many texts lie under each key, of all that packages lend.

    Under "" those of the site's secret key, under PLAIN those that should be sealed and are not yet.
    """
    found: Counter[str] = Counter()
    for holder in registry.of(Sealed):
        for row in holder.rows().iterator():
            found.update(text if text == PLAIN else sealed_under(text) for text in holder.texts(row))
    return found


def reseal_all(*, actor: Actor, at: datetime) -> int:
    """Seal every secret under the first key of the ring, a batch an act; return how many rows changed."""
    changed = 0
    for holder in registry.of(Sealed):
        after: Any = None
        while (last := _reseal_some(holder, after, actor=actor, at=at)) is not None:
            after, count = last
            changed += count
    return changed


@act
def _reseal_some(holder: Sealed, after: Any, *, actor: Actor, at: datetime) -> tuple[Any, int] | None:
    """Reseal the rows that follow one; return the last one looked at and how many changed, None at the end."""
    require(by_system, actor)
    following = holder.rows().select_for_update().order_by("pk")
    rows = list((following if after is None else following.filter(pk__gt=after))[:BATCH])
    count = 0
    for row in rows:
        if fields := holder.reseal(row):
            row.save(update_fields=fields)
            count += 1
    key = ring()[0].id
    record("identity.secrets_resealed", ("sealing-key", key), actor=actor, at=at, count=count, of=holder.key)
    return (rows[-1].pk, count) if rows else None


@act
def retire_key(key_id: str, *, actor: Actor, at: datetime) -> None:
    """Take a key out of the ring for good. Raises KeyInUse. Backups sealed under it cannot be opened any more."""
    require(by_system, actor)
    count = count_by_key()[key_id]
    if count or not ring() or ring()[0].id == key_id:
        raise KeyInUse(key=key_id, count=count)
    drop_key(key_id)
    record("identity.key_retired", ("sealing-key", key_id), actor=actor, at=at)


def _texts(row: Authenticator) -> list[str]:
    kept = [row.data[name] for name in _SEALED if row.data.get(name)]
    return [text for one in kept for text in (one if isinstance(one, list) else [one]) if isinstance(text, str)]


def _reseal(row: Authenticator) -> list[str]:
    before = _texts(row)
    for name in _SEALED:
        if kept := row.data.get(name):
            row.data[name] = [_anew(text) for text in kept] if isinstance(kept, list) else _anew(kept)
    return ["data"] if _texts(row) != before else []


def _anew(text: str) -> str:
    """Return a text under the first key of the ring; as it is, if it lies there already or nothing opens it."""
    if is_current(text):
        return text
    try:
        return seal(unseal(text))
    except Unsealable:
        return text


SECOND_FACTORS: Final = Sealed("identity.second-factors", Authenticator.objects.all, _texts, _reseal)
