"""Every operation of the service, as its OpenAPI document tells a stranger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from api.service.samples import sample
from tests.api.town import BUREAU


@dataclass(frozen=True)
class Door:
    """One operation.

    Attributes:
        name: its operationId.
        method: in capitals.
        path: with names in braces.
        told: the operation's object in the document.
        schemas: the document's schemas.
    """

    name: str
    method: str
    path: str
    told: dict[str, Any]
    schemas: dict[str, Any]

    @property
    def rule(self) -> dict[str, Any]:
        """Who may call it."""
        found: dict[str, Any] = self.told["x-yinxin-rule"]
        return found

    @property
    def in_a_bureau(self) -> bool:
        """The path names a bureau."""
        return "{bureau}" in self.path

    def address(self, bureau: str = BUREAU) -> str:
        """Its path with the examples put in, and its required query."""
        path, query = self.path, []
        for one in self.told.get("parameters", []):
            value = str(one["example"] if "example" in one else sample(one["schema"], self.schemas))
            if one["in"] == "path":
                path = path.replace("{" + one["name"] + "}", bureau if one["name"] == "bureau" else quote(value))
            elif one["in"] == "query" and one["required"]:
                query.append(f"{one['name']}={quote(value)}")
        return path + ("?" + "&".join(query) if query else "")


def doors(document: dict[str, Any]) -> Iterator[Door]:
    """All operations, in the document's order."""
    for path, item in document["paths"].items():
        for method, told in item.items():
            yield Door(told["operationId"], method.upper(), path, told, document["components"]["schemas"])
