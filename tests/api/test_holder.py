"""``yinxin holder``: all certificates of one holder, shown, counted and ended together by two people."""

from __future__ import annotations

import pytest

from api.certificates.holders import holdings
from tests.api.town import BUREAU, OTHER, OTHER_NAME, Town, licences

pytestmark = pytest.mark.loopback

WORDS = ("--reason", "struck off the register", "--basis", "示例注销决定2026-1号")


def one_holder(count: int) -> list:  # type: ignore[type-arg]
    """Licences of one company, and of another at the end."""
    samples = licences(count + 1)
    code, name = samples[0].values[2], samples[0].values[1]
    return [
        *(
            sample.with_value("certificateHolderCode", code).with_value("certificateHolderName", name)
            for sample in samples[:count]
        ),
        samples[count],
    ]


def status(town: Town, identifier: str) -> str:
    return str(town.ok(town.officer, "show", identifier)["status"])


def test_previewed_confirmed_by_count_and_ended_by_two_people(town: Town) -> None:
    samples = one_holder(3)
    town.issue(samples)
    names = town.identifiers(1)
    code = samples[0].values[2]
    town.act("suspend", names[0], "--reason", "x")
    town.act("revoke", names[1], "--reason", "x")

    end = ("holder", "end", code, "--cause", "dissolved", *WORDS)
    shown = town.ok(town.officer, *end)
    assert (shown["preview"], shown["live"], len(shown["certificates"])) == (True, 2, 3)
    assert [status(town, name) for name in names] == ["SUSPENDED", "REVOKED", "VALID", "VALID"]

    wrong = town.run(town.officer, *end, "--confirm", "3", "--wait", "0")
    assert (wrong.code, wrong.data["error"]["code"]) == (1, "holder.confirm")
    first = town.run(town.officer, *end, "--confirm", "2", "--wait", "0")
    assert (first.code, first.data["acts"][0]["waitingFor"]) == (2, "approval"), "always a second person"
    town.ok(town.approver, "signer", "--once")
    assert [status(town, name) for name in names] == ["SUSPENDED", "REVOKED", "VALID", "VALID"]
    with town.signing():
        done = town.ok(town.officer, *end, "--confirm", "2", "--wait", "60")
    assert [item["act"] for item in done["acts"]] == [item["act"] for item in first.data["acts"]]
    assert [status(town, name) for name in names] == ["CANCELLED", "REVOKED", "CANCELLED", "VALID"]
    reason = town.ok(town.officer, "show", names[2])["history"][0]["reason"]
    assert "主体终止" in reason
    assert "示例注销决定2026-1号" in reason
    assert "struck off" in reason
    over = town.run(town.officer, *end, "--confirm", "0", "--wait", "0")
    assert (over.code, over.data["error"]["code"]) == (1, "holder.none")


def test_what_is_on_its_way_is_shown_and_the_cause_must_fit(town: Town) -> None:
    samples = one_holder(1)
    town.issue(samples)
    code = samples[0].values[2]
    more = licences(1, first=9)[0].with_value("certificateHolderCode", code)
    more = more.with_value("certificateHolderName", samples[0].values[1])
    file = town.write_list("more.csv", [more])
    town.run(town.officer, "issue", str(file), "--type", "business-licence", "--wait", "0")
    assert town.ok(town.officer, "holder", "show", code)["onTheirWay"] == [2]
    for cause, expected in (("deceased", "holder.cause"), ("moved", "holder.cause")):
        said = town.run(town.officer, "holder", "end", code, "--cause", cause, *WORDS, "--confirm", "1", "--wait", "0")
        assert (said.code, said.data["error"]["code"]) == (1, expected)
    assert town.run(town.officer, "holder", "show", "91440101000000000X").code == 1


def test_over_several_bureaus(town: Town) -> None:
    samples = one_holder(2)
    town.issue(samples)
    other = town.add_home("new-officer", "officer", OTHER, "../new-desk")
    town.add_home("new-approver", "approver", OTHER, "../new-desk")
    town.admit(OTHER, OTHER_NAME, "new-officer", "new-approver")
    file = town.write_list("there.csv", [samples[0]])
    with town.signer(town.folder / "new-approver"), town.signing(home=town.folder / "new-approver"):
        town.ok(other, "issue", str(file), "--type", "business-licence", "--wait", "60")
    with town.office() as here, town.office(other) as there:
        found = holdings([here, there], samples[0].values[2].lower())
        assert [(one.bureau, len(one.live)) for one in found] == [(BUREAU, 2), (OTHER, 1)]
        assert holdings([here, there], "no such code") == []
