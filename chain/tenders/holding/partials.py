"""What came in a key holder's name, before it is passed on to the board: only the signatures of that one's share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chain.kernel.errors import Refused
from chain.sealing import OpeningKey
from chain.sealing.threshold import wrong_among


@dataclass(frozen=True, slots=True)
class Partial:
    """A partial signature as it came.

    Attributes:
        field: of the message that it came in.
        digest: what it should sign, 32 bytes.
        signature: 48 bytes, if it is one.
    """

    field: str
    digest: bytes
    signature: bytes


def check_partials(key: OpeningKey, key_holder: int, partials: Sequence[Partial], *, code: str) -> None:
    """Pass if all are signatures of that key holder's share.

    Args:
        key: the one in force, with the public shares.
        key_holder: number in the roster, in whose name they came.
        partials: at least one.
        code: of the refusal.

    Raises:
        Refused: one is not, or there is no such key holder; it names the field of the first.
    """
    public = key.key_holders.get(key_holder)
    digests, signatures = [one.digest for one in partials], [one.signature for one in partials]
    wrong = (0,) if public is None else wrong_among(public, digests, signatures)
    if wrong:
        raise Refused(
            f"not the signature of key holder {key_holder}'s share", code=code, field=partials[wrong[0]].field,
            fix="take the share of the ceremony whose key the tender names; if it is, restore it from a backup",
        )  # fmt: skip
