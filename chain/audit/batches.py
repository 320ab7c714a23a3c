"""A batch, from its anchor and its stored files: manifest, pages, leaves, root, records."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Protocol

from chain.audit.report import Broken, Report
from chain.claims import BindingParts, binding_leaf
from chain.credentials.leaf import audit_leaf, certificate_leaf, event_leaf, type_leaf
from chain.documents import ManifestPage, ManifestRoot, parse_page, read_manifest
from chain.kernel.ports import AnchorFacts, BlobStore, BlockRef, LeafParts, TrustSource
from chain.merkle import Tree

TYPES_LANE, AUDIT_LANE = "$types", "$audit"
_MOST_ENTRIES = 1_000_000
"""Entries of an audit log that may lie between two of its anchors before we stop looking for the number."""


class Anchored(TrustSource, Protocol):
    """The ledger's side of certificates, with everything listed."""

    def lanes(self) -> Iterable[tuple[str, str]]:
        """(bureau, lane) of every lane in use."""
        ...

    def anchors(self, uscc: str, lane: str) -> Iterable[AnchorFacts]:
        """Every anchor of a lane, oldest first, up to the head the contract shows. Raises Damaged for a gap."""
        ...

    def status_lists(self) -> Iterable[tuple[str, str]]:
        """(bureau, list) of every status list."""
        ...


class Vouching(Protocol):
    """Witnesses of the ledger."""

    def vouch(self, block: BlockRef) -> tuple[str, ...]:
        """Names of the witnesses who vouch for that block; none if too few do. Raises Conflict, Unavailable."""
        ...


def audit_lane(
    report: Report,
    ledger: Anchored,
    store: BlobStore,
    bureau: str,
    lane: str,
    only: int | None = None,
    witnesses: Vouching | None = None,
) -> None:
    """Every batch of a lane, or the one with the sequence ``only``."""
    subject = f"lane {bureau}/{lane}"
    anchors = report.try_("A101", subject, lambda: list(ledger.anchors(bureau, lane)))
    if anchors is None:
        return
    if only is not None and not any(one.sequence == only for one in anchors):
        report.holds("A101", f"{subject}/{only}", False, f"the lane has {len(anchors)} batches")
        return
    last = 0
    for facts in anchors:
        if only is None or facts.sequence == only:
            last = audit_batch(report, ledger, store, facts, last)
            if witnesses is not None:
                _witnessed(report, witnesses, facts)


def audit_batch(report: Report, ledger: TrustSource, store: BlobStore, facts: AnchorFacts, last_entry: int = 0) -> int:
    """One batch; for a batch of the audit log's lane, the number of its newest entry, from ``last_entry`` on."""
    subject = batch_name(facts)
    report.about(subject)
    with report.looking("A102", subject):
        key = ledger.key(facts.bureau, facts.key.rjust(32, b"\0"))
        if key is None or key.purpose != "anchor" or not key.usable(facts.block.time):
            raise Broken("the key that signed was none of the bureau's, not in force, or is marked compromised")
    with report.looking("A103", subject):
        bureau = ledger.bureau(facts.bureau)
        if bureau is None or not bureau.was_accredited(facts.lane, facts.block.time):
            raise Broken("the bureau was not accredited for this lane, or suspended")
    manifest = report.try_("A104", subject, partial(read_manifest, facts.manifest_digest, store.get))
    if manifest is None:
        return last_entry
    named = (manifest.bureau, manifest.lane, manifest.root, manifest.size)
    report.holds("A105", subject, named == (facts.bureau, facts.lane, facts.root, facts.size), f"it names {named[:2]}")
    pages = _pages(report, store, manifest, subject)
    if len(pages) < len(manifest.pages):
        return last_entry
    with report.looking("A107", subject):
        rows = [leaf.row for page in pages for leaf in page]
        last_entry, root = _root(facts, manifest.kind, rows, last_entry)
        if root != facts.root:
            raise Broken("the leaves give another root")
    if facts.lane not in (TYPES_LANE, AUDIT_LANE):
        _records(report, store, pages, subject)
    return last_entry


def batch_name(facts: AnchorFacts) -> str:
    """How findings name a batch."""
    return f"batch {facts.bureau}/{facts.lane}/{facts.sequence}"


def _pages(report: Report, store: BlobStore, manifest: ManifestRoot, subject: str) -> list[ManifestPage]:
    pages = []
    for number, ref in enumerate(manifest.pages, 1):
        with report.looking("A106", f"{subject}, page {number} ({ref.cid})"):
            pages.append(parse_page(store.get(ref.cid), ref, manifest.kind))
    return pages


def _root(facts: AnchorFacts, kind: str, rows: list[bytes], last: int) -> tuple[int, bytes | None]:
    """The root that the leaves give; of the audit log's lane with the number that makes it so, if one is found."""
    if facts.lane == TYPES_LANE:
        return last, type_leaf(rows[0]) if len(rows) == 1 else None
    if facts.lane == AUDIT_LANE:
        numbers = range(last + 1, last + 1 + _MOST_ENTRIES) if len(rows) == 1 else range(0)
        found = next((number for number in numbers if audit_leaf(number, rows[0]) == facts.root), None)
        return (last, None) if found is None else (found, facts.root)
    if kind == "events":
        return last, Tree(event_leaf(row) for row in rows).root
    if kind == "bindings":
        return last, Tree(binding_leaf(BindingParts.from_bytes(row)) for row in rows).root
    return last, Tree(certificate_leaf(LeafParts(row[:32], row[32:64], row[64:])) for row in rows).root


def _records(report: Report, store: BlobStore, pages: list[ManifestPage], subject: str) -> None:
    """Stored records must be what their digests say; that one is gone is no fault: destroying it is deletion."""
    gone = 0
    for leaf in (leaf for page in pages for leaf in page):
        if store.has(leaf.cid):
            report.try_("A108", f"{subject}, record {leaf.index} ({leaf.cid})", partial(store.get, leaf.cid))
        else:
            gone += 1
    if gone:
        report.note("A108", subject, f"{gone} records are not in this store: deleted, or kept elsewhere")


def _witnessed(report: Report, witnesses: Vouching, facts: AnchorFacts) -> None:
    subject = f"block {facts.block.number} of {batch_name(facts)}"
    names = report.try_("A109", subject, lambda: witnesses.vouch(facts.block))
    if names == ():
        report.unknown("A109", subject, "too few witnesses have a checkpoint over it")
