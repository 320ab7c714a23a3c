/** The receipt on the page: what it says, what was checked of it, as a file and on paper. */
import wording from "../../chain/words/bid-receipt.json" with { type: "json" };
import { announce } from "../ui/announce.ts";
import { fill, h } from "../ui/dom.ts";
import { factList } from "../ui/facts.ts";
import { codeDrawing } from "../ui/qr.ts";
import { hex0x } from "../verify/bytes.ts";
import type { JsonObject } from "../verify/canonical.ts";
import { commitmentHash, withdrawalHash } from "./acts.ts";
import { fetched } from "./opening.ts";
import { action, note, type Step, save, step } from "./parts.ts";
import {
  lastWithdrawn,
  type Proof,
  type Receipt,
  receiptOf,
  type WithdrawalReceipt,
  withdrawalReceiptOf,
} from "./receipt.ts";
import type { Room } from "./room.ts";
import { lastAccepted } from "./verifying.ts";
import { faultWords, language, moment, said, t } from "./words.ts";

const PROVED = ["form", "place", "signature", "custody", "event"] as const;
const FIRST = 4_000; // milliseconds until witnesses are asked again; each time twice as long
const LAST = 300_000;

/** The step: hidden until the ledger has accepted a version; then it waits for witnesses by itself. */
export function receipts(room: Room): Step {
  const find = async (known: Receipt | null): Promise<Receipt | "known" | "waits" | null> => {
    const version = await lastAccepted(room);
    if (version === null) return null;
    if (known?.version.salt === version.salt && known.fault === "") return "known";
    return (await receiptOf(room, version, evidence)) ?? "waits";
  };
  const same = (left: Receipt, right: Receipt): boolean => left.version.salt === right.version.salt;
  return following(room, "receipt", t("receipt.title"), t("receipt.hint"), find, same, (found) => {
    const { tender = 0, lot = 0 } = found.version.act?.commitment ?? {};
    return [sheet(room, found), named(tender, lot, found.version.version)];
  });
}

/** The same for withdrawals that were signed in this room. */
export function withdrawals(room: Room): Step {
  const find = async (known: WithdrawalReceipt | null): Promise<WithdrawalReceipt | "known" | "waits" | null> => {
    const last = await lastWithdrawn(room);
    if (last === null) return null;
    if (known?.withdrawal.version === last.withdrawal.version && known.fault === "") return "known";
    return withdrawalReceiptOf(room, evidence);
  };
  const same = (left: WithdrawalReceipt, right: WithdrawalReceipt): boolean =>
    left.withdrawal.version === right.withdrawal.version;
  const [title, hint] = [t("receipt.withdrawal.title"), t("receipt.withdrawal.hint")];
  return following(room, "withdrawal-receipt", title, hint, find, same, (found) => {
    const { tender, lot, version } = found.withdrawal;
    return [withdrawalSheet(room, found), named(tender, lot, version)];
  });
}

/**
 * A step that is hidden until there is a receipt, shows it, and asks again while too few witnesses vouch for its block.
 * @param find null: there is nothing to have a receipt of; `waits`: the ledger does not say yet that it accepted it
 */
function following<R extends Proof>(
  room: Room,
  id: string,
  title: string,
  hint: string,
  find: (known: R | null) => Promise<R | "known" | "waits" | null>,
  same: (left: R, right: R) => boolean,
  draw: (found: R) => readonly [HTMLElement, string],
): Step {
  const made = step(id, 0, title, hint);
  const shown = h("div", { class: "stack" });
  let known: R | null = null;
  let timer = 0;
  let pause = FIRST;
  const unnamed = room.setting.root.witnesses.length === 0;
  const waiting = (): HTMLElement => note("care", t(unnamed ? "receipt.unnamed" : "receipt.unvouched"));
  const ask = async (): Promise<void> => {
    clearTimeout(timer);
    const found = await find(known);
    if (found === null) return;
    made.element.hidden = false;
    if (found === "known") return;
    if (found === "waits") return later();
    if (known === null || !same(known, found)) pause = FIRST;
    known = found;
    show(found);
    if (found.fault !== "" && !unnamed) later();
  };
  const later = (): void => {
    clearTimeout(timer);
    timer = window.setTimeout(look, pause);
    pause = Math.min(2 * pause, LAST);
  };
  const show = (receipt: R): void => {
    const whole = receipt.fault === "";
    made.stand(
      whole || unnamed ? "done" : "open",
      t(whole ? "receipt.whole" : unnamed ? "receipt.ledger.only" : "receipt.waits"),
    );
    if (whole) announce(t("receipt.good"));
    const [paper, name] = draw(receipt);
    const keep = (): void => save(name, receipt.text, "application/json");
    fill(
      shown,
      whole ? note("good", h("strong", { id: `${id}-vouched` }, t("receipt.good"))) : waiting(),
      paper,
      h(
        "div",
        { class: "row" },
        h("button", { class: "button", type: "button", id: `save-${id}`, onclick: keep }, t("receipt.save")),
        h(
          "button",
          { class: "button", type: "button", id: `print-${id}`, onclick: () => print(paper) },
          t("receipt.print"),
        ),
      ),
    );
  };
  const look = (): void => {
    ask().catch((error: unknown) => {
      made.stand("open", t("receipt.away"));
      if (known === null) fill(shown, note("care", faultWords(error)));
      later();
    });
  };
  const again = action("receipt.again", `${id}-again`, ask);
  fill(made.body, shown, again);
  made.element.hidden = true;
  made.element.addEventListener("look", look);
  look();
  return made;
}

/** Name of a row, its text, and whether that is code. */
type Row = readonly [string, string, boolean];

function sheet(room: Room, receipt: Receipt): HTMLElement {
  const { version, custodian } = receipt;
  const commitment = version.act?.commitment;
  if (commitment === undefined) return h("div", {});
  const files = version.envelopes.map(({ digest, size }) => `${digest} (${size} bytes)`);
  const rows = [
    ...files.map(
      (file, at): Row => [files.length > 1 ? t("receipt.files", { number: at + 1 }) : t("receipt.file"), file, true],
    ),
    [t("receipt.custodian"), `${nameOf(room.setting.notice.custodians, custodian)}${custodian}`, true] as const,
  ];
  return paper(room, "receipt-sheet", t("receipt.sheet"), version.version, commitmentHash(commitment), receipt, rows);
}

function withdrawalSheet(room: Room, receipt: WithdrawalReceipt): HTMLElement {
  const { withdrawal } = receipt;
  const [id, heading] = ["withdrawal-sheet", t("receipt.withdrawal.sheet")];
  return paper(room, id, heading, withdrawal.version, withdrawalHash(withdrawal), receipt, []);
}

function paper(
  { setting, kept }: Room,
  id: string,
  heading: string,
  version: number,
  signed: Uint8Array,
  { block, witnesses, fault }: Proof,
  files: readonly Row[],
): HTMLElement {
  const { notice, root, book, lot } = setting;
  const hash = hex0x(signed);
  const address = `${location.origin}/tenders/${notice.tender}`;
  const proved = PROVED.filter((name) => name !== "custody" || files.length > 0);
  const rows: readonly Row[] = [
    [t("receipt.tender"), `${notice.tender} · ${said(notice.title)}`, false],
    [t("receipt.lot"), String(lot), false],
    [t("receipt.version"), String(version), false],
    [t("receipt.time"), moment(block.time), false],
    [t("head.block"), String(block.number), false],
    [t("receipt.hash"), hex0x(block.hash), true],
    ...files,
    [t("company.fresh"), kept.place.bidder, true],
    [t("receipt.signed"), hash, true],
    [t("receipt.ledger"), `${root.chainId} · ${hex0x(root.genesisHash)}`, true],
    [t("receipt.book"), book, true],
    [t("receipt.witnesses"), witnesses.join(", ") || t("receipt.nobody"), false],
  ];
  return h(
    "section",
    { class: "stack prints", id },
    h("h3", {}, heading),
    factList(
      ...rows.map(([name, value, code]) => [name, code ? h("span", { class: "mono small" }, value) : value] as const),
    ),
    h(
      "ul",
      { class: "stack" },
      ...proved.map((name) => h("li", { "data-step": name }, `✓ ${wording[`${name}.valid`][language()]}`)),
      h(
        "li",
        { "data-step": "witness" },
        fault === ""
          ? `✓ ${wording["witness.valid"][language()]}`
          : `– ${wording["witness.error"][language()].replace("{fault}", fault)}`,
      ),
    ),
    codeDrawing(`${address}#${hash}`, t("receipt.code", { address })),
    h("p", { class: "small soft" }, t("receipt.check", { address })),
  );
}

function nameOf(custodians: readonly { readonly name: string; readonly account: string }[], account: string): string {
  const found = custodians.find((one) => one.account === account);
  return found === undefined ? "" : `${found.name} · `;
}

function named(tender: number, lot: number, version: number): string {
  return `bid-${tender}-${lot}-receipt-${version}.json`;
}

/** The receipt alone goes on paper, of two that one. */
function print(paper: HTMLElement): void {
  for (const one of document.querySelectorAll(".prints")) one.classList.remove("prints");
  paper.classList.add("prints");
  document.body.classList.add("alone");
  window.addEventListener("afterprint", () => document.body.classList.remove("alone"), { once: true });
  window.print();
}

/** Asked without cookies: no account has to do with it. */
async function evidence(transaction: string): Promise<JsonObject> {
  const headers = { "Content-Type": "application/json" };
  const found: unknown = JSON.parse(
    new TextDecoder().decode(
      await fetched("/v1/ledger-evidence", { method: "POST", headers, body: JSON.stringify({ transaction }) }),
    ),
  );
  return found as JsonObject;
}
