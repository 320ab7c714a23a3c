"""Examples of whole objects and pages, put together from the examples of their members."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_REF = "#/components/schemas/"


def sample(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    """One value that a schema describes, made of the examples in it.

    Args:
        schema: a JSON Schema as pydantic writes it.
        schemas: those it may refer to, by name.

    Raises:
        LookupError: a member has no example and nothing to make one of; names it.
    """
    for name in ("examples", "enum"):
        if schema.get(name):
            return schema[name][0]
    for name in ("example", "const"):
        if name in schema:
            return schema[name]
    if "$ref" in schema:
        return sample(schemas[schema["$ref"].removeprefix(_REF)], schemas)
    for name in ("anyOf", "oneOf", "allOf"):
        if name in schema:
            return sample(next(one for one in schema[name] if one.get("type") != "null"), schemas)
    if schema.get("type") == "array":
        return [sample(schema["items"], schemas)] * max(1, schema.get("minItems", 1))
    if schema.get("type") == "object" and "properties" in schema:
        found = {}
        for name, member in schema["properties"].items():
            try:
                found[name] = sample(member, schemas)
            except LookupError as error:
                raise LookupError(f"{schema.get('title', '?')}.{name}: {error}") from error
        return found
    raise LookupError("no example")


def give_samples(schemas: dict[str, Any]) -> None:
    """Give every named schema, and every member of one, an example.

    Raises:
        LookupError: a member has none and nothing to make one of.
    """
    for schema in schemas.values():
        if not schema.get("examples"):
            schema["examples"] = [sample(schema, schemas)]
    for schema in schemas.values():
        for member in schema.get("properties", {}).values():
            if "$ref" not in member and not member.get("examples"):
                member["examples"] = [sample(member, schemas)]


__all__ = ["give_samples", "sample"]
