"""The types that a home knows: those that ship with the toolkit and its own, each in every version."""

from __future__ import annotations

from collections.abc import Iterable

from chain.catalogue.model import CertificateType
from chain.catalogue.registry import all_types
from chain.kernel.errors import NotFound, Refused


class Catalogue:
    """Certificate types by name and version. A version is *active* unless it was retired.

    Args:
        own: further types and versions; one of a shipped code and version goes before the shipped one.
        retired: code and version of those under which nothing new is issued.
        shipped: types of the toolkit, if others than the real ones.
    """

    def __init__(
        self,
        own: Iterable[CertificateType] = (),
        *,
        retired: Iterable[tuple[str, int]] = (),
        shipped: Iterable[CertificateType] | None = None,
    ) -> None:
        self._by_code: dict[str, dict[int, CertificateType]] = {}
        for kind in (*(all_types() if shipped is None else shipped), *own):
            self._by_code.setdefault(kind.code, {})[kind.version] = kind
        self._retired = frozenset(retired)

    def find(self, name: str, version: int | None = None) -> CertificateType:
        """The type with that code, slug or Chinese name: the version named, or the newest active one.

        Raises:
            NotFound: no such type or version; the fix lists what there is.
            Refused: every version is retired.
        """
        versions = self._versions_of(name)
        if version is not None:
            if version not in versions:
                raise NotFound(
                    f"there is no version {version} of {name!r}",
                    code="catalogue.version",
                    field="version",
                    fix=f"one of {', '.join(str(one) for one in sorted(versions))}",
                )
            return versions[version]
        active = [one for one in versions if self.is_active(versions[one])]
        if not active:
            raise Refused(
                f"{name!r} is retired: nothing is issued under any of its versions",
                code="catalogue.retired",
                field="type",
                fix="propose a next version: yinxin type propose",
            )
        return versions[max(active)]

    def versions(self, name: str) -> tuple[CertificateType, ...]:
        """Every version of a type, oldest first, retired ones too. Raises NotFound."""
        versions = self._versions_of(name)
        return tuple(versions[one] for one in sorted(versions))

    def all(self) -> tuple[CertificateType, ...]:
        """The newest active version of each type, by code; types of which every version is retired are left out."""
        found = []
        for _code, versions in sorted(self._by_code.items()):
            active = [kind for kind in versions.values() if self.is_active(kind)]
            found += [max(active, key=lambda kind: kind.version)] if active else []
        return tuple(found)

    def every(self) -> tuple[CertificateType, ...]:
        """Every version of every type, by code and version."""
        return tuple(kind for _code, versions in sorted(self._by_code.items()) for _, kind in sorted(versions.items()))

    def is_active(self, kind: CertificateType) -> bool:
        """True unless that version is retired."""
        return (kind.code, kind.version) not in self._retired

    def known(self, code: str) -> CertificateType | None:
        """The newest version of that code, retired or not, for showing; None if the catalogue lacks it."""
        versions = self._by_code.get(code)
        return None if versions is None else versions[max(versions)]

    def check_issuable(self, kind: CertificateType) -> None:
        """Refuse to begin anything new under ``kind`` unless it is the newest active version of its type.

        Raises:
            NotFound: the catalogue does not have it.
            Refused: retired, or a newer version is active; the fix names that one.
        """
        known = self.find(kind.code, kind.version)
        newest = self.find(kind.code)
        if known.version != newest.version:
            why = "is retired" if not self.is_active(known) else f"was followed by version {newest.version}"
            raise Refused(
                f"version {kind.version} of {kind.zh} ({kind.en}) {why}",
                code="catalogue.version",
                field="type",
                fix=f"read the list again; it will be issued under version {newest.version}",
            )

    def _versions_of(self, name: str) -> dict[int, CertificateType]:
        if name in self._by_code:
            return self._by_code[name]
        for versions in self._by_code.values():
            newest = versions[max(versions)]
            if name in (newest.slug, newest.zh):
                return versions
        known = ", ".join(f"{kind.slug} ({kind.zh})" for kind in self.all())
        raise NotFound(f"no certificate type {name!r}", code="catalogue.type", field="type", fix=f"one of {known}")


SHIPPED = Catalogue()
"""What a verifier without a home knows."""
