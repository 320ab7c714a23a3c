"""``yinxin backup`` and ``restore``: what was shredded after the backup stays shredded, and the rest goes on."""

from __future__ import annotations

import json
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from api.certificates.tables import status_lists
from tests.api.fixtures import prepare, running
from tests.api.test_shred import Person, found_in, live
from tests.api.town import PASSPHRASE, Town, licences
from tests.plugins.database import DATABASES

pytestmark = pytest.mark.loopback


@pytest.fixture(scope="module")
def issued_template(town_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three certificates; the first was suspended and reinstated, with the holder's name in the reason."""
    return prepare(town_template, tmp_path_factory.mktemp("issued"), live)


@pytest.fixture
def issued(issued_template: Path, tmp_path: Path) -> Iterator[Town]:
    """A copy of it for one test."""
    yield from running(issued_template, tmp_path / "town")


@contextmanager
def other_server(folder: Path) -> Iterator[None]:
    """Where the bureau's register lay on PostgreSQL, the restored one lies in another database."""
    with pytest.MonkeyPatch.context() as patch:
        if DATABASES.chosen:
            patch.setenv("YINXIN_DATABASE__URL", DATABASES.make(folder))
        yield


def left_in(town: Town) -> set[str]:
    return {path.name for path in town.folder.iterdir()}


class TestAfterTheServerBurnt:
    def test_what_was_shredded_since_is_in_no_file_and_the_others_go_on(self, issued: Town, tmp_path: Path) -> None:
        one, other = Person(issued, 0), Person(issued, 1)
        bundles = {place: issued.bundle(Person(issued, place).identifier) for place in range(3)}
        shutil.rmtree(issued.folder / "bundles")
        out = tmp_path / "monday.backup"
        made = issued.ok(issued.officer, "backup", str(out), "--store")
        assert out.stat().st_mode & 0o777 == 0o600
        assert found_in(tmp_path, [*one.values, *other.values]) == [
            hit for hit in found_in(tmp_path, [*one.values, *other.values]) if not hit.startswith("monday.backup")
        ], "the backup names nobody in clear"

        issued.ok(issued.officer, "shred", one.identifier, "--yes")
        stones = tmp_path / "stones"
        shutil.copyfile(made["tombstones"], stones)
        shutil.rmtree(issued.officer)
        shutil.rmtree(issued.folder / "blobs")
        (issued.folder / "list.csv").unlink()

        new = issued.folder / "officer"
        with other_server(new):
            done = issued.ok(new, "restore", str(out), "--tombstones", str(stones))
            assert (done["certificates"], done["shreddedSince"], done["store"]) == (3, 1, True)
            for place in ("officer", "blobs"):
                assert found_in(issued.folder / place, one.values) == [], place
            if DATABASES.chosen:
                assert found_in(DATABASES.files(new), one.values) == []
                assert found_in(DATABASES.files(new), other.values) != []
            else:
                assert found_in(new, other.values) != [], "the search finds what is there"
            for words in one.values:
                assert issued.run(new, "find", words).data["certificates"] == []
            assert [issued.verdict(bundles[place]) for place in range(3)] == ["VALID"] * 3

            assert issued.bundle(other.identifier) == bundles[1]
            issued.act("revoke", other.identifier, "--reason", "granted on a forged paper")
            assert [issued.verdict(bundles[place]) for place in range(3)] == ["VALID", "REVOKED", "VALID"]
            again = issued.write_list("again.csv", licences(1))
            said = issued.run(new, "issue", str(again), "--type", "business-licence", "--wait", "0")
            assert said.data["error"]["code"] == "batch.duplicate"

    def test_no_slot_of_a_list_from_before_is_given_out_again(self, issued: Town, tmp_path: Path) -> None:
        issued.ok(issued.officer, "backup", str(tmp_path / "b"))
        shutil.rmtree(issued.officer)
        with other_server(issued.officer):
            issued.ok(issued.officer, "restore", str(tmp_path / "b"), "--nothing-was-shredded")
            assert issued.issue(licences(1, first=40), name="more.csv")["issued"] == 1
            with issued.office() as office, office.engine.connect() as connection:
                lists = connection.execute(select(status_lists.c.name).order_by(status_lists.c.name)).scalars().all()
        assert lists == ["s0001", "s0002"]


class TestRefusals:
    @pytest.fixture
    def out(self, issued: Town, tmp_path: Path) -> Path:
        """A backup of a bureau that has shredded one certificate."""
        issued.ok(issued.officer, "shred", Person(issued, 2).identifier, "--yes")
        issued.ok(issued.officer, "backup", str(tmp_path / "b"))
        return tmp_path / "b"

    def refused(self, issued: Town, *arguments: str) -> str:
        before = left_in(issued)
        said = issued.run(issued.folder / "new", "restore", *arguments)
        assert said.code != 0, said
        assert left_in(issued) == before, "nothing half restored"
        return str(said.data["error"]["code"])

    def test_without_tombstones_with_old_ones_or_another_bureaus(self, issued: Town, out: Path, tmp_path: Path) -> None:
        assert self.refused(issued, str(out)) == "restore.tombstones"
        assert self.refused(issued, str(out), "--nothing-was-shredded") == "restore.tombstones"
        stones = (issued.officer / "tombstones").read_bytes()
        key = json.loads(stones.splitlines()[0])["keyId"].encode("ascii")
        other = stones.replace(key, (b"B" if key.startswith(b"A") else b"A") + key[1:])
        for name, data in (("short", stones[:-1]), ("empty", b""), ("other", other)):
            (tmp_path / name).write_bytes(data)
            assert self.refused(issued, str(out), "--tombstones", str(tmp_path / name)) == "restore.tombstones", name

    def test_a_byte_altered_in_any_of_its_files_and_a_file_cut_off(
        self, issued: Town, out: Path, tmp_path: Path
    ) -> None:
        data = bytearray(out.read_bytes())
        stones = ("--tombstones", str(issued.officer / "tombstones"))
        with other_server(issued.folder / "new"):
            with tarfile.open(out) as archive:
                files = [(info.name, info.offset_data, info.size) for info in archive]
            assert {"manifest.json", "register.age", "vault/keyslot", "keys/vault.json"} <= {name for name, *_ in files}
            for name, start, size in files:
                place = start + size // 3
                data[place] ^= 0x01
                (tmp_path / "bad").write_bytes(data)
                data[place] ^= 0x01
                before = left_in(issued)
                said = issued.run(issued.folder / "new", "restore", str(tmp_path / "bad"), *stones)
                assert said.code != 0, name
                assert said.data["error"]["code"] in ("backup.damaged", "backup.format"), name
                assert left_in(issued) == before
            for size in (0, 511, 512, len(data) // 2):
                (tmp_path / "cut").write_bytes(data[:size])
                assert self.refused(issued, str(tmp_path / "cut"), *stones) in ("backup.damaged", "backup.format")

    def test_a_home_that_is_there_and_a_file_that_is_there(self, issued: Town, out: Path) -> None:
        stones = ("--tombstones", str(issued.officer / "tombstones"))
        said = issued.run(issued.approver, "restore", str(out), *stones)
        assert said.data["error"]["code"] == "restore.exists"
        assert issued.run(issued.officer, "backup", str(out)).data["error"]["code"] == "backup.exists"

    def test_a_register_that_is_there_in_the_database(self, issued: Town, out: Path) -> None:
        if not DATABASES.chosen:
            return
        stones = ("--tombstones", str(issued.officer / "tombstones"))
        assert self.refused(issued, str(out), *stones) == "restore.register"
        assert len(issued.ok(issued.officer, "batch", "list")["batches"]) == 1

    def test_another_passphrase(self, issued: Town, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        stones = ("--tombstones", str(issued.officer / "tombstones"))
        monkeypatch.setenv("YINXIN_PASSPHRASE", PASSPHRASE[::-1])
        with other_server(issued.folder / "new"):
            assert self.refused(issued, str(out), *stones).startswith("keys.")
