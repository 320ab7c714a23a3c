"""``yinxin correct`` and ``reprint``: a typo put right without a list, and the same paper once more."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.samples.lists import CHINESE
from tests.api.town import Town, licences

pytestmark = pytest.mark.loopback

SIZE = 6


@pytest.fixture(scope="module")
def issued(shared_town: Town) -> Town:
    """A town with one batch; each test takes certificates of its own from it."""
    shared_town.issue(licences(SIZE))
    return shared_town


def correct(town: Town, identifier: str, *changes: str, wait: str = "60") -> dict[str, object]:
    words = [word for change in changes for word in ("--set", change)]
    with town.signing():
        return town.ok(town.officer, "correct", identifier, *words, "--reason", "a typo", "--wait", wait)


class TestCorrect:
    def test_the_next_version_says_it_right_and_the_old_one_names_it(self, issued: Town) -> None:
        old = issued.identifiers(1)[0]
        done = correct(issued, old, "住所=广州市越秀区示例路8号", "KZ_legalRepresentative=李示例")
        assert [item["field"] for item in done["changed"]] == ["KZ_legalRepresentative", "KZ_domicile"]  # type: ignore[index, attr-defined]
        new = str(done["successor"])
        assert new.split(".")[-2] == "002"
        assert issued.verdict(issued.bundle(new)) == "VALID"
        before = issued.verify(issued.bundle(old))
        assert (str(before.verdict), before.as_dict()["certificate"]["successor"]) == ("SUPERSEDED", new)
        assert issued.ok(issued.officer, "show", old)["history"][0]["reason"] == "a typo"
        assert issued.ok(issued.officer, "show", new)["predecessor"] == old

        again = correct(issued, old, "住所=广州市越秀区示例路8号", "KZ_legalRepresentative=李示例")
        assert (again["issued"], again["known"]) == (0, True), "the same correction twice is one"
        said = issued.run(
            issued.officer, "correct", old, "--set", "住所=广州市越秀区示例路7号", "--reason", "x", "--wait", "0"
        )
        assert (said.code, said.data["error"]["code"]) == (1, "correct.state")
        assert new in said.data["error"]["fix"]

    def test_before_and_after_are_shown_and_nothing_is_done_when_dry(self, issued: Town) -> None:
        name = issued.identifiers(1)[1]
        said = issued.run(
            issued.officer, "correct", name, "--set", "类型=股份有限公司", "--reason", "x", "--dry-run", as_json=False
        )
        (sample,) = licences(1, first=2)
        assert f"- {sample.values[CHINESE.index('类型')]}\n" in said.out
        assert "+ 股份有限公司" in said.out
        assert issued.ok(issued.officer, "show", name)["successor"] is None

    @pytest.mark.parametrize(
        ("change", "code", "field"),
        [
            ("no such field=x", "correct.field", "no such field"),
            ("certificateName=x", "correct.field", "certificateName"),
            ("持证主体代码=91440101XXXXXXXX0X", "uscc.", "certificateHolderCode"),
            ("成立日期=2026-02-30", "date.", "KZ_establishmentDate"),
            ("有效期截止日期=1990-01-01", "date.order", "certificateExpiringDate"),
            ("持证主体名称=", "correct.required", "certificateHolderName"),
            ("nonsense", "correct.form", "set"),
        ],
    )
    def test_a_value_against_its_rule_is_refused_by_name(
        self, issued: Town, change: str, code: str, field: str
    ) -> None:
        name = issued.identifiers(1)[2]
        said = issued.run(issued.officer, "correct", name, "--set", change, "--reason", "x", "--wait", "0")
        assert said.code == 1
        assert said.data["error"]["code"].startswith(code)
        assert said.data["error"]["field"] == field

    def test_no_change_is_none(self, issued: Town) -> None:
        name, (sample,) = issued.identifiers(1)[2], licences(1, first=3)
        said = issued.run(
            issued.officer, "correct", name, "--set", f"certificateHolderName={sample.values[1]}", "--reason", "x"
        )
        assert (said.code, said.data["error"]["code"]) == (1, "correct.nothing")

    def test_a_number_may_be_corrected_but_not_to_anothers(self, issued: Town) -> None:
        name, other = issued.identifiers(1)[3], licences(1, first=5)[0].values[0]
        said = issued.run(issued.officer, "correct", name, "--set", f"证照编号={other}", "--reason", "x")
        assert (said.code, said.data["error"]["code"]) == (1, "correct.number")
        done = correct(issued, name, "证照编号=4401002026777777")
        assert issued.ok(issued.officer, "show", str(done["successor"]))["number"] == "4401002026777777"


class TestReprint:
    def test_the_same_bytes_counted_and_told_by_whom_and_why(self, issued: Town, tmp_path: Path) -> None:
        name = issued.identifiers(1)[4]
        issued.ok(issued.officer, "bundle", name, "--out", str(tmp_path / "first"))
        assert issued.ok(issued.officer, "reprints", name) == {"reprints": []}
        for number in (1, 2):
            out = tmp_path / f"again{number}"
            done = issued.ok(issued.officer, "reprint", name, "--reason", f"lost {number}", "--out", str(out))
            assert done["reprint"]["number"] == number
            for suffix in ("json", "png", "svg"):
                assert (out / f"{name}.{suffix}").read_bytes() == (tmp_path / "first" / f"{name}.{suffix}").read_bytes()
        text = issued.run(
            issued.officer, "reprint", name, "--reason", "lost 3", "--out", str(tmp_path / "x"), as_json=False
        ).out
        assert "reprint number 3" in text
        found = issued.ok(issued.officer, "reprints", name)["reprints"]
        assert [(item["number"], item["operator"], item["reason"]) for item in found] == [
            (number, "officer-001", f"lost {number}") for number in (1, 2, 3)
        ]

    def test_without_a_reason_or_a_certificate_nothing_is_noted(self, issued: Town) -> None:
        name = issued.identifiers(1)[5]
        assert issued.run(issued.officer, "reprint", name, "--reason", " ").data["error"]["code"] == "reprint.reason"
        said = issued.run(issued.officer, "reprint", "unknown", "--reason", "x")
        assert said.data["error"]["code"] == "certificate.unknown"
        assert issued.ok(issued.officer, "reprints", name)["reprints"] == []
