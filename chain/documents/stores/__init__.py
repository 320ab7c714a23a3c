"""Blob stores: content-addressed bytes behind one port, :class:`chain.kernel.ports.BlobStore`.

* :class:`chain.documents.stores.local.LocalStore` keeps them on this machine's disk.
* :class:`chain.documents.stores.ipfs.IpfsStore` keeps them on an IPFS node. Its HTTP client is loaded only when the
  name is asked for, since most commands do not need it.

Both compute a CID before storing, compare it after, and compute it again at every read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chain.documents.stores.local import BlobFault, LocalStore, StoreStat

if TYPE_CHECKING:
    from chain.documents.stores.ipfs import IpfsStore

__all__ = ["BlobFault", "IpfsStore", "LocalStore", "StoreStat"]


def __getattr__(name: str) -> Any:
    if name == "IpfsStore":
        from chain.documents.stores.ipfs import IpfsStore

        return IpfsStore
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
