"""The audit log of the service: who did what and when, by numbers; chained, and anchored on the ledger.

* :mod:`log`: write entries, read them, check the chain.
* :mod:`endpoints`: the same over HTTP, for auditors.
"""
