"""How many decoys, when, and of which sizes: drawn as bids come, never computed from how many bids there are.

* **How many**: evenly from 0 to the most. Whoever counts n commitments knows that between n - most and n of them are
  bids, and the count speaks for none of these numbers more than for another.
* **When**: most bids come late. The share of the bidding time that is left is a cubed even number.
* **Sizes**: those of sealed files, in Padmé's classes: near a size that stands on the ledger already, or from a broad
  lognormal; price envelopes are nearly always of the smallest class.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from chain.sealing import padded_size

_HEADER = 22 + len("-> yinxin-bid-1 ") + 43 + 1 + 342 + 6 + len("--- ") + 43 + 1
"""Version line; stanza with an identity of 43 characters; 256 bytes of body as base64 in lines of 64; MAC line."""
_NONCE, _TAG, _CHUNK = 16, 16, 64 * 1024
_LARGEST = 2**28
_TYPICAL, _SPREAD = 21.0, 2.5
"""Binary logarithm of a usual content's size, and its deviation."""
_REPLACED, _WITHDRAWN = 0.3, 0.1
_NEAR = 0.5
_LEAST_WINDOW, _REVEALED_A_SECOND = 5, 2


@dataclass(frozen=True, slots=True)
class Step:
    """One act of a decoy.

    Attributes:
        left: share of the bidding time that is left when it is done, 0 to 1.
        withdraws: it is withdrawn; otherwise it is placed or replaced.
    """

    left: float
    withdraws: bool = False


def most_in(window: int, lots: int, most: int) -> int:
    """Most decoys in a lot that can surely be revealed in time: one that is not stays in the tender as a bid.

    Args:
        window: seconds of the reveal window; of the first five nothing is expected.
        lots: of the tender, which share the window.
        most: the custodian's setting.
    """
    return min(most, max(0, window - _LEAST_WINDOW) * _REVEALED_A_SECOND // lots)


def draw_count(chance: Random, most: int) -> int:
    """How many decoys a lot gets: 0 to ``most``, each as likely."""
    return chance.randint(0, most)


def draw_steps(chance: Random) -> tuple[Step, ...]:
    """When a decoy is placed, and perhaps replaced, and perhaps withdrawn."""
    steps = [Step(chance.random() ** 3)]
    if chance.random() < _REPLACED:
        steps.append(Step(steps[-1].left * chance.random()))
    if chance.random() < _WITHDRAWN:
        steps.append(Step(steps[-1].left * chance.random(), withdraws=True))
    return tuple(steps)


def draw_size(chance: Random, envelope: int, seen: Sequence[int]) -> int:
    """Size of a sealed file.

    Args:
        chance: source of chance.
        envelope: 1, or 2 for a price.
        seen: sizes in that envelope that stand on the ledger already.
    """
    if seen and chance.random() < 0.75:
        content = chance.choice(seen) * 2.0 ** chance.gauss(0.0, _NEAR)
    elif envelope == 2:
        content = _CHUNK * 2.0 ** chance.choice((0, 0, 0, 0, 0, 0, 0, 0, 1, 3))
    else:
        content = 2.0 ** chance.gauss(_TYPICAL, _SPREAD)
    return sealed_size(int(min(max(content, 1.0), _LARGEST)))


def sealed_size(content: int) -> int:
    """Bytes of a sealed file (docs/formats/sealed-bid.md) whose plaintext has that many before the padding."""
    plain = padded_size(content)
    return _HEADER + _NONCE + plain + _TAG * -(-plain // _CHUNK)
