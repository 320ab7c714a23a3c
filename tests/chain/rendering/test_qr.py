"""The printed code: its size on paper, and reading it back after what printers, cameras and people do to it.

The reader is zxing-cpp, the writer segno: neither knows the other. Sizes are those of the print: 30 mm at
300 dpi are 354 pixels, 4 a module at version 15. Stated limits: Gaussian blur of radius 1.5 pixels (0.13 mm),
rotation by 15°, JPEG quality 30, 5 % of the symbol covered.
"""

from __future__ import annotations

import random
import xml.etree.ElementTree as ET
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFilter

from chain.credentials.stamp import digits, issue_stamp
from chain.kernel.errors import InvalidInput
from chain.rendering import (
    StampCode,
    make_code,
    qr_url,
    read_qr,
    read_stamps,
    render_png,
    render_svg,
    stamp_of_text,
)
from tests.chain.credentials.samples import signer, stamp, stamp_content

PREFIX = "https://host.example/v#"
TURN = 15
BLUR = 1.5
QUALITY = 30
COVERED = 0.05


@cache
def code() -> StampCode:
    return make_code(PREFIX, stamp())


@cache
def printed() -> Image.Image:
    return Image.open(BytesIO(render_png(code()))).convert("L")


def on_paper() -> Image.Image:
    """The print in the middle of a larger white sheet."""
    symbol = printed()
    sheet = Image.new("L", (symbol.width * 2, symbol.height * 2), 255)
    sheet.paste(symbol, (symbol.width // 2, symbol.height // 2))
    return sheet


def saved(picture: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    out = BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


class TestMaking:
    def test_a_chinese_licence_with_four_face_fields_is_version_15_or_less(self) -> None:
        assert len(PREFIX) == 23
        assert code().version <= 15
        assert code().modules == 4 * code().version + 17

    def test_the_largest_stamp_of_the_budget_is_version_15(self) -> None:
        def filled(size: int) -> bytes:
            for length in range(1, 250):
                made = issue_stamp(stamp_content(face=((0, "x" * length),)), signer())
                if len(made) == size:
                    return made
            raise AssertionError(size)

        assert make_code(PREFIX, filled(385)).version == 15
        assert make_code(PREFIX, filled(388)).version == 16

    def test_a_longer_host_is_allowed_and_its_version_reported(self) -> None:
        long = make_code("https://certificates.bureau-with-a-long-name.example/v#", stamp())
        assert long.version > code().version - 1
        assert read_stamps(render_png(long, millimetres=40)) == (stamp(),)

    def test_the_text_is_the_prefix_and_the_digits(self) -> None:
        assert qr_url(PREFIX, stamp()) == PREFIX + digits(stamp()) == code().url
        assert read_qr(render_png(code())) == (code().url,)

    @pytest.mark.parametrize(
        "prefix",
        ["", "http://host.example/v#", "https://host.example/v", "https://#x#", "https://宿主.example/v#", "v#"],
    )
    def test_a_prefix_that_is_no_https_url_with_fragment(self, prefix: str) -> None:
        with pytest.raises(InvalidInput) as caught:
            make_code(prefix, stamp())
        assert caught.value.code == "qr.prefix"

    def test_the_largest_stamp_and_prefix_there_can_be_fit_a_code(self) -> None:
        prefix = "https://" + "h" * 180 + "#"
        assert make_code(prefix, b"\xff" * 1024).version < 40

    def test_more_than_a_stamp(self) -> None:
        with pytest.raises(InvalidInput) as caught:
            make_code(PREFIX, bytes(1025))
        assert caught.value.code == "stamp.size"


class TestDrawing:
    def test_png_has_the_size_asked_for_and_whole_dots(self) -> None:
        picture = Image.open(BytesIO(render_png(code())))
        assert picture.size == (354, 354)
        assert round(picture.info["dpi"][0]) == 300
        # Every module is a square of one colour: shrinking and enlarging changes nothing.
        side = code().modules * 4
        margin = (354 - side) // 2
        symbol = picture.convert("L").crop((margin, margin, margin + side, margin + side))
        small = symbol.resize((code().modules,) * 2, Image.Resampling.NEAREST)
        assert small.resize((side, side), Image.Resampling.NEAREST).tobytes() == symbol.tobytes()
        assert margin >= 4 * 4

    @pytest.mark.parametrize(("millimetres", "dpi"), [(25, 300), (30, 600), (40, 203), (60, 150)])
    def test_other_sizes(self, millimetres: int, dpi: int) -> None:
        data = render_png(code(), millimetres=millimetres, dpi=dpi)
        assert Image.open(BytesIO(data)).width == round(millimetres * dpi / 25.4)
        assert read_stamps(data) == (stamp(),)

    def test_modules_too_small_to_print_are_refused(self) -> None:
        with pytest.raises(InvalidInput) as caught:
            render_png(code(), millimetres=15)
        assert caught.value.code == "qr.small"
        assert "22 mm" in (caught.value.fix or "")

    def test_svg_has_its_millimetres_and_draws_the_same_modules(self) -> None:
        root = ET.fromstring(render_svg(code(), millimetres=30))
        assert (root.get("width"), root.get("height")) == ("30mm", "30mm")
        side = code().modules + 8
        assert root.get("viewBox") == f"0 0 {side} {side}"
        picture = Image.new("L", (side * 4, side * 4), 255)
        draw = ImageDraw.Draw(picture)
        paths = root.findall("{http://www.w3.org/2000/svg}path")
        assert len(paths) == 2
        for run in (paths[1].get("d") or "").split("z")[:-1]:
            move, rest = run[1:].split("h")
            x, y = map(int, move.split())
            width = int(rest.split("v")[0])
            draw.rectangle((x * 4, y * 4, (x + width) * 4 - 1, y * 4 + 3), fill=0)
        assert read_stamps(saved(picture)) == (stamp(),)


class TestReadingBack:
    def test_as_printed(self) -> None:
        assert read_stamps(render_png(code())) == (stamp(),)

    @pytest.mark.parametrize("angle", [TURN, -TURN, 45, 90, 180, 200])
    def test_turned(self, angle: int) -> None:
        assert read_stamps(saved(on_paper().rotate(angle, Image.Resampling.BICUBIC, fillcolor=255))) == (stamp(),)

    def test_blurred(self) -> None:
        assert read_stamps(saved(printed().filter(ImageFilter.GaussianBlur(BLUR)))) == (stamp(),)

    @pytest.mark.parametrize("quality", [90, 50, QUALITY])
    def test_as_jpeg(self, quality: int) -> None:
        assert read_stamps(saved(printed(), "JPEG", quality=quality)) == (stamp(),)

    def test_turned_and_blurred_and_as_jpeg(self) -> None:
        picture = on_paper().rotate(TURN, Image.Resampling.BICUBIC, fillcolor=255)
        picture = picture.filter(ImageFilter.GaussianBlur(BLUR))
        assert read_stamps(saved(picture, "JPEG", quality=QUALITY)) == (stamp(),)

    @pytest.mark.parametrize("seed", range(8))
    def test_partly_covered(self, seed: int) -> None:
        chance = random.Random(seed)
        picture = printed().copy()
        side = int((COVERED**0.5) * code().modules * 4)
        # Anywhere but on the three finder patterns, whose loss no error correction makes good.
        low, high = 23 + 9 * 4, 23 + code().modules * 4 - side - 9 * 4
        x, y = chance.randint(low, high), chance.randint(low, high)
        ImageDraw.Draw(picture).rectangle((x, y, x + side, y + side), fill=chance.choice([0, 128, 255]))
        assert read_stamps(saved(picture)) == (stamp(),)

    @pytest.mark.parametrize("scale", [0.75, 1.3, 2.5])
    def test_a_screenshot_at_another_scale(self, scale: float) -> None:
        size = (int(354 * scale),) * 2
        assert read_stamps(saved(printed().resize(size, Image.Resampling.BICUBIC))) == (stamp(),)

    def test_dim_and_uneven_light(self) -> None:
        picture = Image.eval(printed(), lambda value: 60 + value // 4)
        shade = Image.linear_gradient("L").resize(picture.size)
        assert read_stamps(saved(Image.composite(picture, Image.new("L", picture.size, 60), shade))) == (stamp(),)

    def test_inverted(self) -> None:
        assert read_stamps(saved(Image.eval(printed(), lambda value: 255 - value))) == (stamp(),)

    def test_on_a_transparent_ground(self) -> None:
        clear = printed().convert("RGBA")
        clear.putalpha(Image.eval(printed(), lambda value: 255 - value))
        assert read_stamps(saved(clear)) == (stamp(),)

    def test_small_on_a_whole_page(self) -> None:
        page = Image.new("L", (2480, 3508), 255)
        page.paste(printed(), (1900, 2900))
        assert read_stamps(saved(page)) == (stamp(),)

    def test_from_a_file(self, tmp_path: Path) -> None:
        path = tmp_path / "stamp.png"
        path.write_bytes(render_png(code()))
        assert read_stamps(path) == read_stamps(str(path)) == (stamp(),)

    def test_every_code_of_a_picture_and_others_passed_over(self) -> None:
        other = issue_stamp(stamp_content(status_index=5), signer())
        sheet = Image.new("L", (1100, 400), 255)
        sheet.paste(printed(), (10, 20))
        sheet.paste(Image.open(BytesIO(render_png(make_code(PREFIX, other)))).convert("L"), (380, 20))
        import segno

        advert = BytesIO()
        segno.make("https://advert.example/", micro=False).save(advert, kind="png", scale=6)
        sheet.paste(Image.open(BytesIO(advert.getvalue())).convert("L"), (800, 60))
        assert set(read_stamps(saved(sheet))) == {stamp(), other}
        assert len(read_qr(saved(sheet))) == 3

    def test_no_code_at_all(self) -> None:
        assert read_qr(saved(Image.new("L", (300, 300), 200))) == ()


class TestPicturesThatAreRefused:
    @pytest.mark.parametrize("data", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n", b"GIF89a" + bytes(30)])
    def test_no_picture(self, data: bytes) -> None:
        with pytest.raises(InvalidInput) as caught:
            read_qr(data)
        assert caught.value.code == "qr.picture"

    def test_cut_short(self) -> None:
        with pytest.raises(InvalidInput):
            read_qr(saved(on_paper().rotate(7), "JPEG")[:2000])

    def test_too_many_pixels_are_never_unpacked(self) -> None:
        with pytest.raises(InvalidInput) as caught:
            read_qr(saved(Image.new("1", (10_000, 10_000))))
        assert caught.value.code == "qr.picture"

    def test_too_many_bytes(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidInput):
            read_qr(bytes(33 * 2**20))
        path = tmp_path / "large.png"
        with path.open("wb") as file:
            file.truncate(33 * 2**20)
        with pytest.raises(InvalidInput):
            read_qr(path)


class TestTextOfACode:
    @pytest.mark.parametrize(
        "prefix",
        [
            PREFIX,
            "https://another.example/v#",
            "https://false.example:8443/deep/path?x=1#",
            "HTTPS://HOST.EXAMPLE/V#",
            "",
            "  \t",
            "stamp ",
        ],
    )
    def test_the_host_is_no_matter(self, prefix: str) -> None:
        assert stamp_of_text(prefix + digits(stamp())) == stamp()

    def test_a_hand_scanner_ends_the_line(self) -> None:
        assert stamp_of_text(digits(stamp()) + "\r\n") == stamp()

    @pytest.mark.parametrize("text", ["", "12345", PREFIX, PREFIX + "12345", "x" + digits(stamp()) + "x", "1" * 3000])
    def test_no_stamp(self, text: str) -> None:
        with pytest.raises(InvalidInput):
            stamp_of_text(text)

    def test_another_host_gives_the_same_stamp(self) -> None:
        false = make_code("https://false.example/v#", stamp())
        assert read_stamps(render_png(false)) == (stamp(),)
