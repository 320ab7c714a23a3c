"""Sheets: how the members of a committee look at bids and judge them, none of them knowing the others' judgement.

=============  ====================================================================================================
sheet          a member's sheet: formal check, qualification, points, by bid
commitments    who has committed to which sheet; the paper on record that holds all of them
clarifying     questions to a bid, the answer, the members' votes
signing        the words that are signed
=============  ====================================================================================================

Format: docs/formats/evaluation.md. Page: docs/evaluation.md.
"""

from chain.evaluation.sheets.clarifying import (
    Clarification,
    ClarificationAnswer,
    ClarificationQuestion,
    ClarificationVote,
    clarifications_topic,
    read_clarification,
)
from chain.evaluation.sheets.commitments import SheetCommitment, SheetCommitments, read_commitments, sheets_topic
from chain.evaluation.sheets.sheet import BidSheet, Opinion, ScoreSheet, read_sheet

__all__ = [
    "BidSheet",
    "Clarification",
    "ClarificationAnswer",
    "ClarificationQuestion",
    "ClarificationVote",
    "Opinion",
    "ScoreSheet",
    "SheetCommitment",
    "SheetCommitments",
    "clarifications_topic",
    "read_clarification",
    "read_commitments",
    "read_sheet",
    "sheets_topic",
]
