"""Documents: encrypted records, the vault of their keys, content identifiers and the stores that keep them.

* :mod:`~chain.documents.records` seals a certificate's content or an event into a record and opens it again.
* :mod:`~chain.documents.vault` holds one secret a record; destroying it is deletion.
* :mod:`~chain.documents.manifest` is the public list of a batch's leaves.
* :mod:`~chain.documents.cids` computes CIDs (profile ``unixfs-v1-2025``); :mod:`~chain.documents.car` archives.
* :mod:`~chain.documents.stores` are the local and the IPFS blob store; :mod:`~chain.documents.kubo` runs a private
  node; :mod:`~chain.documents.checks` tells what is wrong with either.

Formats: docs/formats/record.md and docs/formats/manifest.md. Use: docs/documents.md.
"""

from chain.documents._tombstones import Tombstone
from chain.documents.cids import Cid, cid_of, cid_of_file, cid_of_sha256, cids_of_sha256, parse_cid
from chain.documents.manifest import (
    Manifest,
    ManifestLeaf,
    ManifestPage,
    ManifestRoot,
    build_manifest,
    find_leaf,
    parse_manifest,
    parse_page,
    read_leaves,
    read_manifest,
    read_pages,
)
from chain.documents.records import (
    Attachment,
    EventContent,
    RecordContent,
    SealedRecord,
    open_bytes,
    open_event,
    open_record,
    record_key_id,
    seal_bytes,
    seal_many,
    seal_record,
)
from chain.documents.stores.local import LocalStore
from chain.documents.vault import KeyVault

__all__ = [
    "Attachment",
    "Cid",
    "EventContent",
    "KeyVault",
    "LocalStore",
    "Manifest",
    "ManifestLeaf",
    "ManifestPage",
    "ManifestRoot",
    "RecordContent",
    "SealedRecord",
    "Tombstone",
    "build_manifest",
    "cid_of",
    "cid_of_file",
    "cid_of_sha256",
    "cids_of_sha256",
    "find_leaf",
    "open_bytes",
    "open_event",
    "open_record",
    "parse_cid",
    "parse_manifest",
    "parse_page",
    "read_leaves",
    "read_manifest",
    "read_pages",
    "record_key_id",
    "seal_bytes",
    "seal_many",
    "seal_record",
]
