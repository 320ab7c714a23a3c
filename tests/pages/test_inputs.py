"""Ways in: hand scanner, paste, file, address, identifier. What cannot be read is no verdict."""

from __future__ import annotations

import io
import json

import pytest
from PIL import Image

from chain.credentials.bundle import read_bundle
from tests.api.service.hall import WORD
from tests.pages.browser import Browser, Visit
from tests.pages.camera import code
from tests.pages.house import House
from tests.support.papers import page_changed

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]


def png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


class TestHandScanner:
    @pytest.mark.parametrize("host", ["", "https://yx.example/v#", "HTTPS://EVIL.INVALID/V#", "；；ｈｔｔｐｓ：／／#"])
    def test_digits_count_and_where_the_code_points_does_not(self, house: House, visit: Visit, host: str) -> None:
        visit.scan(host + house.stamps["good"])
        assert visit.verdict() == "VALID"

    def test_it_needs_no_focus_and_takes_none_of_the_buttons(self, house: House, visit: Visit) -> None:
        visit.page.focus("#open-identifier")
        visit.scan(house.stamps["good"])
        assert visit.verdict() == "VALID"
        assert visit.page.locator("dialog").count() == 0, "its Enter presses nothing"

    def test_an_input_method_that_swallows_keys_spoils_nothing(self, house: House, visit: Visit) -> None:
        visit.page.evaluate(
            """(digits) => { for (const code of [...[...digits].map(d => `Digit${d}`), 'Enter'])
                 document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'Process', code, bubbles: true})) }""",
            house.stamps["good"],
        )
        assert visit.verdict() == "VALID"

    def test_a_device_that_stood_still_amid_a_scan_lost_nothing_and_a_second_one_takes_its_place(
        self, house: House, visit: Visit
    ) -> None:
        visit.page.keyboard.type(house.stamps["good"][:300])
        visit.page.wait_for_timeout(1500)
        visit.scan(house.stamps["good"][300:])
        assert visit.verdict() == "VALID"
        visit.scan(house.stamps["revoked"])
        visit.page.wait_for_selector("article[data-verdict=REVOKED]")

    def test_digits_typed_by_hand_are_left_alone(self, visit: Visit) -> None:
        visit.page.keyboard.type("20260101", delay=5)
        visit.page.keyboard.press("Enter")
        assert visit.page.locator("article.verdict, [data-fault]").count() == 0


class TestFiles:
    def test_a_picture_of_the_code(self, house: House, visit: Visit) -> None:
        visit.drop("photo.png", png(code(house.stamps["suspended"])), "image/png")
        assert visit.verdict() == "SUSPENDED"

    def test_an_evidence_bundle(self, house: House, visit: Visit) -> None:
        visit.drop("bundle.json", house.bundles["good"], "application/json")
        assert visit.verdict() == "VALID"
        assert "*" not in visit.page.inner_text("[data-holder]"), "a bundle discloses the name"

    def test_an_sd_jwt(self, house: House, visit: Visit) -> None:
        credential = read_bundle(house.bundles["good"]).credential
        visit.drop("credential.txt", credential.encode(), "text/plain")
        assert visit.verdict() == "VALID"

    def test_a_bundle_with_one_letter_changed_is_forged(self, house: House, visit: Visit) -> None:
        spoilt = json.loads(house.bundles["good"])
        path = spoilt["inclusion"]["path"]
        path[0] = ("A" if path[0][0] != "A" else "B") + path[0][1:]
        data = json.dumps(spoilt, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()
        visit.drop("bundle.json", data, "application/json")
        assert visit.verdict() == "FORGED"

    def test_a_file_dropped_on_the_page(self, house: House, visit: Visit) -> None:
        visit.page.evaluate(
            """(text) => { const dataTransfer = new DataTransfer();
                 dataTransfer.items.add(new File([text], 'bundle.json'));
                 const how = {dataTransfer, bubbles: true, cancelable: true};
                 document.body.dispatchEvent(new DragEvent('drop', how)) }""",
            house.bundles["revoked"].decode(),
        )
        assert visit.verdict() == "REVOKED"

    @pytest.mark.parametrize(
        ("name", "data", "fault"),
        [
            ("blank.png", png(Image.new("L", (300, 300), 255)), "noCode"),
            ("letter.txt", "您好".encode(), "otherKind"),
            ("broken.png", b"\x89PNG\r\n\x1a\n and no more", "otherKind"),
            ("archive.zip", b"PK\x03\x04" + bytes(200), "otherKind"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_what_cannot_be_read_is_said_to_be_so(self, visit: Visit, name: str, data: bytes, fault: str) -> None:
        visit.drop(name, data, "")
        visit.page.wait_for_selector(f"[data-fault={fault}]")
        assert visit.page.locator("article.verdict").count() == 0
        visit.page.click("#back")
        visit.page.wait_for_selector("[data-answer-state=empty]")

    def test_two_certificates_in_one_picture_are_not_chosen_from(self, house: House, visit: Visit) -> None:
        left, right = code(house.stamps["good"]), code(house.stamps["revoked"])
        both = Image.new("L", (left.width + right.width, left.height), 255)
        both.paste(left, (0, 0))
        both.paste(right, (left.width, 0))
        visit.drop("both.png", png(both), "image/png")
        visit.page.wait_for_selector("[data-fault=manyCodes]")


class TestText:
    def test_what_is_pasted_into_the_dialog(self, house: House, visit: Visit) -> None:
        visit.paste(f" https://example.invalid/v#{house.stamps['good']}\n")
        assert visit.verdict() == "VALID"

    def test_nothing_pasted_is_pointed_out(self, visit: Visit) -> None:
        visit.page.click("#open-paste")
        visit.page.click("dialog button[type=submit]")
        visit.page.wait_for_selector("#pasted[aria-invalid=true]")

    def test_the_address_in_a_code_opens_the_answer_and_leaves_the_address_bar(
        self, house: House, browser: Browser
    ) -> None:
        with browser.visit(f"/v#{house.stamps['good']}") as visit:
            assert visit.verdict() == "VALID"
            assert visit.page.url == f"{visit.url}/verify"
            assert not [one for one in visit.asked if house.stamps["good"][:40] in one.partition("#")[0]]


class TestIdentifier:
    def sign_in(self, visit: Visit, name: str, word: str = WORD) -> None:
        visit.page.fill("#account", name)
        visit.page.fill("#password", word)
        visit.page.click("dialog button[type=submit]")

    def ask(self, visit: Visit, identifier: str) -> None:
        visit.page.click("#open-identifier")
        visit.page.fill("#identifier", identifier)
        visit.page.click("dialog button[type=submit]")

    def test_a_clerk_signs_in_once_and_what_is_found_is_verified(self, house: House, visit: Visit) -> None:
        self.ask(visit, house.identifiers["good"].lower())
        self.sign_in(visit, "clerk")
        assert visit.verdict() == "VALID"
        self.ask(visit, house.identifiers["revoked"])
        visit.page.wait_for_selector("article[data-verdict=REVOKED]")
        stored = visit.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
        assert "yx_" not in stored, "the session lives in the page's memory"

    def test_a_wrong_password_is_told_and_nothing_is_found(self, house: House, visit: Visit) -> None:
        visit.expected.append("Failed to load resource")
        self.ask(visit, house.identifiers["good"])
        self.sign_in(visit, "clerk", "wrong")
        visit.page.wait_for_selector("#password[aria-invalid=true]")
        assert visit.page.locator("article.verdict").count() == 0

    def test_who_works_at_no_window_may_not_look_up(self, house: House, visit: Visit) -> None:
        visit.expected.append("Failed to load resource")
        self.ask(visit, house.identifiers["good"])
        self.sign_in(visit, "holder")
        visit.page.wait_for_selector("[data-fault=refused]")

    def test_an_identifier_that_nobody_knows_is_unknown(self, house: House, visit: Visit) -> None:
        visit.expected.append("Failed to load resource")
        self.ask(visit, "1.2.156.3005.2.11100000MB0143028R001.11440100000000001F.4401002026009999.001.M")
        self.sign_in(visit, "clerk")
        assert visit.verdict() == "UNKNOWN"

    def test_what_is_no_identifier_is_pointed_out_before_anything_is_asked(self, visit: Visit) -> None:
        before = len(visit.asked)
        self.ask(visit, "1.2.156.3005.2.nonsense")
        visit.page.wait_for_selector("#identifier[aria-invalid=true]")
        assert not [one for one in visit.asked[before:] if "bundles" in one or "sessions" in one]


class TestPaper:
    """Sealed PDFs: judged in the browser, bundle and seal."""

    def test_a_sealed_pdf_dropped_on_the_page(self, house: House, visit: Visit) -> None:
        visit.drop("certificate.pdf", house.paper("good"), "application/pdf")
        assert visit.verdict() == "VALID"
        visit.page.click(".steps summary")
        visit.page.wait_for_selector("[data-step=integrity]:has-text('PDF 与盖章时完全一致')")

    def test_a_pdf_whose_page_was_changed_is_forged(self, house: House, visit: Visit) -> None:
        visit.drop("certificate.pdf", page_changed(house.paper("good")), "application/pdf")
        assert visit.verdict() == "FORGED"

    def test_a_pdf_of_a_revoked_certificate_is_revoked(self, house: House, visit: Visit) -> None:
        visit.drop("certificate.pdf", house.paper("revoked"), "application/pdf")
        assert visit.verdict() == "REVOKED"

    def test_a_pdf_of_something_else_is_unknown(self, visit: Visit) -> None:
        visit.drop("letter.pdf", b"%PDF-1.7\nnothing of ours\n%%EOF\n", "application/pdf")
        assert visit.verdict() == "UNKNOWN"
