"""The draft by which a bureau takes over another bureau's certificate."""

from __future__ import annotations

from chain.catalogue import CertificateType
from chain.catalogue.rules import check_fields
from chain.credentials.credential import ParsedCredential
from chain.identifiers import parse
from chain.issuing.contents import Draft, draft_of
from chain.kernel.errors import InvalidInput


def successor_of(credential: ParsedCredential, kind: CertificateType, bureau: str, bureau_name: str) -> Draft:
    """The successor of a certificate at another bureau: what it says, in this bureau's name.

    Its identifier has this bureau's code, the serial as it was, and the next version, so that what belongs together is
    seen to belong together (docs/care.md). Values pass the type's rules again: another bureau's reader is not ours.

    Args:
        credential: verified, all fields disclosed.
        kind: its type.
        bureau: USCC of this bureau.
        bureau_name: its legal name.

    Raises:
        InvalidInput: a field is missing or breaks its rule; names it.
    """
    assert credential.identifier is not None
    if credential.hidden:
        raise InvalidInput("some fields are not disclosed", code="handover.field", field="file")
    shown = {one.name: str(credential.fields[one.name]) for one in kind.list_fields if one.name in credential.fields}
    fields = kind.complete(shown, bureau_name=bureau_name)
    for name, found in check_fields(kind, fields):
        if found.level == "error":
            raise InvalidInput(f"{name}: {found.message}", code=found.rule, field=name, fix=found.fix or None)
    named = parse(credential.identifier, foreign=True)
    return draft_of(
        fields,
        kind,
        bureau,
        serial=named.serial,
        version=f"{int(named.version) + 1:03d}",
        predecessor=credential.identifier,
    )
