"""Pages: what stands on them, that the code reads, that nothing breaks the layout, that no box is ever drawn."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from chain.catalogue import SHIPPED
from chain.credentials.paper.objects import take_apart
from chain.kernel.errors import InvalidInput
from chain.rendering.face import ReprintMark
from chain.rendering.fonts import find_fonts
from chain.rendering.page import draw, template_of
from chain.rendering.qr import stamp_of_text
from tests.support.papers import STAMP, face_of, general_type, job
from tests.support.poppler import need_poppler, need_rare_fonts

SLUGS = sorted({kind.slug for kind in SHIPPED.every()})
LONG = "示例市特别长的企业名称用来查看版面是否仍然美观完整的贸易进出口与仓储物流供应链管理股份有限公司第一分公司"


def text_of(pages: bytes, folder: Path) -> str:
    file = folder / "page.pdf"
    file.write_bytes(pages)
    said = subprocess.run([need_poppler("pdftotext"), "-raw", str(file), "-"], capture_output=True, check=True).stdout
    return re.sub(r"\s+", "", said.decode())


def picture_of(pages: bytes, folder: Path, dpi: int) -> Image.Image:
    (folder / "page.pdf").write_bytes(pages)
    command = [need_poppler("pdftoppm"), "-r", str(dpi), "-gray", "-png", "-f", "1", "-l", "1"]
    subprocess.run([*command, str(folder / "page.pdf"), str(folder / "page")], check=True)
    (file,) = folder.glob("page-*.png")
    return Image.open(file).convert("L")


def count_pages(pages: bytes) -> int:
    objects = take_apart(pages).objects.values()
    return sum(isinstance(one.value, dict) and one.value.get("Type") == "Page" for one in objects)


@pytest.mark.parametrize("slug", SLUGS)
def test_each_shipped_type_has_a_template_of_its_own(slug):
    assert template_of(slug) == slug
    assert template_of("tender-guarantee") == "general"
    assert template_of("base") == "general"


@pytest.mark.parametrize("slug", [*SLUGS, "general"])
@pytest.mark.parametrize("dpi", [300, 120])
def test_the_code_reads_from_the_page_and_is_30_millimetres_wide(slug, dpi, tmp_path):
    kind = general_type() if slug == "general" else SHIPPED.find(slug)
    picture = picture_of(draw(job(face_of(kind))), tmp_path, dpi)
    (found,) = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    assert stamp_of_text(found.text) == STAMP
    side = found.position.top_right.x - found.position.top_left.x
    modules = 77 / 85 * 30  # version 15, four white modules on either side
    assert side / dpi * 25.4 == pytest.approx(modules, abs=0.45 if dpi == 300 else 0.8)
    quiet = round(4 * 30 / 85 / 25.4 * dpi) - 1
    left, top = found.position.top_left.x, found.position.top_left.y
    border = picture.crop((left - quiet, top - quiet, left - 1, top + side))
    assert border.getextrema()[0] > 200, "something stands in the quiet zone"


@pytest.mark.parametrize("slug", [*SLUGS, "general"])
def test_all_labels_and_values_stand_on_the_page_in_both_languages(slug, tmp_path):
    kind = general_type() if slug == "general" else SHIPPED.find(slug)
    face = face_of(kind)
    text = text_of(draw(job(face)), tmp_path)
    for row in face.rows:
        assert re.sub(r"\s+", "", row.zh) in text, row.zh
        assert re.sub(r"\s+", "", row.en) in text, row.en
        assert re.sub(r"\s+", "", row.value) in text, row.value
    for row in (face.number, face.holder, face.bureau, face.issued):
        assert row is not None
        assert row.value in text
    assert face.title_zh in text
    assert "测试章" in text
    assert "TESTGRADE" in text
    assert "补打" not in text


def test_a_reprint_says_so_in_both_languages(tmp_path):
    text = text_of(draw(job(face_of(SHIPPED.find(SLUGS[0])), reprint=ReprintMark(3, 1_767_225_600))), tmp_path)
    assert "补打第3次" in text
    assert "REPRINTNo.3" in text
    assert "2026年1月1日" in text
    assert "2026-01-01" in text


@pytest.mark.parametrize("slug", SLUGS)
def test_a_long_name_stays_on_one_page(slug, tmp_path):
    pages = draw(job(face_of(SHIPPED.find(slug), certificateHolderName=LONG)))
    assert count_pages(pages) == 1
    assert LONG in text_of(pages, tmp_path)


def test_forty_fields_go_on_to_a_second_page_with_seal_and_code_at_the_end(tmp_path):
    kind = general_type(40)
    face = face_of(kind, **{f"KZ_item{number:02d}": "示例内容" * 17 for number in range(1, 9)})
    pages = draw(job(face))
    assert count_pages(pages) == 2
    text = text_of(pages, tmp_path)
    assert "第1页，共2页" in text
    assert "第2页，共2页" in text
    assert all(row.value in text for row in face.rows)
    assert text.count("扫码核验Scantoverify") == 1


def test_a_scope_of_four_thousand_characters_is_printed_whole(tmp_path):
    scope = "".join(f"示例项目{number}；" for number in range(450))[:4000]
    pages = draw(job(face_of(SHIPPED.find("business-licence"), KZ_businessScope=scope)))
    text = text_of(pages, tmp_path)
    assert "示例项目449" in text or scope[-8:] in text
    assert count_pages(pages) <= 4


@pytest.mark.parametrize("slug", SLUGS)
def test_without_its_optional_fields_it_is_printed_all_the_same(slug, tmp_path):
    kind = SHIPPED.find(slug)
    face = face_of(kind, **{one.name: "" for one in kind.fields if not one.required})
    pages = draw(job(face))
    assert count_pages(pages) == 1
    bare = replace(face, rows=(), number=None, bureau=None, issued=None)
    assert face.holder is not None
    assert face.holder.value in text_of(draw(job(bare)), tmp_path)


def test_the_same_certificate_gives_the_same_bytes():
    one = job(face_of(SHIPPED.find("food-trade-licence")))
    assert draw(one) == draw(one)


def test_a_page_names_its_level_of_pdf_a():
    pages = draw(job(face_of(SHIPPED.find("food-trade-licence"))))
    assert b"<pdfaid:part>3</pdfaid:part>" in pages
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in pages


class TestRareCharacters:
    NAMES = ("𠮷示例", "䶮样本", "\u9fcd示例", "\U00020000\U0002a6d6示例", "\U0002b740示例", "㐀示例")

    @pytest.mark.parametrize("name", NAMES)
    def test_a_rare_name_is_drawn(self, name, tmp_path):
        need_rare_fonts()
        pages = draw(job(face_of(SHIPPED.find("constructor-practising-certificate"), certificateHolderName=name)))
        assert name in text_of(pages, tmp_path)

    def test_a_rare_character_in_the_seal_is_drawn(self):
        need_rare_fonts()
        draw(job(face_of(SHIPPED.find("business-licence")), legal_name="𠮷示例市管理局"))

    @pytest.mark.parametrize("character", ["\U00030000", "\ue863", "\u0d85"])
    def test_a_character_that_no_font_has_is_refused_by_name(self, character):
        face = face_of(SHIPPED.find("business-licence"), KZ_legalRepresentative=f"示{character}例")
        with pytest.raises(InvalidInput) as caught:
            draw(job(face))
        assert caught.value.code == "paper.character"
        assert caught.value.field == "KZ_legalRepresentative"
        assert f"U+{ord(character):04X}" in caught.value.message

    def test_without_fallback_fonts_the_fix_says_how_to_get_them(self):
        bare = replace(find_fonts(), fallback=())
        with pytest.raises(InvalidInput) as caught:
            bare.check([("certificateHolderName", "𠮷")])
        assert "make fonts" in (caught.value.fix or "")
