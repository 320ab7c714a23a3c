"""Verification: any certificate in, one verdict out, together with how it was reached.

>>> result = verify_bundle(data, trust=source, index=index, proofs=proofs, at=now)   # doctest: +SKIP
>>> result.verdict, result.authentic, result.in_force                               # doctest: +SKIP
(<Verdict.VALID: 'VALID'>, True, True)

The rules are pure: facts come through the ports of :mod:`chain.kernel.ports`, the time is an argument.
The seven steps are listed in :mod:`.verifier`, what follows from them in :func:`.verdicts.decide`, and why
so in docs/adr/0007-verdicts.md.

================== ==================================================================================
:func:`verify_bundle`        an evidence bundle: everything in one file, also offline
:func:`verify_stamp`         the content of a printed QR code
:func:`verify_credential`    an SD-JWT with any choice of disclosures
:func:`verify_presentation`  what a holder presents
:mod:`.inputs`               what people hold out: file, picture, digits, address, identifier
:mod:`.service`              the one door to the network: a configured service that has bundles
================== ==================================================================================
"""

from chain.credentials.verification.evidence import ChainProofs, LinkIndex, Links, NoLedger
from chain.credentials.verification.policy import Policy
from chain.credentials.verification.verdicts import Result, Step, Verdict, Verification, decide
from chain.credentials.verification.verifier import (
    not_found,
    verify_bundle,
    verify_credential,
    verify_presentation,
    verify_stamp,
)

__all__ = [
    "ChainProofs",
    "LinkIndex",
    "Links",
    "NoLedger",
    "Policy",
    "Result",
    "Step",
    "Verdict",
    "Verification",
    "decide",
    "not_found",
    "verify_bundle",
    "verify_credential",
    "verify_presentation",
    "verify_stamp",
]
