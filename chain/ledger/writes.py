"""Every write to our contracts as call data. Pure; what the arguments mean is said in contracts/**/I*.sol.

Bureaus, lanes and lists are text; digests, heads and thumbprints 32 bytes; times seconds since 1970 UTC.
"""

from __future__ import annotations

from chain.kernel.errors import InvalidInput
from chain.ledger._abi import call_data
from chain.ledger._registry import PURPOSES
from chain.ledger.events import word

_NOBODY = bytes(18)


def anchor(
    bureau: str, lane: str, sequence: int, root: bytes, size: int, manifest_digest: bytes, signature: bytes
) -> bytes:
    """``AnchorLog.anchor``."""
    return call_data(
        "anchor(bytes18,bytes32,uint64,bytes32,uint32,bytes32,bytes)",
        _code(bureau), word(lane), sequence, root, size, manifest_digest, signature,
    )  # fmt: skip


def anchor_status(
    bureau: str, list_name: str, previous_head: bytes, digest: bytes, actor: str | None, signature: bytes
) -> bytes:
    """``AnchorLog.anchorStatus``; ``actor`` None stands for the authority."""
    return call_data(
        "anchorStatus(bytes18,bytes32,bytes32,bytes32,bytes18,bytes)",
        _code(bureau), word(list_name), previous_head, digest, _code(actor) if actor else _NOBODY, signature,
    )  # fmt: skip


def register_bureau(bureau: str, name: str, metadata_digest: bytes) -> bytes:
    """``BureauRegistry.registerBureau``."""
    return call_data("registerBureau(bytes18,string,bytes32)", _code(bureau), name, metadata_digest)


def update_bureau(bureau: str, name: str, metadata_digest: bytes) -> bytes:
    """``BureauRegistry.updateBureau``."""
    return call_data("updateBureau(bytes18,string,bytes32)", _code(bureau), name, metadata_digest)


def accredit(bureau: str, lane: str, since: int = 0, until: int = 0) -> bytes:
    """``BureauRegistry.accredit``; 0 means from now, 0 means without end."""
    return call_data("accredit(bytes18,bytes32,uint64,uint64)", _code(bureau), word(lane), since, until)


def end_accreditation(bureau: str, lane: str, until: int = 0) -> bytes:
    """``BureauRegistry.endAccreditation``; 0 means as soon as possible."""
    return call_data("endAccreditation(bytes18,bytes32,uint64)", _code(bureau), word(lane), until)


def suspend_bureau(bureau: str, reason_digest: bytes) -> bytes:
    """``BureauRegistry.suspendBureau``."""
    return call_data("suspendBureau(bytes18,bytes32)", _code(bureau), reason_digest)


def reinstate_bureau(bureau: str) -> bytes:
    """``BureauRegistry.reinstateBureau``."""
    return call_data("reinstateBureau(bytes18)", _code(bureau))


def succeed(old: str, successor: str) -> bytes:
    """``BureauRegistry.succeed``."""
    return call_data("succeed(bytes18,bytes18)", _code(old), _code(successor))


def add_key(bureau: str, thumbprint: bytes, purpose: str, public_key: bytes, since: int = 0, until: int = 0) -> bytes:
    """``BureauRegistry.addKey``; purpose ``credential``, ``seal`` or ``anchor``."""
    if purpose not in PURPOSES:
        raise InvalidInput(
            f"purpose {purpose!r}", code="ledger.purpose", field="purpose", fix="one of " + ", ".join(PURPOSES)
        )
    return call_data(
        "addKey(bytes18,bytes32,uint8,bytes,uint64,uint64)",
        _code(bureau), thumbprint, PURPOSES.index(purpose), public_key, since, until,
    )  # fmt: skip


def retire_key(bureau: str, thumbprint: bytes, until: int = 0) -> bytes:
    """``BureauRegistry.retireKey``; 0 means as soon as possible."""
    return call_data("retireKey(bytes18,bytes32,uint64)", _code(bureau), thumbprint, until)


def mark_compromised(bureau: str, thumbprint: bytes, since: int) -> bytes:
    """``BureauRegistry.markCompromised``."""
    return call_data("markCompromised(bytes18,bytes32,uint64)", _code(bureau), thumbprint, since)


def propose_retirement(successor: bytes) -> bytes:
    """``proposeRetirement`` of either contract; ``successor`` is its 20-byte address."""
    return call_data("proposeRetirement(address)", successor)


def cancel_retirement() -> bytes:
    """``cancelRetirement`` of either contract."""
    return call_data("cancelRetirement()")


def retire() -> bytes:
    """``retire`` of either contract."""
    return call_data("retire()")


def begin_authority_transfer(successor: bytes) -> bytes:
    """``BureauRegistry.beginDefaultAdminTransfer`` (OpenZeppelin): first step of a hand-over, 20-byte address."""
    return call_data("beginDefaultAdminTransfer(address)", successor)


def accept_authority_transfer() -> bytes:
    """``BureauRegistry.acceptDefaultAdminTransfer`` (OpenZeppelin): last step, by the new authority."""
    return call_data("acceptDefaultAdminTransfer()")


def _code(bureau: str) -> bytes:
    if len(bureau) != 18 or not bureau.isascii():
        raise InvalidInput(f"bureau: {bureau!r} is not 18 characters", code="ledger.bureau", field="bureau")
    return bureau.encode("ascii")
