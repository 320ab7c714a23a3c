"""The column that says by which document each holder is named, for types whose holders have several."""

from __future__ import annotations

from chain.catalogue.problems import Problem
from chain.catalogue.text import clean_text
from chain.identifiers import holder_codes

_ALSO = {
    "uscc": ("社会信用代码",),
    "citizen": ("居民身份证", "身份证", "身份证号", "居民身份证号码", "身份证号码"),
    "passport": ("护照", "外国护照"),
    "taiwan-travel-permit": ("台胞证", "台湾居民来往大陆通行证(台胞证)"),
    "hk-macau-travel-permit": ("回乡证", "港澳居民来往内地通行证(回乡证)"),
    "foreign-permanent-resident": ("外国人永久居留证", "外国人永久居留身份证(五星卡)"),
    "hmt-residence-permit": ("港澳台居民居住证(居住证)", "港澳居民居住证", "台湾居民居住证"),
}
"""What people call the documents besides their names."""


def names_of(slugs: tuple[str, ...]) -> dict[str, str]:
    """Every way to write these kinds, to the code that certificates carry."""
    found: dict[str, str] = {}
    for slug in slugs:
        kind = holder_codes.kind(slug)
        for name in (kind.code, kind.slug, kind.name_zh, kind.name_en, *_ALSO[kind.slug]):
            found[name.casefold()] = kind.code
    return found


def read_holder_type(names: dict[str, str], text: str, notes: list[Problem]) -> str | None:
    """The code of the kind, or None with the reason in ``notes``. Nothing is guessed from the number itself."""
    value = clean_text(text, notes)
    if value is None:
        return None
    code = names.get(value.translate(str.maketrans("（）", "()")).casefold())
    if code is None:
        kinds = [holder_codes.kind(one) for one in sorted(set(names.values()))]
        listed_zh, listed = "、".join(one.name_zh for one in kinds), ", ".join(one.name_en for one in kinds)
        notes.append(
            Problem(
                "holder-code.kind",
                f"none of the documents by which holders of this type are named: {listed}",
                f"不是此类证照可用的证件类型：{listed_zh}",
                "write the name of the document",
                "请填写证件名称",
            )
        )
    return code
