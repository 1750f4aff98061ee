"""
What a flow file says for its proofs alone, and no running case asks: legal bases and how often a loop may go round.

It is read from the file each time, not kept in the graph: a running case never needs it.

    tinhso:legal   the legal basis, on an arrow that refuses or on the end it leads to
    tinhso:most    how many times an arrow that leads back may be taken in one case
    tinhso:ending  `refused` or `stopped` on an end that is a refusal, `settled` on one that is not
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tinhso.kernel.casework.bpmn.faults import BadFile
from tinhso.kernel.casework.bpmn.source import MAX_NODES, Element, is_bpmn, own, read_xml

MOST_ROUNDS = 99


@dataclass(frozen=True, slots=True)
class Notes:
    """By id of the element."""

    legal: dict[str, str] = field(default_factory=dict, hash=False)
    most: dict[str, int] = field(default_factory=dict, hash=False)
    ending: dict[str, str] = field(default_factory=dict, hash=False)

    def inside(self, caller: str) -> Notes:
        """Return the notes of a called flow as those of elements inside the calling node."""
        return Notes(_inside(caller, self.legal), _inside(caller, self.most), _inside(caller, self.ending))

    def joined(self, other: Notes) -> Notes:
        """Return both; the other one's win."""
        return Notes({**self.legal, **other.legal}, {**self.most, **other.most}, {**self.ending, **other.ending})


def _inside[T](caller: str, notes: dict[str, T]) -> dict[str, T]:
    return {f"{caller}/{key}": value for key, value in notes.items()}


def read_notes(xml: bytes) -> Notes:
    """Return the notes of a file, those of the processes it calls within itself included. Raises BadFile."""
    root = read_xml(xml)
    processes = {each.get("id", ""): each for each in root.iter("{*}process")}
    known: dict[str, Notes] = {}
    found = Notes()
    for code in processes:
        found = found.joined(_notes_of(code, processes, (), known))
    return found


def _notes_of(code: str, processes: dict[str, Element], above: tuple[str, ...], known: dict[str, Notes]) -> Notes:
    """Return the notes of a process, read once however often it is called."""
    if code not in known:
        known[code] = _read(processes[code], processes, (*above, code), known)
    return known[code]


def _read(process: Element, processes: dict[str, Element], above: tuple[str, ...], known: dict[str, Notes]) -> Notes:
    found = Notes()
    for element in process.iter():
        identity = element.get("id", "") if is_bpmn(element) else ""
        if not identity:
            continue
        if legal := own(element, "legal"):
            found.legal[identity] = legal[:500]
        if ending := own(element, "ending"):
            found.ending[identity] = ending
        if (most := own(element, "most")).isdigit() and 0 < int(most) <= MOST_ROUNDS:
            found.most[identity] = int(most)
        called = element.get("calledElement", "").split(":")[-1]
        if called in processes and called not in above:
            found = found.joined(_notes_of(called, processes, above, known).inside(identity))
            if len(found.legal) + len(found.most) + len(found.ending) > 3 * MAX_NODES:
                raise BadFile(reason=f"> {MAX_NODES} elements")
    return found
