"""The holder's wallet: what is opened is checked and kept sealed; it locks, opens by the PIN, forgets for good."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chain.kernel.canonical import canonical
from chain.kernel.json_reader import read_json
from tests.api.holders import Holders
from tests.pages.browser import DESK, PHONE, Browser
from tests.pages.house import House
from tests.pages.test_access import audit
from tests.pages.wallet import (
    PIN,
    add,
    carry_out,
    credential_of,
    letter,
    noticed,
    page_of,
    picture,
    stored,
    unlock,
    wallet,
)

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]

SHOTS = Path(os.environ["WALLET_PICTURES"]) if "WALLET_PICTURES" in os.environ else None
"""Where pictures go, if somebody wants to look."""


@pytest.mark.parametrize(("tag", "size"), [("zh-CN", PHONE), ("en", DESK)])
def test_a_certificate_is_checked_kept_sealed_and_shown_again_after_locking(
    house: House, browser: Browser, tag: str, size: dict[str, int]
) -> None:
    with wallet(browser, tag=tag, viewport=size) as visit:
        picture(visit, SHOTS, f"{tag}-empty")
        assert audit(visit) == []
        add(visit, house.bundles["long"])
        noticed(visit, "add.kept")
        assert visit.page.get_attribute("[data-verdict]", "data-verdict") == "VALID"
        name = visit.page.inner_text("[data-holder]")
        assert audit(visit) == []
        picture(visit, SHOTS, f"{tag}-card")
        assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")

        visit.page.click("#go-home")
        add(visit, house.bundles["revoked"])
        assert visit.page.get_attribute("section[data-verdict]", "data-verdict") == "REVOKED"
        visit.page.click("#go-home")
        add(visit, house.paper("good"), "paper.pdf", "application/pdf")
        visit.page.click("#go-home")
        add(visit, house.bundles["good"])
        noticed(visit, "add.again")  # the paper and the bundle are one certificate
        visit.page.click("#go-home")
        page_of(visit, "home")
        assert visit.page.locator("[data-card]").count() == 3
        assert audit(visit) == []
        picture(visit, SHOTS, f"{tag}-home")

        kept = stored(visit)
        assert "yinxin-wallet/sealed/card/" in kept
        payload = credential_of(house.bundles["good"]).split("~")[0].split(".")[1]
        for secret in (name, house.identifiers["good"], payload[:60], "有限公司", PIN):
            assert secret not in kept
        assert "key true" not in kept, "no key that is stored can be exported"

        visit.page.click("#lock")
        page_of(visit, "locked")
        assert name not in visit.page.content()
        picture(visit, SHOTS, f"{tag}-locked")
        unlock(visit, "not the passphrase")
        visit.page.wait_for_selector("#pin-fault")
        assert audit(visit) == []
        unlock(visit)
        page_of(visit, "home")
        assert name in visit.page.inner_text(".cards")


def test_a_link_that_is_opened_waits_for_the_pin_and_what_is_false_is_not_kept(house: House, browser: Browser) -> None:
    with wallet(browser) as visit:
        visit.page.click("#lock")
        visit.page.evaluate(f"location.hash = '{house.stamps['good']}'")
        visit.until("location.hash", lambda found: found == "")
        unlock(visit)
        visit.page.wait_for_selector("[data-sheet]")
        visit.page.click("#go-home")
        mixed = read_json(house.bundles["good"]) | {"stamp": read_json(house.bundles["endless"])["stamp"]}
        visit.drop("mixed.json", canonical(mixed), "application/json")
        noticed(visit, "fault.forged")
        visit.drop("letter.txt", b"no certificate at all", "text/plain")
        visit.page.wait_for_selector("[data-notice='fault.other']")
        assert visit.page.locator("[data-card]").count() == 1


def test_another_pin_opens_the_same_locker_and_wrong_ones_make_people_wait(house: House, browser: Browser) -> None:
    with wallet(browser) as visit:
        add(visit, house.bundles["good"])
        visit.page.click("#open-settings")
        visit.page.click("#change-pin")
        visit.page.fill("#pin-before", "wrong one")
        visit.page.fill("#pin-after", "another phrase")
        visit.page.click("dialog button[type=submit]")
        visit.page.wait_for_selector("#pin-before-fault")
        visit.page.fill("#pin-before", PIN)
        visit.page.click("dialog button[type=submit]")
        noticed(visit, "pin.done")
        visit.page.click("#lock")
        visit.page.clock.set_fixed_time(datetime.now(UTC))  # however slow the machine is
        for _ in range(5):
            unlock(visit, PIN)
            visit.page.wait_for_selector("#pin-fault")
            visit.page.wait_for_selector("main button[type=submit]:not([disabled])")
        visit.page.wait_for_selector("#pin-fault:text('30 秒')")
        assert audit(visit) == []

        visit.page.reload()
        page_of(visit, "locked")
        unlock(visit, "another phrase")
        visit.page.wait_for_selector("#pin-fault:text('秒后再试')")
        visit.page.clock.set_fixed_time(datetime.now(UTC) + timedelta(seconds=31))
        unlock(visit, PIN)
        visit.page.wait_for_selector("#pin-fault:text('60 秒')")
        visit.page.clock.set_fixed_time(datetime.now(UTC) + timedelta(seconds=95))
        unlock(visit, "another phrase")
        page_of(visit, "home")
        assert visit.page.locator("[data-card]").count() == 1


def test_a_passkey_opens_it_too_until_it_is_forgotten(house: House, browser: Browser) -> None:
    with wallet(browser, tag="en") as visit:
        devices = visit.context.new_cdp_session(visit.page)
        devices.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "ctap2Version": "ctap2_1",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "hasPrf": True,
            "automaticPresenceSimulation": True,
        }
        made = devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        add(visit, house.bundles["good"])
        visit.page.click("#open-settings")
        visit.page.click("#passkey")
        visit.page.fill("#pin-passkey", "wrong one")
        visit.page.click("dialog button[type=submit]")
        visit.page.wait_for_selector("#pin-passkey-fault")
        assert audit(visit) == []
        visit.page.fill("#pin-passkey", PIN)
        visit.page.click("dialog button[type=submit]")
        noticed(visit, "passkey.done")
        visit.page.click("#lock")
        visit.page.click("#open-passkey")
        page_of(visit, "home")
        assert visit.page.locator("[data-card]").count() == 1
        assert "key true" not in stored(visit)

        visit.page.click("#lock")
        verified = {"authenticatorId": made["authenticatorId"], "isUserVerified": False}
        devices.send("WebAuthn.setUserVerified", verified)
        visit.page.click("#open-passkey")
        visit.page.wait_for_selector("#pin-fault")
        unlock(visit)
        page_of(visit, "home")
        visit.page.click("#open-settings")
        visit.page.click("#passkey")
        noticed(visit, "passkey.dropped")
        visit.page.click("#lock")
        page_of(visit, "locked")
        assert visit.page.locator("#open-passkey").count() == 0


def test_it_locks_itself_opens_without_a_network_and_is_wiped_for_good(house: House, browser: Browser) -> None:
    with wallet(browser) as visit:
        visit.ready_offline()
        add(visit, house.bundles["good"])
        visit.expected.append("Failed to load resource")
        visit.context.set_offline(True)
        visit.page.reload()
        page_of(visit, "locked")
        unlock(visit)
        page_of(visit, "home")
        visit.page.clock.install()
        visit.page.reload()
        unlock(visit)
        page_of(visit, "home")
        visit.page.clock.fast_forward("05:10")
        page_of(visit, "locked")
        visit.page.click("#forgotten")
        visit.page.click("dialog button[type=submit]")
        page_of(visit, "welcome")
        assert "/sealed/" not in stored(visit)
        visit.context.set_offline(False)


def test_a_wrong_code_is_refused_and_another_ones_binding_is_not_taken_in(house: House, browser: Browser) -> None:
    with wallet(browser, tag="en") as visit:
        add(visit, house.bundles["endless"])
        letter(house, "endless")
        visit.page.click("#start-claim")
        visit.page.fill("#code", "7K3Q-9ZT0-WXB5-2MHD-4CVA")
        visit.page.click("dialog button[type=submit]")
        visit.page.wait_for_selector("[data-binding=sent]")
        carry_out(house)
        visit.page.wait_for_selector("[data-notice='bind.refusedCode']")
        assert visit.page.get_attribute("[data-binding]", "data-binding") == "none"

        visit.page.click("#start-claim")
        visit.page.fill("#code", letter(house, "endless"))
        with visit.page.expect_download() as saved:
            visit.page.click("#code-save")
        assert read_json(saved.value.path().read_bytes())["format"] == "yinxin-claim-1"
        _device, row = house.apart(Holders(house.town).bind, house.identifiers["endless"])
        other = {"name": "binding.json", "mimeType": "application/json", "buffer": row.document}
        visit.page.set_input_files("#binding-file", [other])
        visit.page.wait_for_selector("[data-notice='bind.otherDevice']")
