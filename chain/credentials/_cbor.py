"""The few deterministic CBOR forms a stamp needs (RFC 8949 section 4.2.1): shortest heads, definite lengths."""

from __future__ import annotations

from chain.kernel.errors import InvalidInput


def head(major: int, value: int) -> bytes:
    """Initial byte and argument of major type ``major``; ``value`` below 2^64."""
    major <<= 5
    if value < 24:
        return bytes((major | value,))
    if value < 0x100:
        return bytes((major | 24, value))
    if value < 0x10000:
        return bytes((major | 25,)) + value.to_bytes(2, "big")
    if value < 0x100000000:
        return bytes((major | 26,)) + value.to_bytes(4, "big")
    return bytes((major | 27,)) + value.to_bytes(8, "big")


_TEXT = [head(3, size) for size in range(512)]


def uint(value: int) -> bytes:
    """An unsigned integer."""
    if 0xFFFF < value < 0x100000000:  # a time, or most status indexes
        return b"\x1a" + value.to_bytes(4, "big")
    return head(0, value)


def text(value: str) -> bytes:
    """A UTF-8 text string. Raises UnicodeEncodeError for lone surrogates."""
    data = value.encode()
    size = len(data)
    return (_TEXT[size] if size < 512 else head(3, size)) + data


class Reader:
    """Reads one deterministic encoding front to back, item by item, knowing what must come.

    Nothing but unsigned integers, text, bytes, and heads of arrays and maps is understood: no tags, floats,
    nesting or lengths of the sender's choosing, hence nothing to exhaust.

    Args:
        data: the bytes.
        what: names the document in errors.
    """

    __slots__ = ("_at", "_data", "_what")

    def __init__(self, data: bytes, what: str) -> None:
        self._data, self._at, self._what = data, 0, what

    def head(self, major: int) -> int:
        """Argument of the next item, which must be of major type ``major``.

        Raises:
            InvalidInput: another type, not the shortest form, an indefinite length, or the end.
        """
        data, at = self._data, self._at
        if at >= len(data):
            raise self._error("cut short", "form")
        first = data[at]
        if first >> 5 != major:
            raise self._error(f"type {first >> 5} where {major} belongs", "claims")
        value = first & 31
        if value < 24:
            self._at = at + 1
            return value
        if value > 27:
            raise self._error("a length that is not definite", "form")
        end = at + 1 + (1 << value - 24)
        if end > len(data):
            raise self._error("cut short", "form")
        number = int.from_bytes(data[at + 1 : end], "big")
        if number < _SMALLEST[value]:
            raise self._error("an integer not in its shortest form", "form")
        self._at = end
        return number

    def exactly(self, expected: bytes) -> bool:
        """Pass over ``expected`` if it comes next."""
        if not self._data.startswith(expected, self._at):
            return False
        self._at += len(expected)
        return True

    def uint(self) -> int:
        """An unsigned integer."""
        return self.head(0)

    def text(self) -> str:
        """A text string."""
        try:
            return self._take(self.head(3)).decode()
        except UnicodeDecodeError as error:
            raise self._error("text that is not UTF-8", "form") from error

    def blob(self) -> bytes:
        """A byte string."""
        return self._take(self.head(2))

    def uint_or_text(self) -> int | str:
        """Either of the two."""
        is_text = self._data[self._at : self._at + 1] >= b"\x60"
        return self.text() if is_text else self.uint()

    def end(self) -> None:
        """Nothing may follow."""
        if self._at != len(self._data):
            raise self._error("more than belongs here", "claims")

    def _take(self, size: int) -> bytes:
        taken = self._data[self._at : self._at + size]
        if len(taken) != size:
            raise self._error("cut short", "form")
        self._at += size
        return taken

    def _error(self, problem: str, code: str) -> InvalidInput:
        return InvalidInput(f"{self._what}: {problem}, at byte {self._at} of its claims", code=f"{self._what}.{code}")


_SMALLEST = {24: 24, 25: 0x100, 26: 0x10000, 27: 0x100000000}
