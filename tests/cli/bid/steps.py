"""Where a bidder's commands die (tests/cli/bid/test_kill.py)."""

KEYS = "bid-keys"
SEAL = ("bid-envelope", "bid-sealed")
SUBMIT = ("bid-signed", "bid-uploaded", "bid-custody", "bid-relayed", "bid-receipt")
"""Where bringing a version to the ledger dies, one after the other."""

FINAL = "bid-final"
"""The ledger has it; a command that is run again sees so at once."""

BIDDER = (KEYS, *SEAL, *SUBMIT, FINAL)
