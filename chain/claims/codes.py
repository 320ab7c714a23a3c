"""Activation codes: what a bureau sends a holder on paper, and a holder types into a device once.

Twenty characters of Crockford's base32 in groups of four: nineteen carry 95 random bits, the last one checks them
(the hybrid recursion of ISO/IEC 7064 with M = 32: it notices every single wrong character). Format:
docs/formats/binding.md.
"""

from __future__ import annotations

import os
import unicodedata

from chain.kernel.errors import InvalidInput

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32: no I, L, O, U."""

DATA, GROUP = 19, 4
"""Characters before the check character; characters a group."""

_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0"})
_DROPPED = dict.fromkeys(map(ord, " \t\r\n-\u00ad\u2010\u2011\u2012\u2013\u2014\u2212\u3000_."))


def new_code() -> str:
    """A fresh code in its one form: 20 characters without separators. 95 bits from the operating system."""
    number = int.from_bytes(os.urandom(12), "big") >> 1
    text = "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(DATA)))
    return text + _check(text)


def grouped(code: str) -> str:
    """The code as it is printed: ``XXXX-XXXX-XXXX-XXXX-XXXX``."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def read_code(text: str) -> str:
    """The one form of a code as a person types it: any case, any separators, full width too; I and L are 1, O is 0.

    Raises:
        InvalidInput: another length, a foreign character, or a wrong check character.
    """
    code = unicodedata.normalize("NFKC", text).translate(_DROPPED).upper().translate(_READ_AS)
    if len(code) != DATA + 1:
        raise _wrong(f"an activation code has {DATA + 1} characters, not {len(code)}")
    if set(code) - set(ALPHABET):
        raise _wrong("a character that no activation code has")
    if _check(code[:DATA]) != code[DATA]:
        raise _wrong("the activation code is mistyped: its last character does not fit")
    return code


def _wrong(message: str) -> InvalidInput:
    return InvalidInput(message, code="claim.code_form", field="code", fix="type it again as the letter shows it")


def _check(text: str) -> str:
    state = 32
    for character in text:
        state = ((state + ALPHABET.index(character)) % 32 or 32) * 2 % 33
    return ALPHABET[(33 - state) % 32]
