"""What a signer demands of the identifiers in a list that a person is about to release."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chain.identifiers import parse
from chain.issuing.contents import Draft
from chain.issuing.stock import check_stock
from chain.kernel.errors import Refused
from chain.kernel.ports import TrustSource

IMPORT = "import"
"""The one operation whose certificates bring identifiers of other making; its summary says so to the person."""


def check_names(
    drafts: Sequence[Draft],
    operation: str,
    lane: str,
    bureau: str,
    ledger: Callable[[], TrustSource],
    first: int = 0,
) -> None:
    """Each identifier is of this type and version, and in the bureau's own name unless it is imported.

    ``first`` is the 0-based place of the first draft in its list.

    Raises:
        InvalidInput: an identifier breaks a rule.
        Refused: one is of another type, version or bureau, or what is imported follows another certificate.
    """
    trust = ledger() if operation == IMPORT else None
    for position, draft in enumerate(drafts, first + 1):
        named = parse(draft.identifier) if trust is None else check_stock(draft.identifier, lane, bureau, trust)
        if (named.type_code, named.version) != (lane, draft.version) or (trust is None and named.issuer != bureau):
            raise Refused(
                f"draft {position}: its identifier is of another bureau, type or version",
                code="desk.identifier",
                field="identifier",
            )
        if trust is not None and draft.predecessor is not None:
            raise Refused(f"draft {position}: what is imported follows nothing", code="desk.import", field="drafts")
