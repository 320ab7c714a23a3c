"""Faces to print, for tests and for looking at: all types, long names, many fields, a general type."""

from __future__ import annotations

from dataclasses import replace

from chain.catalogue import SHIPPED, CertificateType, Field
from chain.catalogue.examples import example_row
from chain.credentials.paper.objects import take_apart
from chain.rendering.face import Face, make_face
from chain.rendering.page import PageJob
from tests.support.world import NAME

IDENTIFIER = "1.2.156.3005.2.11100000MB0143028R001.11440100000000001F.4401002026000001.001.7"
STAMP = bytes(range(1, 251)) + bytes(range(1, 134))
"""As long as a stamp may be for version 15; holds nothing."""
PREFIX = "https://h.example/v#"
AT = 1_767_225_600


def face_of(kind: CertificateType, **changes: str) -> Face:
    """A face with example values, some of them changed; an empty one is left out."""
    fields = {**kind.complete(example_row(kind), bureau_name=NAME), **changes}
    return make_face(kind, IDENTIFIER, {name: value for name, value in fields.items() if value != ""})


def general_type(count: int = 12) -> CertificateType:
    """A type that has no template of its own, with this many fields."""
    base = SHIPPED.find("business-licence")
    own = [one for one in base.fields if not one.name.startswith("KZ_")]
    more = [
        Field(f"KZ_item{number:02d}", f"第{number}项内容", f"item number {number}", "text", example=f"示例内容{number}")
        for number in range(1, 1 + count - len(own))
    ]
    return replace(
        base, slug="tender-guarantee", code="11440100000000001FT99", zh="投标保函（综合）", en="tender guarantee",
        fields=(*own, *more), face_fields=(), order_rules=(), derived=(),
    )  # fmt: skip


def job(face: Face, **more: object) -> PageJob:
    """A job with a sample stamp."""
    return replace(PageJob(face, STAMP, PREFIX, NAME, AT), **more)  # type: ignore[arg-type]


def page_changed(data: bytes) -> bytes:
    """The file with one bit changed in its longest stream, which is a font or a page."""
    longest = max((one.stream for one in take_apart(data).objects.values() if one.stream is not None), key=len)
    at = data.index(longest) + len(longest) // 2
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
