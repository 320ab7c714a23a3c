"""The camera: a real code in a film, straight and spoilt as at a counter; several cameras; none; not allowed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.pages.browser import PHONE, Browser
from tests.pages.camera import film, flags, scene
from tests.pages.house import House

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]

SCENES: dict[str, dict[str, Any]] = {
    "straight, 4 pixels a module": {},
    "rotated 15 degrees": {"turned": 15},
    "blurred, radius 1.2 pixels": {"blur": 1.2},
    "dim, brightness 0.25": {"light": 0.25},
    "covered, 5 percent of its area": {"covered": 0.05},
    "rotated 10 degrees, blurred 0.8, brightness 0.5": {"turned": 10, "blur": 0.8, "light": 0.5},
}


@pytest.mark.parametrize("how", SCENES.values(), ids=SCENES)
def test_a_code_before_the_camera_is_read_and_checked(
    house: House, browser: Browser, tmp_path: Path, how: dict[str, Any]
) -> None:
    file = film(scene(house.stamps["good"], **how), tmp_path / "code.mjpeg")
    with browser.with_flags(*flags(file)) as beside, beside.visit(permissions=["camera"], viewport=PHONE) as visit:
        visit.page.click("#start-camera")
        assert visit.verdict() == "VALID"
        assert visit.page.locator("video").count() == 0, "the camera is given back once there is an answer"


def test_another_code_than_a_certificates_is_said_to_be_one(browser: Browser, tmp_path: Path) -> None:
    import segno
    from PIL import Image

    segno.make("https://example.invalid/menu").save(str(tmp_path / "menu.png"), scale=8)
    frame = Image.new("RGB", (1280, 720), "white")
    frame.paste(Image.open(tmp_path / "menu.png").convert("RGB"), (400, 200))
    file = film(frame, tmp_path / "menu.mjpeg")
    with browser.with_flags(*flags(file)) as beside, beside.visit(permissions=["camera"]) as visit:
        visit.page.click("#start-camera")
        visit.page.wait_for_selector("[data-fault=otherCode]")
        assert visit.page.locator("article.verdict").count() == 0


def test_one_of_several_cameras_is_chosen_and_kept(browser: Browser) -> None:
    two = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream=device-count=2")
    with browser.with_flags(*two) as beside, beside.visit(permissions=["camera"]) as visit:
        page = visit.page
        page.click("#start-camera")
        page.wait_for_selector("[data-intake=viewing]")
        before = page.evaluate(USED)
        page.click("#switch-camera")
        after = visit.until(USED, lambda now: now not in ("", before))
        page.click("#stop-camera")
        page.wait_for_selector("[data-intake=rest]")
        page.click("#start-camera")
        page.wait_for_selector("[data-intake=viewing]")
        visit.until(USED, lambda now: now == after)


USED = "() => document.querySelector('video')?.srcObject?.getVideoTracks()[0].getSettings().deviceId ?? ''"


def test_a_camera_that_is_not_allowed_is_explained_and_can_be_tried_again(browser: Browser) -> None:
    with (
        browser.with_flags("--use-fake-device-for-media-stream", "--deny-permission-prompts") as beside,
        beside.visit() as visit,
    ):
        visit.page.click("#start-camera")
        visit.page.wait_for_selector("[data-camera-fault=denied]")
        assert "扫码枪" in visit.page.inner_text("[data-camera-fault]")
        assert visit.page.is_enabled("#start-camera")


def test_a_desk_without_a_camera_says_so(browser: Browser) -> None:
    with browser.visit(permissions=["camera"]) as visit:
        visit.page.click("#start-camera")
        visit.page.wait_for_selector("[data-camera-fault=none]")
