"""The journal's door: what other packages may import."""

from tinhso.kernel.journal.access import can_read_journal, can_replay
from tinhso.kernel.journal.actions import replay
from tinhso.kernel.journal.dispatching import EntryView, dispatch, once
from tinhso.kernel.journal.following import Line, behind, follow, log_size, rewind, waits_from_before
from tinhso.kernel.journal.ids import made_at, new_id
from tinhso.kernel.journal.models import Delivery, Entry, Root
from tinhso.kernel.journal.proofs import InclusionProof, consistency, proof
from tinhso.kernel.journal.queries import (
    count_acts,
    count_dead_letters,
    dead_letters,
    entries,
    find_entries,
    get_entry,
    roots,
    since,
)
from tinhso.kernel.journal.receipts import Receipt, get_receipt, receipt_code
from tinhso.kernel.journal.record import Journalled, Subject, UndeclaredEvent, record
from tinhso.kernel.journal.sealing import latest_root, seal
from tinhso.kernel.journal.verifying import VERIFIED, Broken, Report, verify_all, verify_and_stamp

__all__ = [
    "VERIFIED",
    "Broken",
    "Delivery",
    "Entry",
    "EntryView",
    "InclusionProof",
    "Journalled",
    "Line",
    "Receipt",
    "Report",
    "Root",
    "Subject",
    "UndeclaredEvent",
    "behind",
    "can_read_journal",
    "can_replay",
    "consistency",
    "count_acts",
    "count_dead_letters",
    "dead_letters",
    "dispatch",
    "entries",
    "find_entries",
    "follow",
    "get_entry",
    "get_receipt",
    "latest_root",
    "log_size",
    "made_at",
    "new_id",
    "once",
    "proof",
    "receipt_code",
    "record",
    "replay",
    "rewind",
    "roots",
    "seal",
    "since",
    "verify_all",
    "verify_and_stamp",
    "waits_from_before",
]
