"""The HTTP service: what all endpoints have in common.

* :mod:`app`: puts the rooms' endpoints together.
* :mod:`context`: databases, offices and ledger of a service home, opened once a process.
* :mod:`routes`: what happens around every endpoint: rule, limits, audit entry, idempotency key, ETag.
* :mod:`problems`: errors as ``application/problem+json`` (RFC 9457).
* :mod:`paging`: pages with an opaque cursor.
* :mod:`observed`: metrics, traces and log lines, without personal data.
* :mod:`description`: the OpenAPI document.
"""
