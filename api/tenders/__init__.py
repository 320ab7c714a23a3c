"""Tenders at the service: it shows and accompanies them. It never holds a key of an officer, bidder or key holder.

==============  ==============================================================================================
tables          what the ledger says, as tables (service database); only :mod:`follow` writes them
follow          from the chain to the tables, also after a reorganisation; :mod:`telling` makes the rows
books           the book in which numbers count
notices         what the notices in force say, for searching
query           what is shown, and what is not before an opening; shapes: :mod:`schemas`
papers          which papers are public
due, acting     what comes next; what anybody may do is done on time by the service's own account
news, people    what people are told, and whom it concerns; :mod:`moves` for webhooks
joining         into a part in a tender; :mod:`addresses`: parts that the ledger gives an account's address
insight         facts of all tenders, for statistics (public) and signals of collusion (supervisors, auditors)
jobs            all of this as work of `yinxin worker`
place           ledger and boards, as the service's home reaches them
endpoints       over HTTP
==============  ==============================================================================================

docs/tender-service.md says it in full.
"""
