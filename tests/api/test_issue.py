"""``yinxin issue``: one list, once, whole, and only by two people."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from scripts.samples.lists import CHINESE, csv_bytes, xlsx_bytes
from tests.api.town import BUREAU, LICENCE, Town, licences
from tests.api.walk import run_until

pytestmark = pytest.mark.loopback

TYPE = ("--type", "business-licence")


def batches_of(town: Town) -> list[dict[str, object]]:
    found: list[dict[str, object]] = town.ok(town.officer, "batch", "list")["batches"]
    return found


@pytest.fixture(scope="module")
def issued(shared_town: Town) -> Town:
    """A town where batch 1 has been issued."""
    assert shared_town.issue(licences(4), name="first.csv")["issued"] == 4
    return shared_town


class TestTheSameListAgain:
    """Uniqueness of bureau, type, number and version, across files."""

    def test_under_the_same_name_issues_nothing(self, issued: Town) -> None:
        said = issued.run(issued.officer, "issue", str(issued.folder / "first.csv"), *TYPE)
        assert (said.code, said.data["issued"], said.data["known"]) == (0, 0, True)

    @pytest.mark.parametrize("form", ["utf-8", "utf-8-sig", "gb18030", "xlsx"])
    def test_under_another_name_and_in_another_form_issues_nothing(self, issued: Town, form: str) -> None:
        file = issued.folder / f"again-{form}.{'xlsx' if form == 'xlsx' else 'csv'}"
        rows = [CHINESE, *(sample.values for sample in licences(4))]
        file.write_bytes(xlsx_bytes(rows) if form == "xlsx" else csv_bytes(rows, form))
        said = issued.run(issued.officer, "issue", str(file), *TYPE)
        assert (said.code, said.data["issued"], said.data["batch"]) == (0, 0, 1)
        assert len(batches_of(issued)) == 1

    def test_says_so_in_words(self, issued: Town) -> None:
        said = issued.run(issued.officer, "issue", str(issued.folder / "first.csv"), *TYPE, as_json=False)
        assert "nothing to do" in said.out

    def test_an_overlapping_list_is_refused_naming_the_rows(self, issued: Town) -> None:
        file = issued.write_list("overlap.csv", licences(4, first=3))
        said = issued.run(issued.officer, "issue", str(file), *TYPE)
        assert said.code == 1
        assert said.data["error"]["code"] == "batch.duplicate"
        assert [(item["row"], item["number"], item["batch"]) for item in said.data["taken"]] == [
            (2, "4401002026000003", 1),
            (3, "4401002026000004", 1),
        ]
        assert len(batches_of(issued)) == 1
        words = issued.run(issued.officer, "issue", str(file), *TYPE, as_json=False)
        assert "row 3: 4401002026000004 is in batch 1" in words.out

    def test_the_same_rows_in_another_order_are_refused_not_issued(self, issued: Town) -> None:
        file = issued.write_list("order.csv", licences(4)[::-1])
        assert issued.run(issued.officer, "issue", str(file), *TYPE).code == 1


class TestDamagedLists:
    def test_exit_1_with_row_column_value_and_rule_and_nothing_written(self, issued: Town) -> None:
        before = batches_of(issued)
        samples = licences(3, first=700)
        samples[1] = samples[1].with_value("certificateNumber", "4.4E+17")
        file = issued.write_list("damaged.csv", samples)
        report = issued.folder / "findings.csv"
        said = issued.run(issued.officer, "issue", str(file), *TYPE, "--report", str(report))
        assert said.code == 1
        (finding,) = [item for item in said.data["findings"] if item["level"] == "error"]
        assert (finding["row"], finding["value"]) == (3, "4.4E+17")
        assert finding["column"]
        assert finding["rule"]
        assert report.is_file()
        assert batches_of(issued) == before

    def test_words_say_the_same(self, issued: Town) -> None:
        samples = licences(2, first=710)
        samples[0] = samples[0].with_value("certificateHolderCode", "914401000000000191"[:-1] + "X")
        file = issued.write_list("damaged-2.csv", samples)
        said = issued.run(issued.officer, "issue", str(file), *TYPE, as_json=False)
        assert said.code == 1
        assert "row 2" in said.out
        assert "a list is issued whole or not at all" in said.out

    @pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"PK\x03\x04junk", "证照编号\n".encode()])
    def test_what_is_no_list_is_refused_not_a_traceback(self, issued: Town, content: bytes, tmp_path: Path) -> None:
        file = tmp_path / "list.csv"
        file.write_bytes(content)
        said = issued.run(issued.officer, "issue", str(file), *TYPE)
        assert said.code == 1
        assert said.out

    def test_a_file_that_is_not_there_is_named(self, issued: Town) -> None:
        said = issued.run(issued.officer, "issue", "no-such.csv", *TYPE)
        assert said.code in (1, 64)
        assert "no-such.csv" in said.out + said.err


class TestDryRun:
    def test_it_writes_nothing_at_all(self, town: Town) -> None:
        town.ok(town.officer, "batch", "list")
        file = town.write_list("list.csv", licences(5))

        def state() -> dict[str, bytes]:
            paths = [path for path in town.officer.rglob("*") if path.is_file() and not path.name.endswith("-shm")]
            paths += [path for path in (*town.desk.rglob("*"), *(town.folder / "blobs").rglob("*")) if path.is_file()]
            return {str(path): path.read_bytes() for path in paths}

        before = state()
        said = town.run(town.officer, "issue", str(file), *TYPE, "--dry-run")
        assert (said.code, said.data["dryRun"]) == (0, True)
        assert state() == before


class TestTwoPeople:
    def test_the_officer_alone_gets_nowhere(self, town: Town) -> None:
        file = town.write_list("list.csv", licences(2))
        said = town.run(town.officer, "issue", str(file), *TYPE, "--wait", "0")
        assert (said.code, said.data["state"], said.data["waitingFor"]) == (2, "waiting", "release")
        assert town.run(town.officer, "batch", "run", "1", "--wait", "0").code == 2
        for verb in ("approvals", "approve", "signer"):
            said = town.run(town.officer, verb, *(["--once"] if verb == "signer" else []))
            assert said.code == 1, "the officer's home is no approver's"
            assert said.data["error"]["code"] == "signer.home"
        with town.reader() as reader:
            assert reader.lanes() == ()

    def test_a_release_then_the_signer_then_it_is_done(self, town: Town) -> None:
        file = town.write_list("list.csv", licences(2))
        town.run(town.officer, "issue", str(file), *TYPE, "--wait", "0")
        (waiting,) = town.ok(town.approver, "approvals")["waiting"]
        assert (waiting["kind"], waiting["size"], waiting["operator"]) == ("release", 2, "officer-001")
        assert town.ok(town.approver, "approve", waiting["request"])["answers"][0]["ok"]
        with town.signing(approve=False):
            done = town.ok(town.officer, "issue", str(file), *TYPE, "--wait", "60")
        assert done["issued"] == 2
        with town.reader() as reader:
            (facts,) = reader.anchors(BUREAU, LICENCE)
            assert facts.size == 2

    def test_refused_by_the_second_person_it_is_gone_and_its_numbers_are_free(self, town: Town) -> None:
        file = town.write_list("list.csv", licences(2))
        town.run(town.officer, "issue", str(file), *TYPE, "--wait", "0")
        (waiting,) = town.ok(town.approver, "approvals")["waiting"]
        town.ok(town.approver, "refuse", waiting["request"], "--reason", "row 1 is a duplicate")
        said = town.run(town.officer, "batch", "run", "1", "--wait", "0")
        assert said.code == 1
        assert "row 1 is a duplicate" in said.data["error"]["message"]
        assert town.issue(licences(2))["issued"] == 2


class TestRecall:
    """Until the root is signed, and not after."""

    def start(self, town: Town, *, release: bool) -> str:
        file = town.write_list("list.csv", licences(3))
        town.run(town.officer, "issue", str(file), *TYPE, "--wait", "0")
        if release:
            town.ok(town.approver, "approve", "--all")
        return str(file)

    @pytest.mark.parametrize("release", [False, True], ids=["before the release", "after the release"])
    def test_its_numbers_are_free_again(self, town: Town, release: bool) -> None:
        self.start(town, release=release)
        with town.signing(approve=False):
            town.ok(town.officer, "batch", "recall", "1", "--wait", "30")
        assert town.ok(town.approver, "approvals")["waiting"] == []
        said = town.run(town.officer, "batch", "run", "1", "--wait", "0")
        assert said.data["state"] == "recalled"
        assert town.issue(licences(3))["issued"] == 3
        assert town.run(town.officer, "batch", "show", "2").data["state"] == "complete"

    def test_recalled_after_sealing_it_leaves_no_secret_and_no_slot_is_given_twice(self, town: Town) -> None:
        file = self.start(town, release=True)
        arguments = ["--home", str(town.officer), "--json", "issue", file, *TYPE, "--wait", "30"]
        with town.signing(approve=False):
            assert run_until(arguments, "manifest").code == -signal.SIGKILL
            with town.office() as office, office.engine.connect() as connection:
                query = "SELECT status_list, status_index, key_id FROM certificates"
                before = connection.exec_driver_sql(query).all()
            town.ok(town.officer, "batch", "recall", "1", "--wait", "30")
        with town.office() as office:
            assert len(office.vault) == 0
            assert all(office.vault.is_destroyed(bytes(row.key_id)) for row in before)
        town.issue(licences(3))
        with town.office() as office, office.engine.connect() as connection:
            slots = connection.exec_driver_sql("SELECT status_list, status_index FROM certificates").all()
        assert not {tuple(row) for row in slots} & {tuple(row[:2]) for row in before}

    def test_once_the_root_is_signed_it_says_revoke(self, town: Town) -> None:
        file = self.start(town, release=True)
        arguments = ["--home", str(town.officer), "--json", "issue", file, *TYPE, "--wait", "30"]
        with town.signing(approve=False):
            assert run_until(arguments, "signed").code == -signal.SIGKILL
            said = town.run(town.officer, "batch", "recall", "1", "--wait", "30")
        assert said.code == 1
        assert "revoke" in said.data["error"]["fix"]

    def test_a_root_signed_unseen_by_the_register_is_too_late_as_well(self, town: Town) -> None:
        file = self.start(town, release=True)
        arguments = ["--home", str(town.officer), "--json", "issue", file, *TYPE, "--wait", "30"]
        with town.signing(approve=False):
            assert run_until(arguments, "root-requested").code == -signal.SIGKILL
            said = town.run(town.officer, "batch", "recall", "1", "--wait", "30")
            assert said.code == 1
            assert said.data["error"]["code"] == "desk.too_late"
            assert town.ok(town.officer, "batch", "run", "1", "--wait", "30")["issued"] == 3

    def test_without_a_signer_it_says_whom_to_start(self, town: Town) -> None:
        self.start(town, release=False)
        said = town.run(town.officer, "batch", "recall", "1", "--wait", "0")
        assert said.code != 0
        assert "yinxin signer" in said.data["error"]["fix"]


class TestWrongKeysAndHomes:
    def test_two_at_once_one_says_busy(self, town: Town) -> None:
        file = town.write_list("list.csv", licences(2))
        busy = []

        def second(step: str) -> None:
            if step == "registered":
                busy.append(town.run(town.officer, "issue", str(file), *TYPE, "--wait", "0"))

        with town.signing():
            arguments = ["--home", str(town.officer), "--json", "issue", str(file), *TYPE, "--wait", "60"]
            assert run_until(arguments, seen=second).code == 0
        (said,) = busy
        assert (said.code, said.data["error"]["code"]) == (1, "office.busy")
        assert said.data["error"]["fix"]

    def test_a_wrong_passphrase_is_named(self, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
        file = town.write_list("list.csv", licences(2))
        monkeypatch.setenv("YINXIN_PASSPHRASE", "another-one-entirely")
        said = town.run(town.officer, "issue", str(file), *TYPE, "--wait", "0")
        assert (said.code, said.data["error"]["code"]) == (1, "keys.passphrase_wrong")
        assert batches_of(town) == []

    def test_no_passphrase_is_named(self, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
        file = town.write_list("list.csv", licences(2))
        monkeypatch.delenv("YINXIN_PASSPHRASE")
        said = town.run(town.officer, "issue", str(file), *TYPE, "--wait", "0")
        assert (said.code, said.data["error"]["code"]) == (1, "keys.passphrase_missing")

    def test_an_authoritys_home_issues_nothing(self, town: Town) -> None:
        file = town.write_list("list.csv", licences(2))
        said = town.run(town.authority, "issue", str(file), *TYPE, "--wait", "0")
        assert (said.code, said.data["error"]["code"]) == (1, "office.bureau")

    def test_a_home_that_is_none_is_not_made(self, town: Town, tmp_path: Path) -> None:
        file = town.write_list("list.csv", licences(2))
        said = town.run(tmp_path / "nowhere", "issue", str(file), *TYPE, "--wait", "0")
        assert said.code == 1
        assert "error" in said.data
        assert not (tmp_path / "nowhere").exists()
