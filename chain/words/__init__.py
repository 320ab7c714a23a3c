"""Words that people read, in Chinese and English: one catalogue for command line, service and browser.

Each ``*.json`` of this folder is one list of words: ``{"key": {"zh": "…", "en": "…"}}``. Keys are paths with dots,
places for values are written ``{name}``. Python reads a list with :func:`read`; TypeScript imports the same files
(``web/words``), so that a word is changed in one place.

================== ==========================================================================================
``verification``   verdicts, steps, results, findings; :mod:`chain.credentials.verification.wording`
``scanner``        the page at ``/verify``
``bidroom``        the bidder's room
``faults``         errors by their code, for every page; read with :func:`fault_words`
``keyroom``        the pages at ``/decisions``, ``/keyholder`` and ``/expert``, and opening a key in the browser
================== ==========================================================================================
"""

from chain.words.catalogue import LANGUAGES, Words, names, read
from chain.words.faults import FaultWords, fault_words, field_words

__all__ = ["LANGUAGES", "FaultWords", "Words", "fault_words", "field_words", "names", "read"]
