"""Bech32 (BIP 173) without its limit of 90 characters, as age uses it for keys."""

from __future__ import annotations

from chain.kernel.errors import InvalidInput

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def _polymod(values: list[int]) -> int:
    state = 1
    for value in values:
        top = state >> 25
        state = (state & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATORS):
            if top >> bit & 1:
                state ^= generator
    return state


def _expand(prefix: str) -> list[int]:
    return [ord(char) >> 5 for char in prefix] + [0] + [ord(char) & 31 for char in prefix]


def encode(prefix: str, data: bytes) -> str:
    """``prefix``, 1, data, checksum; in capitals if the prefix is."""
    lower = prefix.lower()
    bits = int.from_bytes(data, "big")
    length = -(-len(data) * 8 // 5)
    bits <<= length * 5 - len(data) * 8
    values = [bits >> 5 * (length - 1 - index) & 31 for index in range(length)]
    check = _polymod([*_expand(lower), *values, 0, 0, 0, 0, 0, 0]) ^ 1
    values += [check >> 5 * (5 - index) & 31 for index in range(6)]
    text = lower + "1" + "".join(_ALPHABET[value] for value in values)
    return text.upper() if prefix.isupper() else text


def decode(prefix: str, text: str, *, size: int) -> bytes:
    """Inverse of :func:`encode` for exactly ``size`` bytes. Raises InvalidInput."""
    head = prefix.lower() + "1"
    cased = text.upper() if prefix.isupper() else text.lower()
    lower = text.lower()
    if cased != text or not lower.startswith(head):
        raise InvalidInput(f"a key of this kind starts with {encode(prefix, b'')[: len(head)]}", code="age.key")
    try:
        values = [_ALPHABET.index(char) for char in lower[len(head) :]]
    except ValueError as error:
        raise InvalidInput("the key has a foreign character", code="age.key") from error
    if len(values) != -(-size * 8 // 5) + 6 or _polymod([*_expand(prefix.lower()), *values]) != 1:
        raise InvalidInput("the key is mistyped (its checksum fails)", code="age.key")
    bits = 0
    for value in values[:-6]:
        bits = bits << 5 | value
    spare = (len(values) - 6) * 5 - size * 8
    if bits & (1 << spare) - 1:
        raise InvalidInput("the key has unused bits set", code="age.key")
    return (bits >> spare).to_bytes(size, "big")
