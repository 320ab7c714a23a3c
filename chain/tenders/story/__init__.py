"""The story of a tender: what its events tell, and nothing else.

The chain's rules, told once more in plain Python: an event that cannot follow those before it is refused, so whoever
holds the story knows the state that the contracts must have. :func:`differences` compares it with what they answer.

    story = tell(ledger.tender_events(7), ledger.book)
    assert not list(differences(story, ledger))
    [bid.commitment for bid in story.lots[1].live()]
"""

from chain.tenders.story.comparing import differences
from chain.tenders.story.shapes import Bid, Case, Closing, LotStory, OpenedEnvelope, Story
from chain.tenders.story.telling import go_on, tell

__all__ = ["Bid", "Case", "Closing", "LotStory", "OpenedEnvelope", "Story", "differences", "go_on", "tell"]
