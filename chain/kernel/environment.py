"""What the environment says of settings: ``YINXIN_LEDGER__QUORUM=2`` is ``quorum`` in the section ``ledger``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

_PREFIX = "yinxin_"
_BETWEEN = "__"


def over(values: Mapping[str, Any], environment: Mapping[str, str], model: type[BaseModel]) -> dict[str, Any]:
    """The values of a file with those of the environment over them, member by member in a section.

    Args:
        values: by the names of the model's fields; sections are dictionaries.
        environment: variables; their names count without regard to case, those of no field of the model not at all.
        model: whose fields are given. Lists and whole sections stand as JSON; what is no JSON stays text, so that the
            model refuses it by its name.
    """
    found = dict(values)
    for variable, text in sorted((name.lower(), text) for name, text in environment.items()):  # a section, its members
        name, between, member = variable.removeprefix(_PREFIX).partition(_BETWEEN)
        field = model.model_fields.get(name) if variable.startswith(_PREFIX) else None
        section = _section(field)
        if field is None or (between and section is None):
            continue
        said = {member: _value(text, section.model_fields.get(member))} if between and section else _value(text, field)
        before = found.get(name)
        found[name] = before | said if isinstance(before, dict) and isinstance(said, dict) else said
    return found


def _section(field: FieldInfo | None) -> type[BaseModel] | None:
    kind = None if field is None else field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _value(text: str, field: FieldInfo | None) -> Any:
    if field is None or (get_origin(field.annotation) is not list and _section(field) is None):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
