"""``yinxin pdf``, ``batch pdf``, the seal key: from a bureau's home to the clerk, on a real chain."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from chain.credentials.credential import parse_credential
from chain.credentials.paper import read_sealed
from tests.api.town import BUREAU, Town, cheap_keys, licences
from tests.support.papers import page_changed

pytestmark = pytest.mark.loopback

SIZE = 3


@pytest.fixture(scope="module")
def issued(shared_town: Town) -> Town:
    """A town with one batch; the seal key is changed by the last class alone."""
    shared_town.issue(licences(SIZE))
    return shared_town


def printed(town: Town, identifier: str, *more: str) -> bytes:
    file = town.folder / "paper" / "one.pdf"
    town.ok(town.officer, "pdf", identifier, "-o", str(file), *more)
    return file.read_bytes()


class TestOne:
    def test_it_is_valid_and_embeds_what_it_prints(self, issued: Town) -> None:
        data = printed(issued, issued.identifiers(1)[0])
        found = issued.verify(data)
        assert str(found.verdict) == "VALID", found.as_dict()
        assert found.certificate["bureau"]["name"] == "示例市市场监督管理局"
        credential = parse_credential(json.loads(read_sealed(data).bundle)["credential"])
        assert "certificateHolderCodeType" not in credential.fields
        assert credential.fields["certificateHolderName"] == found.certificate["holder"]

    def test_the_command_reads_it_and_says_no_where_one_byte_differs(self, issued: Town, tmp_path: Path) -> None:
        data = printed(issued, issued.identifiers(1)[0])
        file = tmp_path / "paper.pdf"
        file.write_bytes(data)
        said = issued.run(issued.officer, "verify", str(file), as_json=False)
        assert said.code == 0
        assert "as it was sealed" in said.out
        file.write_bytes(page_changed(data))
        said = issued.run(issued.officer, "verify", str(file))
        assert (said.code, said.data["verdict"]) == (1, "FORGED")
        assert "changed after it was sealed" in said.data["steps"][1]["detail"]

    def test_one_certificate_stays_the_same_file_but_for_its_seal(self, issued: Town) -> None:
        identifier = issued.identifiers(1)[1]
        first, second = (read_sealed(printed(issued, identifier)) for _ in range(2))
        assert first.bundle == second.bundle
        assert first.cms.public_key == second.cms.public_key

    def test_an_unknown_certificate_has_no_paper(self, issued: Town) -> None:
        said = issued.run(issued.officer, "pdf", "1.2.156.3005.2.NOTHING")
        assert (said.code, said.data["error"]["code"]) == (1, "certificate.unknown")


class TestReprint:
    def test_the_paper_of_a_reprint_can_be_had_again_by_its_number(self, issued: Town, tmp_path: Path) -> None:
        identifier = issued.identifiers(1)[1]
        done = issued.ok(issued.officer, "reprint", identifier, "--reason", "lost", "--out", str(tmp_path))
        assert done["noPdf"] is None
        paper = tmp_path / f"{identifier}.pdf"
        assert str(paper) in done["files"]
        assert issued.verdict(paper.read_bytes()) == "VALID"
        again = printed(issued, identifier, "--reprint", "1")
        assert abs(len(again) - len(paper.read_bytes())) < 64
        assert len(again) > len(printed(issued, identifier)), "the mark takes room"

    def test_a_reprint_that_was_not_noted_is_not_printed(self, issued: Town) -> None:
        said = issued.run(issued.officer, "pdf", issued.identifiers(1)[0], "--reprint", "7")
        assert (said.code, said.data["error"]["code"]) == (1, "reprint.unknown")


class TestBatch:
    def test_all_go_into_a_zip_or_a_folder(self, issued: Town, tmp_path: Path) -> None:
        names = {f"{one}.pdf" for one in issued.identifiers(1)}
        done = issued.ok(issued.officer, "batch", "pdf", "1", "--out", str(tmp_path / "all.zip"))
        assert done["written"] == SIZE
        with zipfile.ZipFile(tmp_path / "all.zip") as archive:
            assert set(archive.namelist()) == names
            files = [archive.read(name) for name in sorted(names)]
        issued.ok(issued.officer, "batch", "pdf", "1", "-o", str(tmp_path / "folder"))
        files += [path.read_bytes() for path in (tmp_path / "folder").iterdir()]
        assert {path.name for path in (tmp_path / "folder").iterdir()} == names
        assert [str(found.verdict) for found in issued.verify_all(files)] == ["VALID"] * (2 * SIZE)
        assert not (tmp_path / "all.zip.part").exists()

    def test_a_batch_that_does_not_exist_leaves_no_file(self, issued: Town, tmp_path: Path) -> None:
        said = issued.run(issued.officer, "batch", "pdf", "99", "--out", str(tmp_path / "x.zip"))
        assert said.code == 1
        assert list(tmp_path.iterdir()) == []


class TestSealKey:
    """Last: it ends the seal key that the others print with."""

    def test_a_key_that_leaked_and_the_next_one(self, issued: Town) -> None:
        identifier = issued.identifiers(1)[2]
        old = printed(issued, identifier)
        thumbprint = "0x" + read_sealed(old).thumbprint.hex()
        issued.ok(issued.authority, "authority", "compromised", BUREAU, thumbprint, "--since", "2026-01-01")
        assert issued.verdict(old) == "FORGED"
        said = issued.run(issued.officer, "pdf", identifier)
        assert (said.code, said.data["error"]["code"]) == (1, "paper.seal_ended")

        with cheap_keys():
            made = issued.ok(issued.officer, "keys", "seal", "--new")
        assert made["made"]
        assert made["thumbprint"] != thumbprint
        said = issued.run(issued.officer, "pdf", identifier)
        assert said.data["error"]["code"] == "paper.seal_not_entered"
        done = issued.ok(issued.officer, "reprint", identifier, "--reason", "x", "--out", str(issued.folder / "re"))
        assert done["noPdf"]["code"] == "paper.seal_not_entered", "bundle and code are written all the same"
        issued.ok(issued.authority, "authority", "enter", made["card"])
        assert issued.verdict(printed(issued, identifier)) == "VALID"
        assert issued.verdict(old) == "FORGED"
        kept = issued.ok(issued.officer, "keys", "list")["keys"]
        assert thumbprint in {card["thumbprint"] for card in kept}, "the old key is set aside, not lost"

    def test_a_home_from_before_there_were_seals(self, issued: Town) -> None:
        for file in (issued.officer / "keys").glob("seal.*"):
            file.unlink()
        said = issued.run(issued.officer, "pdf", issued.identifiers(1)[0])
        assert (said.code, said.data["error"]["code"]) == (1, "paper.no_seal")
        assert "yinxin keys seal" in said.data["error"]["fix"]
        with cheap_keys():
            first = issued.ok(issued.officer, "keys", "seal")
            again = issued.ok(issued.officer, "keys", "seal")
        assert (first["made"], again["made"]) == (True, False)
        assert first["thumbprint"] == again["thumbprint"]
        issued.ok(issued.authority, "authority", "enter", again["card"])
        assert issued.verdict(printed(issued, issued.identifiers(1)[0])) == "VALID"

    def test_only_an_officer_seals(self, issued: Town) -> None:
        said = issued.run(issued.approver, "keys", "seal")
        assert (said.code, said.data["error"]["code"]) == (1, "keys.seal_role")
