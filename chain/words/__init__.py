"""Words that people read, in Chinese and English: one catalogue for command line, service and browser.

Each ``*.json`` of this folder is one list of words: ``{"key": {"zh": "…", "en": "…"}}``. Keys are paths with dots,
places for values are written ``{name}``. Python reads a list with :func:`read`; TypeScript imports the same files
(``web/words``), so that a word is changed in one place.

================== ==========================================================================================
``verification``   verdicts, steps, results, findings; :mod:`chain.credentials.verification.wording`
``scanner``        the page at ``/verify``
``bidroom``        the bidder's room
``keyroom``        the pages at ``/decisions``, ``/keyholder`` and ``/expert``, and opening a key in the browser
================== ==========================================================================================
"""

from chain.words.catalogue import LANGUAGES, Words, names, read

__all__ = ["LANGUAGES", "Words", "names", "read"]
