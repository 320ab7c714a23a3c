"""The bidder's room at the service: a page, and nothing behind it.

Keys, figures and documents never come here. The page's program (``web/bid``) makes keys, seals, and talks to custodians
and to the ledger; the service hands out the page and public papers, as it does to everybody.
"""
