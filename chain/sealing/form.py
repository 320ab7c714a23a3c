"""The opening form: every scored figure, salted, under one Merkle root.

The root stands in the bid's commitment. At the opening the figures that the notice makes public are disclosed each
with its salt and path, so scores can be recomputed by anyone while the documents stay sealed. Leaves name the bid's
identity, so no other bid can claim them.

    leaf = RFC 9162 leaf hash of "yinxin-form-1" ‖ 0x00 ‖ identity ‖ RFC 8785 of {"name", "salt", "value"}
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, unb64url
from chain.kernel.errors import InvalidInput
from chain.merkle import Tree, leaf_hash, verify_inclusion

SALT_SIZE = 32
MOST_FIGURES = 10_000
_TAG = b"yinxin-form-1\0"
_LONGEST_NAME, _LONGEST_VALUE = 200, 4_096


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the form.

    Attributes:
        name: as the notice names it, such as ``price``; unique in the form.
        value: text; amounts as exact decimals.
        salt: 32 random bytes.
    """

    name: str
    value: str
    salt: bytes

    def as_dict(self) -> dict[str, str]:
        """As it stands in a manifest and in a disclosure."""
        return {"name": self.name, "salt": b64url(self.salt), "value": self.value}

    def leaf(self, identity: bytes) -> bytes:
        """Leaf hash, 32 bytes, for the bid with this identity digest."""
        return leaf_hash(_TAG + identity + canonical(self.as_dict()))


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A figure with its place: anyone with the root checks it.

    Attributes:
        figure: what is shown.
        index: 0-based place in the form.
        size: figures in the form.
        path: inclusion path, leaf side first.
    """

    figure: Figure
    index: int
    size: int
    path: tuple[bytes, ...]

    def proves(self, root: bytes, identity: bytes) -> bool:
        """True if the figure stands in the form with this root, of the bid with this identity digest."""
        return verify_inclusion(self.figure.leaf(identity), self.index, self.size, self.path, root)

    def as_dict(self) -> dict[str, Any]:
        """As it is published."""
        return {
            "figure": self.figure.as_dict(),
            "index": self.index,
            "size": self.size,
            "path": [b64url(node) for node in self.path],
        }


@dataclass(frozen=True, slots=True)
class Form:
    """A form; figures in ascending order of their names' UTF-8 bytes."""

    figures: tuple[Figure, ...]

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Form:
        """A new form with fresh salts. Raises InvalidInput."""
        order = sorted(values, key=lambda name: name.encode("utf-8", "replace"))
        return cls.read([Figure(name, values[name], os.urandom(SALT_SIZE)).as_dict() for name in order])

    @classmethod
    def read(cls, items: Any) -> Form:
        """From a manifest. Raises InvalidInput naming the figure."""
        if not isinstance(items, list) or len(items) > MOST_FIGURES:
            raise _bad("form", f"a list of at most {MOST_FIGURES} figures")
        figures = tuple(_figure(item, f"form[{place}]") for place, item in enumerate(items))
        names = [figure.name.encode("utf-8") for figure in figures]
        if any(first >= second for first, second in pairwise(names)):
            raise _bad("form", "names ascending, each once")
        return cls(figures)

    def as_list(self) -> list[dict[str, str]]:
        """As it stands in a manifest."""
        return [figure.as_dict() for figure in self.figures]

    def tree(self, identity: bytes) -> Tree:
        """The tree over the figures' leaves."""
        return Tree(figure.leaf(identity) for figure in self.figures)

    def root(self, identity: bytes) -> bytes:
        """Root for the commitment, 32 bytes; SHA-256 of nothing for a form without figures."""
        return self.tree(identity).root

    def disclose(self, identity: bytes, names: Iterable[str]) -> tuple[Disclosure, ...]:
        """The named figures, ready to be published. Raises InvalidInput for a name that the form has not."""
        tree, places = self.tree(identity), {figure.name: place for place, figure in enumerate(self.figures)}
        out = []
        for name in names:
            if name not in places:
                raise _bad(name, "no such figure in the form")
            place = places[name]
            out.append(Disclosure(self.figures[place], place, tree.size, tree.path(place)))
        return tuple(out)


def read_disclosure(value: Any) -> Disclosure:
    """Inverse of :meth:`Disclosure.as_dict`. Raises InvalidInput."""
    if not isinstance(value, dict) or set(value) != {"figure", "index", "size", "path"}:
        raise _bad("disclosure", "figure, index, size, path")
    index, size, path = value["index"], value["size"], value["path"]
    if type(index) is not int or type(size) is not int or not isinstance(path, list) or len(path) > 64:
        raise _bad("disclosure", "index and size are numbers, path a list")
    nodes: Sequence[bytes] = [unb64url(node, field="path") for node in path if isinstance(node, str)]
    if len(nodes) != len(path):
        raise _bad("path", "hashes as text")
    return Disclosure(_figure(value["figure"], "figure"), index, size, tuple(nodes))


def _figure(item: Any, field: str) -> Figure:
    if not isinstance(item, dict) or set(item) != {"name", "salt", "value"}:
        raise _bad(field, "name, salt, value")
    name, value = item["name"], item["value"]
    if not isinstance(name, str) or not 0 < _size(name) <= _LONGEST_NAME:
        raise _bad(f"{field}.name", f"1 to {_LONGEST_NAME} bytes")
    if not isinstance(value, str) or not 0 <= _size(value) <= _LONGEST_VALUE:
        raise _bad(f"{field}.value", f"text of at most {_LONGEST_VALUE} bytes")
    salt = unb64url(item["salt"], field=f"{field}.salt") if isinstance(item["salt"], str) else b""
    if len(salt) != SALT_SIZE:
        raise _bad(f"{field}.salt", f"{SALT_SIZE} bytes")
    return Figure(name, value, salt)


def _size(text: str) -> int:
    """Bytes of UTF-8; -1 if it has none, for a lone surrogate."""
    try:
        return len(text.encode("utf-8"))
    except UnicodeEncodeError:
        return -1


def _bad(field: str, rule: str) -> InvalidInput:
    return InvalidInput(f"{field}: {rule}", code="bid.form", field=field)
