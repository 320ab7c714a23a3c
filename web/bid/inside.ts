/** What stands in a bidder's room behind its door: a program of its own, which comes once the door is drawn. */

import { digestsOf } from "../seal/job.ts";
import { fill, h } from "../ui/dom.ts";
import { hex0x } from "../verify/bytes.ts";
import { InvalidInput } from "../verify/errors.ts";
import { check, HttpIndex, openLedger, RootProofs } from "../verify/index.ts";
import { verdictWords } from "../verify/wording.ts";
import { verification } from "./afterwards.ts";
import { company } from "./company.ts";
import { type Attached, certificates, envelope, type Judge } from "./filling.ts";
import { action, save } from "./parts.ts";
import { receipts, withdrawals } from "./receiptcard.ts";
import { Room, type Setting } from "./room.ts";
import { rehearsal, sealing, submission } from "./sending.ts";
import { lastAccepted, sealedFile } from "./verifying.ts";
import { language, t } from "./words.ts";

export { Room };

/** Shows the room. */
export function enter(room: Room, bidding: boolean, device: string, place: HTMLElement): void {
  if (bidding) steps(room, device, place);
  else fill(place, verification(room, 0).element, receipts(room).element, withdrawals(room).element, keeping(room));
}

function steps(room: Room, device: string, place: HTMLElement): void {
  const attached: Attached = new Map();
  let all: HTMLElement[] = [];
  const changed = (): void => {
    for (const one of all) one.dispatchEvent(new Event("look"));
  };
  let number = 1;
  const judge = judging(room.setting);
  const made = [
    company(room, device, changed),
    ...room.setting.notice.envelopes.map((one) => envelope(room, one, ++number, attached, changed)),
    certificates(room, ++number, judge, changed),
    rehearsal(room, ++number, attached, judge),
    sealing(room, ++number, attached, changed),
    submission(room, ++number, changed),
    receipts(room),
    withdrawals(room),
    verification(room, ++number),
  ];
  all = [...made.map(({ element }) => element), keeping(room)];
  fill(place, ...all);
  all[0]?.querySelector<HTMLElement>("h2")?.scrollIntoView({ block: "nearest" });
}

/** What the room keeps, as files: to go on from elsewhere, or with the command line. */
function keeping(room: Room): HTMLElement {
  const keep = async (): Promise<void> => {
    const { tender, lot } = room.kept.place;
    save(`bid-${tender}-${lot}-room.json`, await room.file(), "application/json");
  };
  const sealed = h("div", { class: "row" });
  const show = (): void => void showSealed(room, sealed).catch(() => {}); // without them the room is saved all the same
  show();
  const made = h(
    "section",
    { class: "card stack", id: "kept" },
    h("h2", {}, t("kept.title")),
    h("p", { class: "soft" }, t("kept.hint")),
    action("kept.save", "save-room", keep),
    h("p", { class: "small" }, t("kept.take")),
    sealed,
  );
  made.addEventListener("look", show);
  return made;
}

/** Buttons for the sealed files of the bid that stands, as far as they lie on this device. */
async function showSealed(room: Room, place: HTMLElement): Promise<void> {
  const version = await lastAccepted(room);
  const made: HTMLElement[] = [];
  for (const { number, name, digest } of version?.envelopes ?? []) {
    if ((await sealedFile(name)) === null) continue;
    const button = action("kept.sealed", `save-sealed-${number}`, () => give(room, name, digest ?? ""), "", { number });
    made.push(button);
  }
  fill(place, ...made);
}

/** Hands out a sealed file, if it is still the one that stands: a later version is written over it. */
async function give({ setting }: Room, name: string, digest: string): Promise<void> {
  const file = await sealedFile(name);
  const [found] = file === null ? [] : await digestsOf(setting.scripts, [file]);
  if (file === null || found === undefined || hex0x(found) !== digest)
    throw new InvalidInput(`${name} is not the file of the bid that stands`, "file.other");
  save(name, file, "application/octet-stream");
}

/** One's own check of a certificate, in this browser, against the ledger. */
function judging({ root }: Setting): Judge {
  return async (text) => {
    const trust = await openLedger([`${location.origin}/v1/ledger-calls`], root);
    const sources = { trust, index: new HttpIndex(location.origin), proofs: new RootProofs(root) };
    const { verdict } = await check(text.trim(), sources, { at: Math.floor(Date.now() / 1000) });
    const words = t("certificates.verdict", { verdict: verdictWords(verdict, language()).word });
    return { good: verdict === "VALID", unsure: verdict === "CANNOT_CHECK", words };
  };
}
