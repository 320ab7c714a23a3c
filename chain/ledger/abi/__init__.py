"""The contracts' interfaces and the digests of their bytecode, as committed.

``python -m chain.ledger.compile`` writes the files; a test compiles afresh and compares.

* :func:`contract_abi` gives the JSON ABI of ``BureauRegistry`` or ``AnchorLog``.
* :func:`bytecode_digests` gives the committed SHA-256 of creation and runtime bytecode per contract.
"""

from chain.ledger.abi._files import bytecode_digests, contract_abi

__all__ = ["bytecode_digests", "contract_abi"]
