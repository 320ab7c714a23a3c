"""The life of a certificate after it was issued: every act, by two people, with its reason, provable on any day."""

from __future__ import annotations

import shutil

import pytest

from chain.credentials.status_list import Status
from chain.kernel.home import Home
from tests.api.town import BUREAU, EVENTS, LICENCE, OTHER, OTHER_NAME, Town, licences

pytestmark = pytest.mark.loopback

TYPE = ("--type", "business-licence")
SIZE = 14


@pytest.fixture(scope="module")
def issued(shared_town: Town) -> Town:
    """A town with one batch; each test takes certificates of its own from it."""
    shared_town.issue(licences(SIZE))
    return shared_town


@pytest.fixture
def one(issued: Town) -> str:
    """A certificate that no test has touched."""
    for identifier in issued.identifiers(1):
        found = issued.ok(issued.officer, "show", identifier)
        if found["status"] == "VALID" and not found["history"] and found["successor"] is None:
            return str(identifier)
    raise AssertionError("too few certificates")


def status(town: Town, identifier: str) -> str:
    return str(town.ok(town.officer, "show", identifier)["status"])


class TestActs:
    @pytest.mark.parametrize(
        ("verb", "after", "verdict"),
        [
            ("suspend", Status.SUSPENDED, "SUSPENDED"),
            ("revoke", Status.REVOKED, "REVOKED"),
            ("cancel", Status.CANCELLED, "CANCELLED"),
            ("penalise", Status.PENALTY, "REVOKED"),
            ("close", Status.OTHER, "CANCELLED"),
            ("lapse", Status.LAPSED, "LAPSED"),
        ],
    )
    def test_each_with_operator_and_reason(
        self, issued: Town, one: str, verb: str, after: Status, verdict: str
    ) -> None:
        bundle = issued.bundle(one)
        done = issued.act(verb, one, "--reason", f"because of {verb}")
        assert [item["state"] for item in done["acts"]] == ["complete"]
        assert issued.verdict(bundle) == verdict
        shown = issued.ok(issued.officer, "show", one)
        assert shown["status"] == after.name
        (act,) = shown["history"]
        assert (act["operation"], act["operator"], act["reason"]) == (verb, "officer-001", f"because of {verb}")
        assert (act["before"], act["after"]) == ("VALID", after.name)

    def test_suspended_and_reinstated_it_is_valid_again(self, issued: Town, one: str) -> None:
        bundle = issued.bundle(one)
        issued.act("suspend", one, "--reason", "an inspection")
        issued.act("reinstate", one, "--reason", "nothing found")
        assert issued.verdict(bundle) == "VALID"
        history = issued.ok(issued.officer, "show", one)["history"]
        assert [act["operation"] for act in history] == ["suspend", "reinstate"]

    def test_a_final_state_is_never_left(self, issued: Town, one: str) -> None:
        issued.act("revoke", one, "--reason", "x")
        for verb in ("reinstate", "suspend", "cancel", "revoke"):
            said = issued.run(issued.officer, verb, one, "--reason", "x", "--wait", "0")
            assert (said.code, said.data["error"]["code"]) == (1, "status.transition")

    def test_an_act_needs_a_second_person(self, issued: Town, one: str) -> None:
        said = issued.run(issued.officer, "revoke", one, "--reason", "x", "--wait", "0")
        assert (said.code, said.data["acts"][0]["waitingFor"]) == (2, "approval")
        assert status(issued, one) == "VALID"
        again = issued.run(issued.officer, "revoke", one, "--reason", "x", "--wait", "0")
        assert again.data["acts"][0]["act"] == said.data["acts"][0]["act"], "the same command goes on with the same act"
        other = issued.run(issued.officer, "suspend", one, "--reason", "x", "--wait", "0")
        assert (other.code, other.data["error"]["code"]) == (1, "status.open_act")
        (waiting,) = issued.ok(issued.approver, "approvals")["waiting"]
        issued.ok(issued.approver, "refuse", waiting["request"], "--reason", "not proven")
        said = issued.run(issued.officer, "acts", "--wait", "0")
        assert said.code == 1
        assert "not proven" in said.out
        assert status(issued, one) == "VALID"
        assert issued.ok(issued.officer, "acts")["acts"] == [], "a refused act is over"

    def test_two_acts_that_wait_at_once_both_come_through(self, issued: Town) -> None:
        first, second = [name for name in issued.identifiers(1) if status(issued, name) == "VALID"][:2]
        for name in (first, second):
            assert issued.run(issued.officer, "suspend", name, "--reason", "x", "--wait", "0").code == 2
        issued.ok(issued.approver, "approve", "--all")
        for _ in range(3):
            issued.run(issued.officer, "acts", "--wait", "0")
            issued.run(issued.approver, "signer", "--once")
        assert issued.ok(issued.officer, "acts")["acts"] == []
        assert [status(issued, name) for name in (first, second)] == ["SUSPENDED", "SUSPENDED"]
        issued.act("reinstate", first, second, "--reason", "x")

    def test_a_number_does_as_well_as_an_identifier_and_an_unknown_one_changes_nothing(self, issued: Town) -> None:
        said = issued.run(issued.officer, "revoke", "4401002026999999", "--reason", "x", "--wait", "0")
        assert (said.code, said.data["error"]["code"]) == (1, "certificate.unknown")
        assert issued.run(issued.officer, "revoke", "--reason", "x", "--wait", "0").code in (1, 64)
        assert issued.run(issued.officer, "revoke", "x", "--wait", "0").code == 64, "a reason is needed"
        assert issued.run(issued.officer, "revoke", "x", "--reason", " ", "--wait", "0").code == 1


class TestManyAtOnce:
    def test_by_file_and_by_holder_one_change_of_the_list(self, town: Town) -> None:
        samples = licences(6)
        samples[4] = samples[4].with_value("certificateHolderCode", samples[5].values[2])
        samples[4] = samples[4].with_value("certificateHolderName", samples[5].values[1])
        town.issue(samples)
        names = town.identifiers(1)
        file = town.folder / "names.txt"
        file.write_text("\n".join([names[0], samples[1].values[0], f"{names[2]},a remark", ""]), encoding="utf-8-sig")
        done = town.act("suspend", "--file", str(file), "--reason", "an inspection")
        assert [(item["size"], item["state"]) for item in done["acts"]] == [(3, "complete")]
        done = town.act("cancel", "--holder", samples[5].values[2], "--reason", "the company is gone")
        assert [item["size"] for item in done["acts"]] == [2]
        expected = ["SUSPENDED"] * 3 + ["VALID"] + ["CANCELLED"] * 2
        assert [status(town, name) for name in names] == expected
        with town.reader() as reader:
            assert [facts.size for facts in reader.anchors(BUREAU, EVENTS)] == [3, 2]
            assert len(reader.status_history(BUREAU, "s0001")) == 3

    def test_a_name_that_is_unknown_in_a_file_changes_none(self, issued: Town, one: str) -> None:
        file = issued.folder / "names.txt"
        file.write_text(f"{one}\nunknown\n", encoding="utf-8")
        said = issued.run(issued.officer, "revoke", "--file", str(file), "--reason", "x", "--wait", "0")
        assert said.code == 1
        assert "unknown" in said.out
        assert status(issued, one) == "VALID"


class TestLapse:
    def test_all_past_their_date_by_the_ledgers_clock_without_a_person(self, town: Town) -> None:
        samples = licences(4)
        samples = [sample.with_value("certificateExpiringDate", "2046-12-31") for sample in samples]
        samples[1] = samples[1].with_value("certificateExpiringDate", "2026-01-31")
        town.issue(samples)
        names = town.identifiers(1)
        with town.signing(approve=False):
            done = town.ok(town.officer, "lapse", "--expired", "--wait", "60")
            assert [item["size"] for item in done["acts"]] == [1]
            assert town.ok(town.officer, "lapse", "--expired")["acts"] == []
        assert [status(town, name) for name in names] == ["VALID", "LAPSED", "VALID", "VALID"]
        bundle = town.bundle(names[1])
        assert town.verdict(bundle) in ("EXPIRED", "LAPSED")

    def test_before_its_date_it_waits_for_a_person(self, issued: Town, one: str) -> None:
        with issued.signing(approve=False):
            said = issued.run(issued.officer, "lapse", one, "--wait", "1")
            assert said.code == 2
        (waiting,) = issued.ok(issued.approver, "approvals")["waiting"]
        issued.ok(issued.approver, "refuse", waiting["request"], "--reason", "not yet")
        issued.run(issued.officer, "acts")


class TestSuccessors:
    def test_renewed_the_old_one_is_superseded_and_both_are_linked(self, town: Town) -> None:
        samples = licences(3)
        town.issue(samples)
        (old, _, third) = town.identifiers(1)
        renewed = [samples[0].with_value("certificateExpiringDate", "2060-12-31")]
        done = town.issue(renewed, name="renew.csv", verb="renew")
        (new,) = town.identifiers(done["batch"])
        assert new.split(".")[-2] == "002"
        assert town.ok(town.officer, "show", old)["successor"] == new
        assert town.ok(town.officer, "show", new)["predecessor"] == old
        assert [status(town, name) for name in (old, new, third)] == ["SUPERSEDED", "VALID", "VALID"]
        before, after = town.verify(town.bundle(old)), town.verify(town.bundle(new))
        assert (str(before.verdict), before.as_dict()["certificate"]["successor"]) == ("SUPERSEDED", new)
        assert (str(after.verdict), after.as_dict()["certificate"]["predecessor"]) == ("VALID", old)

        again = town.run(town.officer, "renew", str(town.folder / "renew.csv"), *TYPE, "--wait", "0")
        assert (again.code, again.data["issued"]) == (0, 0), "the same list twice renews once"

        changed = [samples[0].with_value("KZ_domicile", "广州市越秀区示例路99号")]
        done = town.issue(changed, name="change.csv", verb="change")
        (newest,) = town.identifiers(done["batch"])
        assert newest.split(".")[-2] == "003"
        assert [status(town, name) for name in (old, new, newest)] == ["SUPERSEDED", "SUPERSEDED", "VALID"]

    def test_what_ended_for_good_has_no_successor(self, issued: Town, one: str) -> None:
        issued.act("revoke", one, "--reason", "x")
        number = str(issued.ok(issued.officer, "show", one)["number"])
        (sample,) = [sample for sample in licences(SIZE) if sample.values[0] == number]
        file = issued.write_list("renew.csv", [sample.with_value("KZ_domicile", "广州市越秀区示例路99号")])
        said = issued.run(issued.officer, "renew", str(file), *TYPE, "--wait", "0")
        assert (said.code, said.data["error"]["code"]) == (1, "batch.predecessor_final")

    def test_a_number_never_issued_has_none_either(self, issued: Town) -> None:
        file = issued.write_list("renew.csv", licences(1, first=900))
        said = issued.run(issued.officer, "renew", str(file), *TYPE, "--wait", "0")
        assert (said.code, said.data["error"]["code"]) == (1, "batch.predecessor")

    def test_transferred_it_names_the_certificate_at_the_other_bureau(self, issued: Town, one: str) -> None:
        there = one.replace(BUREAU, OTHER)
        issued.act("transfer", one, "--successor", there, "--reason", "moved away")
        assert issued.ok(issued.officer, "show", one)["successor"] == there
        found = issued.verify(issued.bundle(one))
        assert (str(found.verdict), found.as_dict()["certificate"]["successor"]) == ("TRANSFERRED", there)


class TestOnAnyDay:
    def test_each_moment_has_its_state_and_the_command_says_so(self, town: Town) -> None:
        town.issue(licences(1))
        (name,) = town.identifiers(1)
        bundle = town.bundle(name)
        moments = []
        for verb in ("suspend", "reinstate", "revoke"):
            town.act(verb, name, "--reason", "x")
            with town.reader() as reader:
                moments.append(reader.status_head(BUREAU, "s0001").block.time)  # type: ignore[union-attr]
        suspended, reinstated, revoked = moments
        if suspended < reinstated < revoked:
            assert town.verdict(bundle, at=suspended) == "SUSPENDED"
            assert town.verdict(bundle, at=reinstated) == "VALID"
        assert town.verdict(bundle, at=revoked) == "REVOKED"
        assert town.verdict(bundle) == "REVOKED"
        file = town.folder / "bundles" / f"{name}.json"
        said = town.run(town.officer, "verify", str(file), "--at", str(revoked))
        assert (said.code, said.data["verdict"]) == (1, "REVOKED")
        said = town.run(town.officer, "verify", str(file), "--at", "2020-01-01")
        assert said.code != 0


class TestKeys:
    def test_compromised_since_a_time_what_was_anchored_before_stands(self, town: Town) -> None:
        town.issue(licences(1), name="before.csv")
        town.issue(licences(1, first=2), name="after.csv")
        before, after = (town.bundle(town.identifiers(batch)[0]) for batch in (1, 2))
        with town.reader() as reader:
            first, second = (facts.block.time for facts in reader.anchors(BUREAU, LICENCE))
        assert first <= second
        keys = town.ok(town.officer, "keys", "list")["keys"]
        thumbprint = next(key["thumbprint"] for key in keys if key["kind"] == "credential")
        if first < second:
            town.ok(town.authority, "authority", "compromised", BUREAU, thumbprint, "--since", str(second))
            assert town.verify(before).as_dict()["authentic"] is True
            assert town.verify(after).as_dict()["authentic"] is not True
        town.ok(town.authority, "authority", "compromised", BUREAU, thumbprint, "--since", str(first - 1))
        assert town.verify(before).as_dict()["authentic"] is not True
        file = town.write_list("more.csv", licences(1, first=3))
        with town.signing():
            said = town.run(town.officer, "issue", str(file), *TYPE, "--wait", "60")
        assert said.code == 1, "the signer takes no certificates from that key"

    def test_a_suspended_bureau_issues_nothing_but_still_revokes(self, town: Town) -> None:
        town.issue(licences(2))
        first, second = town.identifiers(1)
        town.ok(town.authority, "authority", "suspend", BUREAU, "--reason", "an inquiry")
        file = town.write_list("more.csv", licences(1, first=3))
        with town.signing():
            said = town.run(town.officer, "issue", str(file), *TYPE, "--wait", "60")
        assert said.code == 1
        town.act("revoke", first, "--reason", "x")
        town.ok(town.authority, "authority", "reinstate", BUREAU)
        town.act("revoke", second, "--reason", "x")
        with town.signing():
            assert town.ok(town.officer, "issue", str(file), *TYPE, "--wait", "60")["issued"] == 1


class TestSuccession:
    """``authority succeed OLD NEW``: the new bureau's two people change what the old bureau issued."""

    def test_the_new_bureau_revokes_what_the_old_one_issued(self, town: Town) -> None:
        town.issue(licences(2))
        first, second = town.identifiers(1)
        bundle, other = town.bundle(first), town.bundle(second)
        town.add_home("new-officer", "officer", OTHER, "../new-desk")
        town.add_home("new-approver", "approver", OTHER, "../new-desk")
        town.admit(OTHER, OTHER_NAME, "new-officer", "new-approver")
        with town.signer(town.folder / "new-approver"):
            pass
        take_over(town)

        with town.signing(home=town.folder / "new-approver"):
            said = town.run(town.officer, "revoke", first, "--reason", "x", "--wait", "60")
            assert said.code == 1, "not before the authority has named it"
        town.run(town.officer, "acts")
        town.ok(town.authority, "authority", "succeed", BUREAU, OTHER)
        with town.signing(home=town.folder / "new-approver"):
            town.ok(town.officer, "revoke", first, "--reason", "its bureau is gone", "--wait", "60")
        assert town.verdict(bundle) == "REVOKED"
        assert town.verdict(other) == "VALID"
        with town.reader() as reader:
            assert [facts.size for facts in reader.anchors(OTHER, EVENTS)] == [1]
            assert list(reader.anchors(BUREAU, EVENTS)) == []

        file = town.write_list("more.csv", licences(1, first=9))
        said = town.run(town.officer, "issue", str(file), *TYPE, "--wait", "0")
        assert (said.code, said.data["error"]["code"]) == (1, "batch.succeeded")

        town.lose_register()
        assert town.ok(town.officer, "rebuild")["acts"] == 1
        assert town.ok(town.officer, "show", first)["history"][-1]["reason"] == "its bureau is gone"


def take_over(town: Town) -> None:
    """The old register and vault with the new bureau's credential key, desk and name to act under."""
    new, old = town.folder / "new-officer", town.officer
    for suffix in ("json", "public.json"):
        shutil.copy(new / "keys" / f"credential.{suffix}", old / "keys" / f"credential.{suffix}")
    settings = Home(old).settings
    values = settings.model_dump(exclude_none=True)
    values["bureau"]["acts_as"] = OTHER
    values["desk"]["path"] = "../new-desk"
    values["stamp"].pop("prefix", None)
    Home(old).write_config(values)
