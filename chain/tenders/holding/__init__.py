"""Key holders: how they come to an opening key on their own machines, sign what is due, and destroy their shares.

==============  ==============================================================================================
cards           a key holder's card; the announcement of a ceremony
ceremonies      a ceremony as ledger and board tell it; the key in force
convening       from cards to a ceremony on the ledger, once; replacing members
rounds          what a member does in each round, and how it stands
places          the registry that a number belongs to, in the names of files and secrets
card_keys       the key on a card, for one ceremony
store           seeds and shares at rest
papers          deals and rosters that were seen
relaying        a ceremony's papers for members without a board, and theirs for it
openings        when tenders open, as it was seen announced
partials        what came in a key holder's name, before it goes onto the board
roll_call       whose shares are there and work
releasing       the one message of an opening, and all that must hold before it
backup          shares in two files, for two places
known_backups   where backups lie, and what is taken out of them
destruction     the end of a share, and of all that could give it
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
