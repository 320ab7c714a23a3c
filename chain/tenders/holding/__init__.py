"""Key holders: how they come to an opening key on their own machines, sign what is due, and destroy their shares.

==============  ==============================================================================================
cards           a key holder's card; the announcement of a ceremony
ceremonies      a ceremony as ledger and board tell it; the key in force
==============  ==============================================================================================

Formats: docs/formats/opening-key.md, docs/formats/key-holders.md. For the people who do it: docs/keyholders.md.

    key = opening_key(ledger, board, 3)     # everybody's public share, for checking releases
"""

from chain.tenders.holding.cards import Announcement, MemberCard, term_of
from chain.tenders.holding.ceremonies import (
    Ceremony,
    Round,
    announcement_of,
    key_in_force,
    opening_key,
    read_ceremony,
    round_at,
    scope_of,
)

__all__ = [
    "Announcement",
    "Ceremony",
    "MemberCard",
    "Round",
    "announcement_of",
    "key_in_force",
    "opening_key",
    "read_ceremony",
    "round_at",
    "scope_of",
    "term_of",
]
