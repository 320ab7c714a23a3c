"""The key holders' ceremony: an opening key that nobody deals and nobody ever holds.

Joint-Feldman (Pedersen 1991, with the rounds of Gennaro, Jarecki, Krawczyk and Rabin, "Secure Distributed Key
Generation for Discrete-Log Based Cryptosystems", 2007, section 3) over BLS12-381, with proofs of possession
(Ristenpart and Yilek 2007). Everything here is a pure function of messages, so whoever has the messages comes to the
same end: the rounds, their times and where the messages' digests stand belong to the ledger.

1. *roster*     who is invited, with which X25519 keys, how many open together, and where the key counts.
2. *deals*      each member deals a polynomial: commitments in the open, one box with a share for each member.
3. *complaints* whoever's box does not open to the committed share says so, or that the deal is not to be had.
4. *answers*    the dealer shows that one share. Boxes can be made again from their content
                (:mod:`chain.sealing.box`), so it is proved whether the dealer or the complainer is wrong.
5. *judgement*  who is left out and why, who qualified, the key, everybody's public share.
6. *confirmations*  each qualified member shows, by a signature of its share, that it holds it under this transcript.

All of a member's secrets follow from one seed and its X25519 key, so a restart in the middle makes the same messages.
"""

from chain.sealing.ceremony.complaints import Answer, Complaint, box_word, make_complaint, missing_word
from chain.sealing.ceremony.confirmation import Confirmation, confirmed, make_confirmation, read_confirmation
from chain.sealing.ceremony.deal import Deal, make_deal, new_seed, open_share, read_deal
from chain.sealing.ceremony.hearing import Hearing, MemberFault, Offence, Transcript, hear, make_answer
from chain.sealing.ceremony.judgement import Judgement, judge, take_share
from chain.sealing.ceremony.roster import Member, Roster

__all__ = [
    "Answer",
    "Complaint",
    "Confirmation",
    "Deal",
    "Hearing",
    "Judgement",
    "Member",
    "MemberFault",
    "Offence",
    "Roster",
    "Transcript",
    "box_word",
    "confirmed",
    "hear",
    "judge",
    "make_answer",
    "make_complaint",
    "make_confirmation",
    "make_deal",
    "missing_word",
    "new_seed",
    "open_share",
    "read_confirmation",
    "read_deal",
    "take_share",
]
