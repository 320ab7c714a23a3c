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

The files are imported one by one: whoever only holds a key loads no certificates.
"""
