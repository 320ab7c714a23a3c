/** The receipt on the page: what it says, what was checked of it, as a file and on paper. */
import wording from "../../chain/words/bid-receipt.json" with { type: "json" };
import { announce } from "../ui/announce.ts";
import { fill, h } from "../ui/dom.ts";
import { factList } from "../ui/facts.ts";
import { codeDrawing } from "../ui/qr.ts";
import { hex0x } from "../verify/bytes.ts";
import type { JsonObject } from "../verify/canonical.ts";
import { commitmentHash } from "./acts.ts";
import { fetched } from "./opening.ts";
import { action, note, type Step, save, step } from "./parts.ts";
import { type Receipt, receiptOf } from "./receipt.ts";
import type { Room } from "./room.ts";
import { lastAccepted } from "./verifying.ts";
import { faultWords, language, moment, said, t } from "./words.ts";

const PROVED = ["form", "place", "signature", "custody", "event"] as const;
const FIRST = 4_000; // milliseconds until witnesses are asked again; each time twice as long
const LAST = 300_000;

/** The step: hidden until the ledger has accepted a version; then it waits for witnesses by itself. */
export function receipts(room: Room): Step {
  const made = step("receipt", 0, t("receipt.title"), t("receipt.hint"));
  const shown = h("div", { class: "stack" });
  let known: Receipt | null = null;
  let timer = 0;
  let pause = FIRST;
  const unnamed = room.setting.root.witnesses.length === 0;
  const waiting = (): HTMLElement => note("care", t(unnamed ? "receipt.unnamed" : "receipt.unvouched"));
  const ask = async (): Promise<void> => {
    clearTimeout(timer);
    const version = await lastAccepted(room);
    if (version === null) return;
    made.element.hidden = false;
    if (known?.version.salt === version.salt && known.fault === "") return;
    if (known?.version.salt !== version.salt) pause = FIRST;
    known = await receiptOf(room, version, evidence);
    if (known === null) return later();
    show(known);
    if (known.fault !== "" && !unnamed) later();
  };
  const later = (): void => {
    clearTimeout(timer);
    timer = window.setTimeout(look, pause);
    pause = Math.min(2 * pause, LAST);
  };
  const show = (receipt: Receipt): void => {
    const whole = receipt.fault === "";
    made.stand(
      whole || unnamed ? "done" : "open",
      t(whole ? "receipt.whole" : unnamed ? "receipt.ledger.only" : "receipt.waits"),
    );
    if (whole) announce(t("receipt.good"));
    fill(
      shown,
      whole ? note("good", h("strong", { id: "vouched" }, t("receipt.good"))) : waiting(),
      sheet(room, receipt),
      h(
        "div",
        { class: "row" },
        h(
          "button",
          { class: "button", type: "button", id: "save-receipt", onclick: () => keep(receipt) },
          t("receipt.save"),
        ),
        h("button", { class: "button", type: "button", id: "print-receipt", onclick: print }, t("receipt.print")),
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
  const again = action("receipt.again", "receipt-again", ask);
  fill(made.body, shown, again);
  made.element.hidden = true;
  made.element.addEventListener("look", look);
  look();
  return made;
}

/** What the command line's page says, and a code that leads to where anybody checks the file. */
function sheet({ setting, kept }: Room, receipt: Receipt): HTMLElement {
  const { notice, root, book, lot } = setting;
  const { version, block, custodian, witnesses, fault } = receipt;
  const commitment = version.act?.commitment;
  if (commitment === undefined) return h("div", {});
  const hash = hex0x(commitmentHash(commitment));
  const files = version.envelopes.map(({ digest, size }) => `${digest} (${size} bytes)`);
  const address = `${location.origin}/tenders/${notice.tender}`;
  const rows: readonly (readonly [string, string, boolean])[] = [
    [t("receipt.tender"), `${notice.tender} · ${said(notice.title)}`, false],
    [t("receipt.lot"), String(lot), false],
    [t("receipt.version"), String(version.version), false],
    [t("receipt.time"), moment(block.time), false],
    [t("head.block"), String(block.number), false],
    [t("receipt.hash"), hex0x(block.hash), true],
    ...files.map(
      (file, at) =>
        [files.length > 1 ? t("receipt.files", { number: at + 1 }) : t("receipt.file"), file, true] as const,
    ),
    [t("receipt.custodian"), `${nameOf(setting.notice.custodians, custodian)}${custodian}`, true],
    [t("company.fresh"), kept.place.bidder, true],
    [t("receipt.signed"), hash, true],
    [t("receipt.ledger"), `${root.chainId} · ${hex0x(root.genesisHash)}`, true],
    [t("receipt.book"), book, true],
    [t("receipt.witnesses"), witnesses.join(", ") || t("receipt.nobody"), false],
  ];
  return h(
    "section",
    { class: "stack prints", id: "receipt-sheet" },
    h("h3", {}, t("receipt.sheet")),
    factList(
      ...rows.map(([name, value, code]) => [name, code ? h("span", { class: "mono small" }, value) : value] as const),
    ),
    h(
      "ul",
      { class: "stack" },
      ...PROVED.map((name) => h("li", { "data-step": name }, `✓ ${wording[`${name}.valid`][language()]}`)),
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

function keep({ text, version }: Receipt): void {
  const { tender = 0, lot = 0 } = version.act?.commitment ?? {};
  save(`bid-${tender}-${lot}-receipt-${version.version}.json`, text, "application/json");
}

/** The receipt alone goes on paper. */
function print(): void {
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
