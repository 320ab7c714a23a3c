/** The page at /decisions/{bureau}/{reference}: what is asked, by its own bytes; a key; yes or no; what became of it. */
import { busy, Chooser, faultLine, labelled, submitted } from "../keys/chooser.ts";
import { codeOf, faultWords, Said } from "../keys/faults.ts";
import { type Pinned, pinnedRoot } from "../keys/pinned.ts";
import { announce } from "../ui/announce.ts";
import { byId, fill, h } from "../ui/dom.ts";
import { dataOf } from "../ui/service.ts";
import { now } from "../ui/times.ts";
import { hex0x } from "../verify/bytes.ts";
import { InvalidInput } from "../verify/errors.ts";
import { k, named } from "../words/keyroom.ts";
import { type Domain, domainOf, signDecision, VALID_FOR } from "./decision.ts";
import { type Given, handIn, type Ruling, rulingsOn, type Whole, wholeRequest } from "./page.ts";
import { type Told, told } from "./told.ts";
import { contentCard } from "./view.ts";

const AGAIN = 2000; // milliseconds between looks for the signer's word

async function start(place: HTMLElement, from: Given): Promise<void> {
  const line = h("p", { class: "card soft", role: "status" }, k("decide.loading"));
  fill(place, line);
  let whole: Whole;
  let said: Told;
  let pinned: Pinned;
  try {
    pinned = await pinnedRoot();
    whole = await wholeRequest(from, (count, size) => {
      line.textContent = k("decide.rowsRead", { count, size });
    });
    said = told(whole.asked, whole.rows);
  } catch (error) {
    fill(place, wrongCard(error));
    announce(k("decide.refusedHere"), true);
    return;
  }
  const domain = domainOf(pinned.root);
  const ledger = k("decide.ledgerIs", { chain: domain.chainId, contract: domain.contract });
  const cards = [contentCard(said, whole.rows, whole.asked.digest, ledger)];
  if (pinned.fresh) cards.unshift(freshNote(pinned));
  if (said.unknown !== null) cards.push(unknownCard(said.unknown, from));
  else cards.push(...decidingCards(whole, domain, from));
  fill(place, ...cards);
  announce(said.heading);
}

function freshNote(pinned: Pinned): HTMLElement {
  return h("p", { class: "note" }, k("decide.pinned", { digest: hex0x(pinned.root.digest) }));
}

/** Why nothing can be signed here: somebody says what is not so, or nothing was had. */
function wrongCard(error: unknown): HTMLElement {
  const code = codeOf(error);
  const gone = !(error instanceof InvalidInput);
  const words = code === "trust.other" ? k("decide.otherLedger") : gone ? faultWords(error) : k("decide.lie");
  const why = error instanceof Error ? `${error.message} (${code})` : code;
  const heading = gone ? k("decide.result") : k("decide.refusedHere");
  return h(
    "section",
    { class: "card stack", id: "wrong", "data-code": code },
    h("h2", {}, heading),
    h("p", { class: gone ? "note note-care" : "note note-bad", role: "alert" }, words),
    !gone && h("p", { class: "soft small" }, why),
    gone && h("button", { class: "button", type: "button", onclick: () => location.reload() }, k("decide.again")),
  );
}

/** A type of the bureau's own: the page cannot say what the rows mean; the command can, with the definition. */
function unknownCard(unknown: { code: string; version: number }, from: Given): HTMLElement {
  const file = `${from.reference}.json`;
  const command = `yinxin decide --request-file ${file} --type definition.json --approve --key wallet.json`;
  return h(
    "section",
    { class: "card stack", id: "unknown" },
    h("p", { class: "note note-care" }, k("decide.unknownType", unknown)),
    h("pre", { class: "mono small" }, command),
  );
}

function decidingCards(whole: Whole, domain: Domain, from: Given): HTMLElement[] {
  const reason = h("textarea", { class: "input", id: "reason", maxlength: "2000", rows: "3" });
  const fault = faultLine("decide-fault");
  const result = h("div", { class: "stack", id: "result" });
  const yes = h("button", { class: "button primary", type: "submit", id: "approve" }, k("decide.approve"));
  const no = h("button", { class: "button", type: "button", id: "refuse" }, k("decide.refuse"));
  const chooser = new Chooser({ worker: from.worker, changed: () => fault.replaceChildren() });
  const decide = async (approve: boolean): Promise<void> => {
    const signer = chooser.open;
    if (signer === null) throw new Said(k("decide.needsKey"));
    if (!approve && reason.value.trim() === "") {
      reason.focus();
      throw new Said(k("decide.needsReason"));
    }
    fault.textContent = k("decide.signing");
    const at = now();
    const { bureau, digest } = whole.asked;
    const said = { bureau, request: digest, approve, reason: reason.value, at, notAfter: at + VALID_FOR };
    const ruling = await handIn(from, await signDecision(said, domain, signer));
    form.remove();
    chooser.forget();
    chooser.element.remove();
    fill(result, resultCard(ruling));
    announce(named("state", ruling.state));
    void follow(result, from, digest, signer.address);
  };
  /** One word only: the other button is held, too, until it is handed in. */
  const alone = (pressed: HTMLButtonElement, other: HTMLButtonElement, approve: boolean): void =>
    void busy(pressed, fault, async () => {
      other.disabled = true;
      await decide(approve).finally(() => {
        other.disabled = false;
      });
    });
  no.onclick = () => alone(no, yes, false);
  const form = h(
    "form",
    {
      class: "card stack",
      novalidate: true,
      onsubmit: (event) => submitted(event, () => alone(yes, no, true)),
    },
    h("h2", {}, k("decide.verdict")),
    labelled("reason", k("decide.reasonLabel"), reason),
    fault,
    h("div", { class: "row" }, no, yes),
  );
  return [chooser.element, form, result];
}

/** Looks for the signer's word until there is one, while the page is open. */
async function follow(place: HTMLElement, from: Given, digest: string, address: string): Promise<void> {
  for (;;) {
    await new Promise((later) => setTimeout(later, AGAIN));
    const found = await rulingsOn(from, digest).catch(() => []);
    const mine = found.find((one) => one.address === address);
    if (mine === undefined || mine.state === "sent") continue;
    fill(place, resultCard(mine));
    announce(place.textContent ?? "");
    return;
  }
}

function resultCard(ruling: Ruling): HTMLElement {
  const heading = h("h2", {}, k("decide.result"));
  return h("section", { class: "card stack", role: "status" }, heading, rulingLine(ruling), waitingLine(ruling));
}

function rulingLine(ruling: Ruling): HTMLElement {
  const tone =
    { granted: "note-good", counted: "note-good", failed: "note-bad", rejected: "note-bad" }[ruling.state] ?? "";
  const { message, have, needed } = ruling;
  const words = named("state", ruling.state)
    .replace("{message}", message)
    .replace("{have}", String(have))
    .replace("{needed}", String(needed));
  return h("p", { class: `note ${tone}`, "data-state": ruling.state }, words);
}

function waitingLine(ruling: Ruling): HTMLElement | null {
  return ruling.state === "sent" ? h("p", { class: "soft" }, k("state.waiting")) : null;
}

void start(byId("decide"), dataOf<Given>());
