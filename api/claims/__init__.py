"""Holders' claims in the register: activation codes asked for, claims on their way, bindings that stand.

============  ====================================================================================
activations   ask the approver's signer for a code; it goes out by letter and never comes here
creating      note a claim, or the end of a binding: one transaction, no keys
running       take it to the ledger, step by step, by whoever holds the writing lock
bindings      who is bound, and the holder's key as of a block
rebuilding    what comes back from the ledger; shredding: what goes with the certificate
============  ====================================================================================
"""

from api.claims.tables import activations, bindings, claims

__all__ = ["activations", "bindings", "claims"]
