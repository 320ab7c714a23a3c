"""Identifiers that certificates had before they came onto the ledger (存量导入); both sides of the desk judge them."""

from __future__ import annotations

from chain.identifiers import Identifier, check_report, first_error, parse
from chain.kernel.errors import Refused
from chain.kernel.ports import TrustSource


def stands_with_warning(identifier: str) -> bool:
    """True if an identifier breaks a rule that is only warned of: a check character, or a version 000."""
    return first_error(check_report(identifier)) is not None


def check_stock(identifier: str, certificate_type: str, bureau: str, trust: TrustSource) -> Identifier:
    """An identifier that a bureau may bring along.

    One in the bureau's own name keeps every rule. One that names a region, or a bureau it has succeeded, may have wrong
    check characters. In anybody else's name every verifier would call it forged (step 3.4 of a check).

    Args:
        identifier: as it was given, and as it stays.
        certificate_type: type code it must have.
        bureau: USCC of the bureau that imports it.
        trust: the registry's facts.

    Raises:
        InvalidInput: its form is wrong; ``field`` names the part.
        Refused: another type, or in the name of another bureau.
    """
    found = parse(identifier, foreign=True)
    if found.issuer == bureau:
        parse(identifier)
    elif len(found.issuer) == 18 and not has_succeeded(trust, found.issuer, bureau):
        raise Refused(
            f"the identifier is in the name of {found.issuer}",
            code="identifier.of_another",
            field="identifier",
            fix="let that bureau hand the certificate over (yinxin handover), or correct the identifier",
        )
    if found.type_code != certificate_type:
        raise Refused(f"the identifier is of type {found.type_code}", code="identifier.other-type", field="identifier")
    return found


def has_succeeded(trust: TrustSource, owner: str, bureau: str) -> bool:
    """True if ``bureau`` answers for ``owner`` by the registry, over any number of successions."""
    seen = {owner}
    facts = trust.bureau(owner)
    while facts is not None and facts.successor is not None and facts.successor not in seen:
        if facts.successor == bureau:
            return True
        seen.add(facts.successor)
        facts = trust.bureau(facts.successor)
    return False
