"""Loads the ledger's account library without the arithmetic that it never does for us.

``eth_account`` loads ``eth_keyfile``, which reads key files of versions 3 and 4. Version 4 holds keys of validators
and needs pairings on BLS12-381; loading those tables (``py_ecc.bls``) costs each process that opens a ledger a third
of a second. Yinxin's key files are of version 3. :func:`defer` makes ``eth_keyfile`` load the pairings when a key
file of version 4 is first written or read, instead of at once; nothing else changes.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

_USER = "eth_keyfile.keyfile"
CURVE_ORDER = 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001
"""Order of the groups of BLS12-381 (``r``, draft-irtf-cfrg-pairing-friendly-curves, 4.2.1)."""


class _Signatures:
    """Stands for ``py_ecc.bls.G2ProofOfPossession`` until something of it is wanted."""

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module("py_ecc.bls").G2ProofOfPossession, name)


class _Loader(Loader):
    def __init__(self, inner: Loader) -> None:
        self._inner = inner

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._inner.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Execute it while two modules of that name stand in for the slow ones, which then may be loaded as ever."""
        signatures, curve = ModuleType("py_ecc.bls"), ModuleType("py_ecc.bls12_381")
        vars(signatures)["G2ProofOfPossession"] = _Signatures()
        vars(curve)["curve_order"] = CURVE_ORDER
        stand_ins = {one.__name__: one for one in (signatures, curve) if one.__name__ not in sys.modules}
        sys.modules.update(stand_ins)
        try:
            self._inner.exec_module(module)
        finally:
            for name in stand_ins:
                del sys.modules[name]


class _Finder(MetaPathFinder):
    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name != _USER:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader)
        return spec


def defer() -> None:
    """See above; without effect where ``eth_keyfile`` is loaded already, or this was called before."""
    if _USER not in sys.modules and not any(isinstance(one, _Finder) for one in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


defer()
