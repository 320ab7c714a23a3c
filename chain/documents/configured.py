"""The blob store that a home is set to."""

from __future__ import annotations

from chain.documents.stores.local import LocalStore
from chain.kernel.home import Home
from chain.kernel.ports import BlobStore


def open_store(home: Home) -> BlobStore:
    """Open it; a private IPFS node (``documents.store = "kubo"``) is started with the command and ends with it.

    Raises:
        Unavailable: the IPFS node does not answer, or no Kubo is found.
    """
    settings = home.settings.documents
    if settings.store == "local":
        return LocalStore(home.resolve(settings.blobs))
    from chain.documents.stores.ipfs import IpfsStore

    if settings.store == "ipfs":
        return IpfsStore(settings.ipfs_api, authorization=settings.ipfs_authorization or None)
    from chain.documents.kubo import KuboNode

    node = KuboNode(home.resolve(settings.kubo))
    node.start()
    return IpfsStore(node.api, node=node)
