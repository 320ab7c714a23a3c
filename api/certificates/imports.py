"""Existing certificates brought onto the ledger with the identifiers and dates they have (存量导入).

An identifier that was signed, printed and copied elsewhere is kept byte for byte, also one whose check character is
wrong, as long as it is not in this bureau's own name: both people see how many those are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.certificates.office import Office
from chain.catalogue import CertificateType
from chain.catalogue.lists import Row as ListRow
from chain.issuing.contents import Draft, draft_of
from chain.issuing.stock import check_stock, stands_with_warning
from chain.kernel.errors import YinxinError


@dataclass(frozen=True, slots=True)
class Stock:
    """A list of existing certificates, ready to become a batch of operation ``import``.

    Attributes:
        drafts: in the order of the list.
        kept: how many keep an identifier of their own.
        minted: how many had none and got one.
        failing: identifiers that break a rule which is only warned of.
    """

    drafts: tuple[Draft, ...]
    kept: int
    minted: int
    failing: tuple[str, ...]


def drafts_for_import(office: Office, rows: Sequence[ListRow], certificate_type: CertificateType) -> Stock:
    """Drafts of existing certificates.

    Args:
        office: the officer's office.
        rows: validated rows, read with :class:`chain.catalogue.lists.Stock`.
        certificate_type: type of all.

    Raises:
        Refused, InvalidInput: an identifier this bureau must not bring along; names the row.
    """
    name, trust = office.bureau_name, office.ledger.refresh()
    drafts = []
    for row in rows:
        try:
            if row.identifier is not None:
                check_stock(row.identifier, certificate_type.code, office.bureau, trust)
            drafts.append(
                draft_of(
                    certificate_type.complete(row.fields, bureau_name=name),
                    certificate_type,
                    office.bureau,
                    serial=row.serial,
                    version=row.version,
                    identifier=row.identifier,
                )
            )
        except YinxinError as error:
            error.message = f"row {row.number}: {error.message}"
            raise
    kept = [row.identifier for row in rows if row.identifier is not None]
    return Stock(
        tuple(drafts), len(kept), len(drafts) - len(kept), tuple(one for one in kept if stands_with_warning(one))
    )
