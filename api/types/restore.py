"""Types made anew from the ledger's lane ``$types`` and the public documents it names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import Connection, insert

from api.types.tables import type_acts
from chain.catalogue import Definition, Retirement, read_type_document
from chain.credentials.leaf import type_leaf
from chain.documents.manifest import ManifestLeaf
from chain.kernel.errors import Damaged
from chain.kernel.ports import AnchorFacts


def restore_types(
    connection: Connection,
    anchors: Iterable[AnchorFacts],
    leaves: Callable[[AnchorFacts], Sequence[ManifestLeaf]],
    fetch: Callable[[str], bytes],
) -> int:
    """Put every definition and retirement back, in the order of their anchors; answers how many.

    Of two definitions of one version the first anchored counts: no signer signs a second one, but a stolen key may.

    Args:
        connection: the new register.
        anchors: those of the lane, oldest first, that are believed.
        leaves: leaves of an anchor's manifest.
        fetch: takes a CID.

    Raises:
        Damaged: a document is not what its leaf says.
        InvalidInput: a document of unknown format.
        NotFound, Unavailable: a document is nowhere to be had.
    """
    done = 0
    taken: set[tuple[str, str, int]] = set()
    for facts in anchors:
        for leaf in leaves(facts):
            found = read_type_document(fetch(leaf.cid))
            if found.digest != leaf.record or facts.root != type_leaf(found.digest):
                raise Damaged(
                    f"the document of anchor {facts.sequence} is not the one its leaf names",
                    code="rebuild.type",
                    field="document",
                )
            subject = found.kind if isinstance(found, Definition) else found
            name = (type(found).__name__, subject.code, subject.version)
            if name in taken:
                continue
            taken.add(name)
            connection.execute(insert(type_acts).values(_row(found, facts)))
            done += 1
    return done


def _row(found: Definition | Retirement, facts: AnchorFacts) -> dict[str, object]:
    defined = isinstance(found, Definition)
    return {
        "action": "approve" if defined else "retire",
        "code": found.kind.code if isinstance(found, Definition) else found.code,
        "version": found.kind.version if isinstance(found, Definition) else found.version,
        "document": found.document.decode(),
        "digest": found.digest,
        "operator": "",
        "reason": found.reason if isinstance(found, Retirement) else "",
        "at": facts.block.time,
        "state": "active",
        "sequence": facts.sequence,
        "root": facts.root,
        "manifest_digest": facts.manifest_digest,
    }
