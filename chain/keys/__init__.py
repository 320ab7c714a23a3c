"""Keys at rest: encrypted files in ``<home>/keys``, one key a file, its public part beside it.

==========  ===============================  ====================================
kind        used for                         file
==========  ===============================  ====================================
credential  signing certificates (P-256)     ``yinxin-key-1`` over PKCS#8
seal        signing PDFs (P-256)             the same
device      acting for a holder (P-256)      the same
account     ledger accounts (secp256k1)      Web3 Secret Storage version 3
witness     co-signing (Ed25519)             ``yinxin-key-1`` over PKCS#8
desk        reading desk requests (X25519)   the same
secret      master keys (32 bytes)           ``yinxin-key-1`` over the bytes
==========  ===============================  ====================================

``yinxin-key-1`` is JSON: scrypt (RFC 7914) of the passphrase, ChaCha20-Poly1305 (RFC 8439), kind and name bound in.
Those made in a home share a salt, so that a command stretches the passphrase once, however many of them it opens;
ledger accounts have salts of their own.
Another key holder (PKCS#11, a KMS) stands behind the same methods.
"""

from chain.kernel import bls_later as bls_later
from chain.keys.keystore import KINDS, KeyCard, Keystore
from chain.keys.passphrase import passphrase_for

__all__ = ["KINDS", "KeyCard", "Keystore", "passphrase_for"]
