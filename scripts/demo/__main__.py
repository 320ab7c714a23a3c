"""One day of a bureau, on a chain of its own, in real time; run by ``make demo``.

Every person has a home and a passphrase of their own, and acts through the ``yinxin`` command alone. Whatever
does not go as the story says ends the demo with exit code 1.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Any

from chain.credentials.bundle import read_bundle
from chain.credentials.credential import parse_credential
from chain.credentials.es256 import SoftwareSigner
from chain.credentials.stamp import issue_stamp, parse_stamp
from chain.documents.kubo import find_binary
from chain.kernel.encoding import b64url, hex0x, unb64url
from chain.keys import Keystore
from chain.ledger.rpc import RpcClient
from chain.rendering.qr import make_code, read_stamps, render_png
from scripts.demo.award import AwardDay
from scripts.demo.bureau import Bureau
from scripts.demo.stage import PATIENCE, ROOT, Role, Stage, Unexpected
from scripts.demo.tender import TenderDay
from scripts.samples.lists import write_lists

BUREAU = "11440100000000001F"
BUREAU_NAME = "示例市市场监督管理局"
TYPE = "business-licence"
BUILDERS = "construction-qualification"


class Demo:
    """The story.

    Args:
        out: folder to leave everything in; made anew.
        ipfs: ``kubo`` for a private IPFS node, ``local`` for the local store.
        rows: certificates in all three lists.
    """

    def __init__(self, out: Path, ipfs: str, rows: int) -> None:
        self.out = out
        self.ipfs = ipfs
        self.rows = rows
        self.stage = Stage(out)
        self.issued = 0

    def play(self) -> None:
        """The whole day."""
        self.people()
        self.day = TenderDay(self.stage, self.authority, self.bureau, self.where)
        self.day.people()
        self.lists()
        self.first_list()
        self.interrupted()
        self.third_list()
        self.counter()
        self.paper()
        self.forgeries()
        self.life()
        self.offline()
        bundles = self.out / "bundles"
        companies = [picture.stem for picture in self.pictures[6:12]]
        self.day.companies(companies, bundles)
        self.award = AwardDay(self.day)
        self.award.people()
        self.day.notice()
        self.award.enrol()
        self.day.bids()
        self.day.opening()
        self.award.committee()
        self.award.judge()
        self.award.rank()
        self.award.object()
        self.award.award()
        self.award.publish()
        self.day.audit()
        self.shredding()
        self.rebuilt()
        self.everything()

    # ------------------------------------------------------------------ morning

    def people(self) -> None:
        """Homes, contracts, witness, accreditation."""
        stage = self.stage
        stage.chapter("Everybody sets up a home; the contracts go on the ledger")
        self.authority, self.witness, self.clerk = (Role(stage, name) for name in ("authority", "witness", "clerk"))
        self.bureau = Bureau(stage, BUREAU, BUREAU_NAME, officer="home", approver="approver", desk="desk")
        self.officer, self.approver = self.bureau.officer, self.bureau.approver
        node = ("--node", "../ledger")
        self.authority.run("init", "authority", *node)
        deployed = self.authority.run("authority", "deploy", "--delay", "3600").data
        stage.say(
            f"chain {deployed['chainId']}; contracts compiled by py-solc-x with solc {deployed['compiler']} "
            f"and deployed just now"
        )
        self.chain_id = deployed["chainId"]
        where = self.where = ("--store", self.ipfs, "--blobs", "../home/blobs", "--kubo", "../home/kubo")
        key = self.witness.run("witness", "init", "--name", "witness.example", *node, *where).data
        root = self.out / "trust-root.json"
        self.authority.run(
            "trust",
            "make",
            "--deployment",
            self.authority.home / "deployment.json",
            "--witness",
            f"{key['name']}:{key['key']}",
            "--out",
            root,
        )
        store = ("--store", self.ipfs) if self.ipfs == "kubo" else ()
        self.bureau.settle("GH", root, node, store)
        self.clerk.run("init", "clerk", *node, *where)
        for role in (self.authority, self.witness, self.clerk):
            role.run("trust", "pin", root, quiet=role is not self.clerk)
        self.witness.start("witness", "run")
        self.bureau.accredit(self.authority, (TYPE, BUILDERS))
        stage.say(
            "officer and approver have homes, keys and passphrases of their own; "
            "only public cards went to the authority"
        )

    def lists(self) -> None:
        """The lists of approved applicants, and one that is damaged."""
        self.stage.chapter("Three lists arrive, and a damaged one")
        self.files = write_lists(self.out / "lists", rows=self.rows)
        bad = self.officer.run(
            "issue",
            self.files["damaged-csv"],
            "--type",
            TYPE,
            "--report",
            self.out / "lists" / "damaged-findings.md",
            expect=(1,),
        )
        first = next(item for item in bad.data["findings"] if item["level"] == "error")
        self.stage.say(
            f"damaged list refused whole: {bad.data['errors']} faults, "
            f"e.g. row {first['row']} {first['column']}: {first['messageZh']}"
        )

    # ------------------------------------------------------------------ issuing

    def _issued(self, data: dict[str, Any]) -> None:
        if data.get("state") != "complete":
            raise Unexpected(f"batch not complete: {data}")
        self.issued += int(data["issued"])

    def first_list(self) -> None:
        """UTF-8 CSV; two pairs of eyes."""
        stage = self.stage
        stage.chapter("The first list: nothing is issued until a second person releases it")
        waiting = self.officer.run("issue", self.files["utf8"], "--type", TYPE, "--wait", "0", expect=(2,)).data
        stage.say(f"batch {waiting['batch']}: {waiting['size']} rows wait for {waiting['waitingFor']}")
        self.approver.run("approvals")
        self.approver.run("approve", "--all")
        done = self.officer.run("batch", "run", str(waiting["batch"]), "--wait", PATIENCE, "--out", self.out)
        self._issued(done.data)
        stage.say(
            f"{done.data['issued']} certificates, anchor {done.data['sequence']}, "
            f"with bundles and QR codes, in {done.seconds:.1f} s"
        )
        again = self.out / "lists" / "same-list-another-name.csv"
        shutil.copy(self.files["utf8"], again)
        same = self.officer.run("issue", again, "--type", TYPE).data
        stage.say(f"the same list under another name issues {same['issued']}")

    def interrupted(self) -> None:
        """GB18030 CSV; the issuer is killed while it works, then the node."""
        stage = self.stage
        stage.chapter("The second list: the issuer is killed half-way (SIGKILL), and the ledger's node, too")
        self.officer.run("issue", self.files["gb18030"], "--type", TYPE, "--wait", "0", expect=(2,))
        self.approver.run("approve", "--all")
        print("  $ yinxin … batch run 2   (killed with SIGKILL when the records are stored but not yet noted)")
        self.officer.killed_at("stored", "batch", "run", "2", "--wait", PATIENCE)
        before = self.officer.run("node", "status").data["head"]
        for process in json.loads((self.out / "ledger" / "processes.json").read_text()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(process["pid"]), signal.SIGKILL)
        stage.say(f"issuer and node killed at block {before['number']} {before['hash'][:18]}…")
        done = self.officer.run("batch", "run", "2", "--wait", PATIENCE, "--out", self.out)
        self._issued(done.data)
        address = self.officer.run("node", "status", quiet=True).data["url"]
        again = hex0x(RpcClient([address]).block_at(before["number"]).hash)
        if again != before["hash"]:
            raise Unexpected(f"block {before['number']} is {again} after the restart, and was {before['hash']}")
        stage.say(f"the node came back with the same chain: block {before['number']} is {again[:18]}…")
        stage.say(
            f"run again: {done.data['issued']} certificates, anchor {done.data['sequence']}; no double, nothing lost"
        )

    def third_list(self) -> None:
        """xlsx."""
        self.stage.chapter("The third list comes as a spreadsheet")
        done = self.bureau.issue(self.files["xlsx"], TYPE, self.out)
        self._issued(done)
        self.stage.say(f"{done['issued']} certificates; {self.issued} in all")

    # ------------------------------------------------------------------ at the counter

    def counter(self) -> None:
        """A clerk scans."""
        stage = self.stage
        stage.chapter("At the counter: the clerk scans a QR code")
        self.pictures = sorted((self.out / "qr").glob("*.png"))
        seen = self._verdict(self.pictures[0], "VALID", 0)
        shown = seen["certificate"]
        stage.say(
            f"VALID as of {seen['statusAsOf']}: "
            f"{shown['type']['zh']} of {shown['holder']}, by {shown['bureau']['name']}"
        )

    def _verdict(self, source: str | Path, verdict: str | tuple[str, ...], code: int, *more: str) -> dict[str, Any]:
        answer = self.clerk.run("verify", source, *more, expect=(code,))
        wanted = (verdict,) if isinstance(verdict, str) else verdict
        if answer.data["verdict"] not in wanted:
            raise Unexpected(
                f"verdict {answer.data['verdict']} instead of {verdict}: {json.dumps(answer.data, ensure_ascii=False)}"
            )
        return answer.data

    def paper(self) -> None:
        """A certificate to hang on the wall."""
        stage = self.stage
        stage.chapter("On paper: a PDF, sealed by the bureau, that carries its own evidence")
        identifier = self.pictures[0].stem
        self.sheet = self.out / "paper" / f"{identifier}.pdf"
        self.sheet.parent.mkdir()
        self.officer.run("pdf", identifier, "-o", self.sheet)
        seen = self._verdict(self.sheet, "VALID", 0)
        stage.say(f"{self.sheet.stat().st_size // 1024} kB, PDF/A-3 with a seal of test grade: {seen['verdict']}")

    def forgeries(self) -> None:
        """Four forgers try."""
        stage = self.stage
        stage.chapter("Four attempts at forgery; none is accepted")
        folder = self.out / "forged"
        folder.mkdir()
        genuine = sorted((self.out / "bundles").glob("*.json"))[1]
        stamp = read_stamps((self.out / "qr" / f"{genuine.stem}.png").read_bytes())[0]
        credential = parse_credential(read_bundle(genuine.read_bytes()).credential)
        altered = folder / "another-name-in-a-genuine-bundle.json"
        altered.write_bytes(
            _rename(genuine.read_bytes(), credential.text, "certificateHolderName", "广州示例冒名有限公司")
        )
        seen = self._verdict(altered, "FORGED", 1)
        stage.say(f"a name changed in a genuine bundle: {seen['verdict']} ({_why(seen)})")
        content = parse_stamp(stamp).content
        prefix = "https://yx.example/v#"
        own_key = folder / "stamp-signed-with-a-forgers-own-key.png"
        own_key.write_bytes(render_png(make_code(prefix, issue_stamp(content, SoftwareSigner.generate()))))
        seen = self._verdict(own_key, ("FORGED", "UNTRUSTED_ISSUER"), 1)
        stage.say(f"a stamp signed with a forger's own key: {seen['verdict']} ({_why(seen)})")
        keys = Keystore(self.officer.home / "keys", (self.officer.home / "passphrase").read_text().rstrip("\n"))
        stolen = folder / "stamp-signed-with-the-stolen-key-but-never-anchored.png"
        fake = type(content)(
            **{name: getattr(content, name) for name in content.__slots__} | {"holder_name": "广州示例***冒名公司"}
        )
        stolen.write_bytes(render_png(make_code(prefix, issue_stamp(fake, keys.signer("credential")))))
        seen = self.clerk.run("verify", stolen, expect=(1, 2)).data
        if seen["verdict"] == "VALID":
            raise Unexpected("a stamp that was never anchored is taken as valid")
        stage.say(
            f"a stamp signed with the bureau's stolen key, but not on the ledger: {seen['verdict']} ({_why(seen)})"
        )
        page = folder / "a-page-changed-after-sealing.pdf"
        data = bytearray(self.sheet.read_bytes())
        longest = max(re.finditer(rb"\bstream\r?\n(.*?)endstream", data, re.DOTALL), key=lambda found: len(found[1]))
        data[longest.start(1) + len(longest[1]) // 2] ^= 1
        page.write_bytes(data)
        seen = self._verdict(page, "FORGED", 1)
        stage.say(f"one bit of a sealed page changed: {seen['verdict']} ({_why(seen)})")

    # ------------------------------------------------------------------ life

    def life(self) -> None:
        """Suspend, revoke, renew; and the state of a past moment."""
        stage = self.stage
        stage.chapter("Life: suspend, revoke, renew")
        suspended, revoked, renewed = self.pictures[2], self.pictures[3], self.pictures[4]
        before = int(time.time())
        self.bureau.act("suspend", suspended.stem, "--reason", "年度报告逾期")
        self.bureau.act("revoke", revoked.stem, "--reason", "以欺骗手段取得")
        self._verdict(suspended, "SUSPENDED", 1)
        seen = self._verdict(revoked, "REVOKED", 1)
        stage.say(f"the clerk sees it: SUSPENDED and REVOKED, as of {seen['statusAsOf']}")
        self._verdict(revoked, "VALID", 0, "--at", str(before))
        stage.say("asked about the moment before, the same stamp was VALID: every state stays provable")
        number = self.officer.run("show", renewed.stem, quiet=True).data["number"]
        renewal = self.out / "lists" / "renewal.csv"
        lines = (self.out / "lists" / self.files["utf8"].name).read_text(encoding="utf-8-sig").splitlines()
        renewal.write_text(
            "\n".join([lines[0], *(line for line in lines[1:] if number in line)]) + "\n", encoding="utf-8"
        )
        waiting = self.officer.run("renew", renewal, "--type", TYPE, "--wait", "0", expect=(2,)).data
        self.approver.run("approve", "--all")
        self._issued(
            self.officer.run("batch", "run", str(waiting["batch"]), "--wait", PATIENCE, "--out", self.out).data
        )
        self._verdict(renewed, "SUPERSEDED", 1)
        shown = self.officer.run("show", renewed.stem).data
        self._verdict(self.out / "qr" / f"{shown['successor']}.png", "VALID", 0)
        stage.say(f"renewed: version 001 is SUPERSEDED by {shown['successor'].split('.')[-2]}, which is VALID")
        self.revoked = revoked

    def offline(self) -> None:
        """The witness makes a snapshot; the clerk checks without network."""
        stage = self.stage
        stage.chapter("No network: the clerk checks with a trust snapshot signed by the witness")
        snapshot = self.out / "snapshot.json"
        self.witness.run("snapshot", "make", "--out", snapshot)
        self.witness.run("witness", "sign", snapshot)
        seen = self._verdict(self.pictures[0], "VALID", 0, "--offline", "--trust", str(snapshot))
        stage.say(f"{seen['verdict']} as of {seen['statusAsOf']}")
        self._verdict(self.revoked, "REVOKED", 1, "--offline", "--trust", str(snapshot))
        stage.say("the revoked one is REVOKED offline, too")

    def shredding(self) -> None:
        """A holder asks for deletion."""
        stage = self.stage
        stage.chapter("A record is shredded; the certificate in the holder's hand still verifies")
        chosen = self.pictures[5]
        self.officer.run("shred", chosen.stem, "--yes")
        gone = self.officer.run("find", chosen.stem, expect=(1,)).data
        self._verdict(self.out / "bundles" / f"{chosen.stem}.json", "VALID", 0)
        stage.say(
            f"the register knows {len(gone['certificates'])} certificates of that identifier; "
            "the holder's own bundle is VALID"
        )

    def rebuilt(self) -> None:
        """The database burns."""
        stage = self.stage
        stage.chapter("The database burns; the register is made anew from ledger, records and key vault")
        for file in self.officer.home.glob("register.sqlite*"):
            file.unlink()
        done = self.officer.run("rebuild").data
        shown = self.officer.run("show", self.revoked.stem).data
        stage.say(
            f"{done['certificates']} certificates back ({done['shredded']} shredded), {done['acts']} acts; "
            f"{shown['status']} because: {shown['history'][-1]['reason']}"
        )

    def everything(self) -> None:
        """All that was ever anchored, and the tender, once more."""
        stage = self.stage
        stage.chapter("Everything is recomputed: all certificates, all status lists, the tender")
        found = self.officer.run("audit", "--all").data
        stage.say(f"{found['verdict']}: {len(found['looked'])} rules, {sum(found['looked'].values())} looks")

    # ------------------------------------------------------------------ summary

    def summary(self) -> list[str]:
        """The first lines of summary and report."""
        store = (
            "IPFS: a private Kubo node of the bureau"
            if self.ipfs == "kubo"
            else (
                "no IPFS node: records lie in the local store; move them with: make kubo && for home in home clerk "
                f"witness; do .venv/bin/yinxin --home {os.path.relpath(self.out, ROOT)}/$home blobs push --switch; done"
            )
        )
        return [
            f"chain {self.chain_id}, embedded, kept by one operator, 1 witness; {store}",
            f"{self.issued} certificates issued, on the ledger",
            self.day.summary(),
            self.award.summary(),
        ]


def _why(seen: dict[str, Any]) -> str:
    return next((step["detail"] for step in seen["steps"] if step["result"] in ("INVALID", "ERROR")), "")


def _rename(bundle: bytes, text: str, name: str, value: str) -> bytes:
    """Change one disclosed value inside a bundle, keeping everything else."""
    for disclosure in text.split("~")[1:-1]:
        salt, key, _ = json.loads(unb64url(disclosure))
        if key == name:
            changed = b64url(json.dumps([salt, key, value], ensure_ascii=False, separators=(",", ":")).encode())
            return bundle.replace(disclosure.encode(), changed.encode())
    raise Unexpected(f"the bundle does not disclose {name}")


def main() -> int:
    """Play, report, tidy up."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ipfs", choices=("kubo", "local"), help="where records go; kubo if it is there already")
    parser.add_argument("--rows", type=int, default=1_200, help="certificates in all")
    parser.add_argument("--out", type=Path, default=ROOT / "demo-out")
    options = parser.parse_args()
    out = options.out.resolve()
    if out.exists():
        if not (out / "report.md").exists() and any(out.iterdir()) and not (out / "home").exists():
            print(f"{out} is not a folder of this demo; name another with --out", file=sys.stderr)
            return 64
        shutil.rmtree(out)
    out.mkdir(parents=True)
    ipfs = options.ipfs or ("kubo" if find_binary() is not None else "local")
    demo = Demo(out, ipfs, options.rows)
    print("印信 Yinxin: one day of a bureau, in real seconds")
    failed = ""
    try:
        demo.play()
    except Unexpected as error:
        failed = str(error)
    except KeyboardInterrupt:
        failed = "stopped"
    finally:
        demo.stage.end()
    if failed:
        print(f"\nThe demo did not go as told:\n{failed}\n(logs lie in {out})", file=sys.stderr)
        return 1
    seconds = time.monotonic() - demo.stage.started
    first = demo.summary()
    report = [
        "# 印信 Yinxin: report of the demo",
        "",
        *(f"**{line}**  " for line in first),
        f"{seconds:.0f} seconds",
        *demo.stage.lines,
        "",
    ]
    (out / "report.md").write_text("\n".join(report), encoding="utf-8")
    print("\n" + "\n".join(first))
    relative = os.path.relpath(out, ROOT)
    print(
        f"{seconds:.0f} seconds. Left in {relative}/: "
        f"report.md bundles/ qr/ paper/ forged/ lists/ board/ receipts/ award/ guarantees/ builders/ ocds/ "
        f"snapshot.json trust-root.json, and the homes\n"
        f"Go on: .venv/bin/yinxin --home {relative}/home find 示例\n"
        f"       .venv/bin/yinxin --home {relative}/home audit --all\n"
        f"       .venv/bin/yinxin --home {relative}/clerk verify {relative}/qr/{demo.pictures[0].name}\n"
        f"       .venv/bin/yinxin --home {relative}/clerk verify "
        f"{relative}/forged/another-name-in-a-genuine-bundle.json\n"
        "Pages in a browser over all of it (board, console, wallet, scanner): make up DEMO=1"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
