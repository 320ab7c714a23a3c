"""Shapes that many endpoints share."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from chain.kernel.clock import rfc3339

SAMPLE_BUREAU = "11440100000000001F"
SAMPLE_IDENTIFIER = "1.2.156.3005.2.11100000MB0143028R001.11440100000000001F.4401002026000001.001.7"
SAMPLE_TIME = "2026-01-31T01:00:00Z"
SAMPLE_DIGEST = "0x" + "5f" * 32


class Shape(BaseModel):
    """A JSON object of ours: members in camel case, none unknown, types not stretched."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", serialize_by_alias=True, str_max_length=20_000
    )


Bureau = Annotated[
    str,
    Path(
        pattern=r"^[0-9A-HJ-NPQRTUWXY]{18}$",
        description="unified social credit code of the bureau (GB 32100)",
        examples=[SAMPLE_BUREAU],
    ),
]
Number = Annotated[int, Path(ge=1, le=2**53 - 1, description="number of the item", examples=[12])]
CertificateName = Annotated[str, Field(min_length=1, max_length=140)]
"""Identifier or number of a certificate, in a body."""

Entry = Annotated[
    int,
    Path(
        ge=1,
        le=2**53 - 1,
        description="number in the register, as a search answers it",
        examples=[77],
    ),
]
Time = Annotated[
    str, Field(description="RFC 3339, UTC", examples=[SAMPLE_TIME], json_schema_extra={"format": "date-time"})
]
Hex = Annotated[str, Field(description="0x and hexadecimal", pattern=r"^0x[0-9a-f]*$", examples=[SAMPLE_DIGEST])]
Identifier = Annotated[
    str,
    Path(
        pattern=r"^1\.2\.156\.3005\.2\.[0-9A-Za-z.]{20,120}$",
        description="certificate identifier (GB/T 36904)",
        examples=[SAMPLE_IDENTIFIER],
    ),
]

BUNDLE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "an evidence bundle: canonical JSON (docs/formats/evidence-bundle.md)",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "additionalProperties": True,
                    "required": ["format"],
                    "properties": {"format": {"type": "string", "examples": ["yinxin-bundle-1"]}},
                    "examples": [{"format": "yinxin-bundle-1"}],
                }
            }
        },
    }
}
"""Documents an answer that is an evidence bundle, byte by byte as it was made."""


def time_of(seconds: int | None) -> Any:
    """RFC 3339 of seconds, or None."""
    return None if seconds is None else rfc3339(seconds)


def hex_of(data: bytes | None) -> Any:
    """0x and hexadecimal, or None."""
    return None if data is None else "0x" + bytes(data).hex()
