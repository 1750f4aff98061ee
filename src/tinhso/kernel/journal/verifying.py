"""`verify_all()`: reads the whole journal and believes nothing that it can compute."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tinhso.base.replica import from_replica
from tinhso.base.stamps import put_stamp
from tinhso.kernel.journal import merkle, partitions
from tinhso.kernel.journal.content import content_hash, moment
from tinhso.kernel.journal.models import Entry, Leaf, Node, Purpose, Queued, Root
from tinhso.kernel.journal.publishing import published_roots, root_facts

VERIFIED = "journal-verified"
"""Stamp of the last verification of the whole journal."""
_PAGE = 1000
_ENOUGH = 20
"""Faults after which we stop looking: the first one is what matters."""


@dataclass(frozen=True, slots=True)
class Broken:
    """One thing that is not as it was sealed. `index` and `entry_id` name the entry, where there is one."""

    kind: str
    """`entry_changed`, `entry_missing`, `entry_unlisted`, `leaf_changed`, `leaf_missing`, `node_changed`, `node_missing`, `node_unlisted`,
    `root_changed`, `root_missing`, `chain_broken`, `published_differs`, `queue_without_entry`, `year_detached`."""
    text: str
    index: int | None = None
    entry_id: UUID | None = None


@dataclass(slots=True)
class Report:
    """What was read and what is wrong; `first` is the first broken or missing thing in the order of the log."""

    sealed: int = 0
    waiting: int = 0
    roots: int = 0
    size: int = 0
    root: bytes = b""
    broken: list[Broken] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self.broken

    @property
    def first(self) -> Broken | None:
        """Return the first fault."""
        return self.broken[0] if self.broken else None

    def add(self, kind: str, text: str, index: int | None = None, entry_id: UUID | None = None) -> None:
        """Note one fault, until there are enough."""
        if len(self.broken) < _ENOUGH:
            self.broken.append(Broken(kind, text, index, entry_id))


def verify_all(*, on_replica: bool = False) -> Report:
    """
    Prove every entry, leaf, node, root, the chain of roots, the published file, and that nothing is missing or added.

    Streams page by page, in step with a running sealer: it covers the log up to the newest root at the start. A replica,
    where one may be read, spares the database the work; the published file is held against the database itself.
    """
    report = (from_replica(_read) if on_replica else _read)()
    _check_published(report)
    return report


def _read() -> Report:
    report = Report()
    last = Root.objects.order_by("-size").first()
    report.size = last.size if last else 0
    _Walk(report).run()
    _check_beyond(report)
    _check_unsealed(report)
    return report


def verify_and_stamp(at: datetime, *, on_replica: bool = False) -> Report:
    """Do as `verify_all()` does, and keep when it was done and what came out, for whoever watches the system."""
    report = verify_all(on_replica=on_replica)
    note = "" if report.ok else f"{report.broken[0].kind}: {report.broken[0].text}"
    put_stamp(VERIFIED, at=at, is_fine=report.ok, note=note)
    return report


class _Walk:
    """One way through leaves, nodes and roots together, in the order in which they were made."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.growth = merkle.Growth.of()
        self.roots = self._stream_roots()
        self.next_root = next(self.roots, None)
        self.chain = bytes(32)
        self.away = dict.fromkeys(partitions.gaps(), 0)
        """Years that were taken out, with the number of leaves whose entries are away with them."""

    def run(self) -> None:
        for start in range(0, self.report.size, _PAGE):
            self._page(start, min(start + _PAGE, self.report.size))
            if len(self.report.broken) >= _ENOUGH:
                return
        while self.next_root:  # only when leaves are missing at the end
            self._check_root(self.next_root)
        self.report.root = self.growth.root
        for year, count in self.away.items():
            self.report.add(
                "year_detached",
                f"{count} entries are not here: {year.table}, with all before it that is missing,"
                f" was taken out; put it back with `journal attach {year.year}`",
            )

    def _page(self, start: int, end: int) -> None:
        leaves = {leaf.number: leaf for leaf in Leaf.objects.filter(number__gte=start, number__lt=end)}
        ids = [leaf.entry_id for leaf in leaves.values()]
        entries = {entry.id: entry for entry in Entry.objects.filter(id__in=ids)}
        self.growth.grown.clear()
        for index in range(start, end):
            leaf = leaves.get(index)
            if leaf is None:
                self.report.add("leaf_missing", f"leaf {index} is missing", index)
                self.growth.add(merkle.EMPTY)
            else:
                self._check_leaf(leaf, entries.get(leaf.entry_id))
                self.growth.add(bytes(leaf.hash))
            while self.next_root and self.next_root.size <= index + 1:
                self._check_root(self.next_root)
        self._check_nodes(start, end)

    def _check_leaf(self, leaf: Leaf, entry: Entry | None) -> None:
        index, entry_id = leaf.number, leaf.entry_id
        self.report.sealed += 1
        if entry is None and (year := next((each for each in self.away if each.holds(entry_id)), None)):
            self.away[year] += 1
            return
        if entry is None:
            self.report.add("entry_missing", f"entry {entry_id}, leaf {index}, is missing", index, entry_id)
            return
        content = content_hash(entry)
        if content != bytes(entry.content_hash):
            self.report.add("entry_changed", f"entry {entry_id}, leaf {index}, was changed", index, entry_id)
        elif merkle.leaf_hash(content) != bytes(leaf.hash):
            self.report.add("leaf_changed", f"leaf {index} is not the hash of entry {entry_id}", index, entry_id)

    def _check_nodes(self, start: int, end: int) -> None:
        first, after = merkle.nodes_before(start), merkle.nodes_before(end)
        kept = dict(Node.objects.filter(number__gte=first, number__lt=after).values_list("number", "hash"))
        for number, computed in enumerate(self.growth.grown, first):
            if number not in kept:
                self.report.add("node_missing", f"node {number} is missing")
            elif bytes(kept[number]) != computed:
                self.report.add("node_changed", f"node {number} does not follow from its leaves")

    def _check_root(self, root: Root) -> None:
        self.report.roots += 1
        size = root.size
        if self.growth.size != size or self.growth.root != bytes(root.hash):
            self.report.add("root_changed", f"root of size {size} does not follow from the leaves", size - 1)
        chain = merkle.chain_hash(self.chain, size, bytes(root.hash), moment(root.at))
        if bytes(root.previous) != self.chain or bytes(root.chain) != chain:
            self.report.add("chain_broken", f"root of size {size} does not continue the chain", size - 1)
        self.chain = bytes(root.chain)
        self.next_root = next(self.roots, None)

    def _stream_roots(self) -> Iterator[Root]:
        size = 0
        while page := list(Root.objects.filter(size__gt=size, size__lte=self.report.size).order_by("size")[:_PAGE]):
            yield from page
            size = page[-1].size


def _check_beyond(report: Report) -> None:
    """See that no leaf and no node lies beyond the newest root."""
    # leaves and nodes first, the root last: what was sealed between the reads is then under the root
    leaf = Leaf.objects.order_by("-number").values_list("number", flat=True).first()
    node = Node.objects.order_by("-number").values_list("number", flat=True).first()
    last = Root.objects.order_by("-size").first()
    size = last.size if last else 0
    if leaf is not None and leaf >= size:
        report.add("root_missing", f"leaf {leaf} is under no root: the newest root is of size {size}", leaf)
    if node is not None and node >= merkle.nodes_before(size):
        report.add("node_unlisted", f"node {node} belongs to no leaf")


def _check_unsealed(report: Report) -> None:
    """See that every entry is in the log or waits to be, and that what waits is there and unchanged."""
    waiting = Queued.objects.filter(purpose=Purpose.SEAL).values("entry_id")
    unlisted = Entry.objects.filter(leaf=None).exclude(id__in=waiting).order_by("id")
    for entry in unlisted[:_ENOUGH]:
        text = f"entry {entry.id} is neither sealed nor waiting: it was put in from outside"
        report.add("entry_unlisted", text, None, entry.id)
    number = 0
    while page := list(Queued.objects.filter(purpose=Purpose.SEAL, id__gt=number).order_by("id")[:_PAGE]):
        entries = {entry.id: entry for entry in Entry.objects.filter(id__in=[row.entry_id for row in page])}
        for row in page:
            _check_waiting(report, row, entries.get(row.entry_id))
        number = page[-1].id


def _check_waiting(report: Report, row: Queued, entry: Entry | None) -> None:
    report.waiting += 1
    if entry is None:
        report.add("queue_without_entry", f"entry {row.entry_id} is missing and was not sealed", None, row.entry_id)
    elif content_hash(entry) != bytes(entry.content_hash):
        report.add("entry_changed", f"entry {entry.id}, not sealed yet, was changed", None, entry.id)


def _check_published(report: Report) -> None:
    """Compare what was published once with what the table says now."""
    page: list[dict[str, object]] = []
    for facts in published_roots():
        page.append(facts)
        if len(page) == _PAGE:
            _compare_published(report, page)
            page = []
    _compare_published(report, page)


def _compare_published(report: Report, page: list[dict[str, object]]) -> None:
    kept = {root.size: root_facts(root) for root in Root.objects.filter(size__in=[facts["size"] for facts in page])}
    for facts in page:
        size = int(str(facts["size"]))
        if size not in kept:
            report.add("root_missing", f"root of size {size} was published and is gone", size - 1)
        elif kept[size] != facts:
            report.add("published_differs", f"root of size {size} was published with another hash", size - 1)
