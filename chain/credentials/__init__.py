"""Certificates as signed bytes: credential, stamp, leaf, status list.

========================== ==========================================================================
:mod:`.es256`              ES256 with low s; signers, thumbprints
:mod:`.credential`         SD-JWT VC with selective disclosure: issue, parse, present
:mod:`.stamp`              COSE_Sign1 CWT that fits a printed QR: issue, parse, digits
:mod:`.leaf`               leaf hashes of certificates and event records
:mod:`.status_list`        Token Status List: four bits a certificate
:mod:`.bundle`             evidence bundle: everything needed to check one certificate, in one file
:mod:`.verification`       the numbered steps, from any input to one verdict
========================== ==========================================================================

Each of these has exactly one accepted form: bytes that mean the same but differ are refused. Parsing
checks form only; ``verify_signature`` of each module asks whether a given key signed, and the registry on
chain says whose key it is. Formats are described byte by byte in docs/formats/.
"""

from chain.credentials.credential import (
    CredentialContent,
    IssuedCredential,
    ParsedCredential,
    issue_credential,
    issue_credentials,
    parse_credential,
)
from chain.credentials.es256 import P256Signer, SoftwareSigner, thumbprint_of, verify_es256
from chain.credentials.leaf import certificate_leaf, event_leaf
from chain.credentials.stamp import ParsedStamp, StampContent, digits, from_digits, issue_stamp, parse_stamp
from chain.credentials.status_list import (
    ParsedStatusToken,
    Status,
    StatusList,
    issue_status_token,
    parse_status_token,
)

__all__ = [
    "CredentialContent",
    "IssuedCredential",
    "P256Signer",
    "ParsedCredential",
    "ParsedStamp",
    "ParsedStatusToken",
    "SoftwareSigner",
    "StampContent",
    "Status",
    "StatusList",
    "certificate_leaf",
    "digits",
    "event_leaf",
    "from_digits",
    "issue_credential",
    "issue_credentials",
    "issue_stamp",
    "issue_status_token",
    "parse_credential",
    "parse_stamp",
    "parse_status_token",
    "thumbprint_of",
    "verify_es256",
]
