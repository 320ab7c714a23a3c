"""``yinxin bid``: the bidder's side 投标. Keys and documents never leave the home but sealed.

==============  ==============================================================================================
start           fresh keys, working folder, draft; where a bid stands; the recovery kit
organisation    who bids: agents, consortium members, the statement and its signatures
sealing         sealing a version, and the rehearsal
sending         submit, replace, relay
leaving         withdraw, move
receipts        receipts, on screen, as PDF, and their check
afterwards      one's own bid in the opening record; the proof that one sealed rightly
clarifying      questions of the committee to one's own bid, and the answer
taking          a bid that was made in the browser goes on here
signing         the contract and its amendments, signed by the winner
==============  ==============================================================================================
"""

from __future__ import annotations

import typer

from chain.cli.parts import Parts

PARTS = Parts(
    "chain.cli.bid",
    {
        "start": ("start", "show", "recovery-kit"),
        "organisation": ("entrust", "party", "state", "countersign"),
        "sealing": ("seal", "rehearse"),
        "sending": ("submit", "replace", "relay"),
        "leaving": ("withdraw", "move"),
        "receipts": ("receipt", "verify-receipt"),
        "afterwards": ("check", "prove"),
        "clarifying": ("clarify",),
        "taking": ("take",),
        "signing": ("sign-contract",),
    },
)


def group(word: str | None) -> typer.Typer:
    """The commands, or those that one word needs."""
    return PARTS.group("Bid in a tender: start, state, seal, rehearse, submit, receipt, check. 投标.", word)
