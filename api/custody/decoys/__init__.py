"""Decoys: commitments of the custodian's own that hide how many bids there are, until the deadline.

==========  ==================================================================================================
drawing     how many, when, and of which sizes, as bids would have them: pure, by a source of chance
plans       what was drawn, on disk and encrypted, and how far it is carried out
acting      placing, replacing and withdrawing them as their times come; revealing them afterwards
==========  ==================================================================================================

What an observer still learns, and why decoys were preferred to hiding the events: docs/custody.md, "Decoys".
"""
