"""The sealed PDF of a certificate, read: docs/formats/pdf.md. No PDF library, no decompression, no network.

* :mod:`~chain.credentials.paper.values` reads the values of a PDF (ISO 32000-1 section 7.3), in one narrow form;
* :mod:`~chain.credentials.paper.objects` takes a file apart into its objects, with no byte left over;
* :mod:`~chain.credentials.paper.cms` reads and makes the signature's CMS (RFC 5652, ETSI EN 319 142-1 level B-B);
* :mod:`~chain.credentials.paper.sealed` finds signature and bundle, and says what was signed.

That the seal is one that the registry holds is judged by :mod:`chain.credentials.verification.paper`. Files are made in
:mod:`chain.rendering`.
"""

from chain.credentials.paper.sealed import BUNDLE_NAME, MARK, MAX_PDF, SealedPaper, is_ours, read_sealed

__all__ = ["BUNDLE_NAME", "MARK", "MAX_PDF", "SealedPaper", "is_ours", "read_sealed"]
