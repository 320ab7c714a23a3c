"""A tender as open contracting data: OCDS 1.1.5 releases and records, from ledger and board alone.

===========  =======================================================================================================
releases     one release at every transition that the public may see
states       what the ledger tells after a transition: tenders, bids, awards, contracts are parts of it
sources      the papers behind the events, each read once
members      parties, values, periods, documents, as OCDS writes them
merging      releases to a compiled release, by the merge rules of the standard
required     which members a release of each transition carries, and which none may carry yet
checking     values against JSON Schema (draft 4)
schemas      the standard's schemas with the extensions that we use
comparing    a published package beside what is due: paths of members that differ
packages     release package, record package, and looking at them before they go out
===========  =======================================================================================================

    packages = publish(ledger, board, 7, Publication("https://tenders.example.org"))
    packages.releases, packages.records

Everything is a function of ledger, board and publication: no clock, no random number. Page: docs/formats/ocds.md.
``schema/`` holds the structure (no titles, no descriptions) of the schemas of OCDS 1.1.5 and of the extensions bids
1.1.5, lots 1.1.5, enquiries 1.1.5 and bid opening, which the Open Contracting Partnership publishes under Apache 2.0;
``schema/extensions/ledger.json`` is our own.
"""

from chain.contracting.ocds.checking import Fault, faults
from chain.contracting.ocds.comparing import differences
from chain.contracting.ocds.merging import compiled
from chain.contracting.ocds.packages import (
    Packages,
    Publication,
    check,
    extension_files,
    package_faults,
    publish,
    read_package,
    releases_in,
    to_bytes,
)
from chain.contracting.ocds.releases import Release, Told
from chain.contracting.ocds.required import EVERYWHERE, HIDDEN, REQUIRED, missing

__all__ = [
    "EVERYWHERE",
    "HIDDEN",
    "REQUIRED",
    "Fault",
    "Packages",
    "Publication",
    "Release",
    "Told",
    "check",
    "compiled",
    "differences",
    "extension_files",
    "faults",
    "missing",
    "package_faults",
    "publish",
    "read_package",
    "releases_in",
    "to_bytes",
]
