/**
 * The verifier as one file: everything is in it, and it talks to nobody but the addresses that stand on the page. Saved on
 * a disk, its SHA-256 compared once, it cannot be changed by any server (docs/browser.md).
 */
import {
  b64urlOf,
  check,
  type Input,
  type Language,
  openSnapshot,
  readTrustRoot,
  type SnapshotSource,
  type TrustRoot,
  type Verification,
  YinxinError,
} from "../verify/index.ts";
import { answerOf, local } from "./answer.ts";
import { labelled, make } from "./dom.ts";
import { sourcesOf } from "./sources.ts";
import { say, type WordKey } from "./words.ts";

/** What the build pinned; empty where it pinned nothing. `trustRoot` is the file's text. */
interface Pinned {
  readonly trustRoot: string;
  readonly endpoints: readonly string[];
  readonly quorum: number;
  readonly service: string;
}

declare const YINXIN_PINNED: Pinned;

let language: Language = navigator.language.toLowerCase().startsWith("en") ? "en" : "zh";
let root: TrustRoot | null = null;
let rootFault: string | null = null;
let snapshot: SnapshotSource | null = null;
let snapshotFault: string | null = null;
let found: Verification | null = null;
let said: WordKey | null = null;

const endpoints = make("textarea", { rows: "3", spellcheck: "false" });
const quorum = make("input", { type: "number", min: "1", max: "99" });
const service = make("input", { type: "url", spellcheck: "false" });
const text = make("textarea", { rows: "4", spellcheck: "false", autocomplete: "off" });
const answer = make("section", { "aria-live": "polite" });

function t(key: WordKey, values: Readonly<Record<string, string | number>> = {}): string {
  return say(language, key, values);
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

function faultOf(error: unknown): string {
  if (!(error instanceof YinxinError)) throw error;
  return error.message;
}

async function chooseRoot(file: File): Promise<void> {
  const data = new Uint8Array(await file.arrayBuffer());
  try {
    root = readTrustRoot(data);
    rootFault = null;
    snapshot = null;
  } catch (error) {
    rootFault = faultOf(error);
  }
  show();
}

async function chooseSnapshot(file: File): Promise<void> {
  if (root === null) return;
  const data = new Uint8Array(await file.arrayBuffer());
  try {
    snapshot = openSnapshot(data, root, now(), snapshot?.seen ?? null);
    snapshotFault = null;
  } catch (error) {
    snapshotFault = faultOf(error);
  }
  show();
}

async function checkNow(input: Input): Promise<void> {
  const named = endpoints.value.split(/\s+/).filter((one) => one !== "");
  const missing: WordKey | null =
    root === null
      ? "fault.no_root"
      : input.length === 0
        ? "fault.no_input"
        : snapshot === null && named.length === 0
          ? "fault.no_source"
          : null;
  found = null;
  said = missing ?? "answer.working";
  showAnswer();
  if (missing !== null || root === null) return;
  const at = now();
  const chosen = { root, snapshot, endpoints: named, quorum: Number(quorum.value), service: service.value.trim() };
  found = await check(input, await sourcesOf(chosen, at), { at });
  said = null;
  showAnswer();
}

function fileField(choose: (file: File) => Promise<void>): HTMLInputElement {
  const field = make("input", { type: "file" });
  field.addEventListener("change", () => {
    const file = field.files?.[0];
    if (file !== undefined) void choose(file);
  });
  return field;
}

function button(label: string, press: () => void): HTMLButtonElement {
  const made = make("button", { type: "button" }, label);
  made.addEventListener("click", press);
  return made;
}

function rootPart(): HTMLElement {
  const pinned = YINXIN_PINNED.trustRoot !== "";
  const shown: HTMLElement[] =
    root === null
      ? [make("p", {}, t("root.none"))]
      : [
          make("p", {}, t(pinned ? "root.built_in" : "root.chosen")),
          make("p", {}, `${t("root.digest")}:`),
          make("p", {}, make("code", { id: "root" }, b64urlOf(root.digest))),
          make("p", {}, t("root.witnesses", { count: root.witnesses.length, threshold: root.threshold })),
        ];
  if (rootFault !== null) shown.push(make("p", { role: "alert" }, t("root.wrong", { fault: rootFault })));
  if (!pinned) shown.push(labelled(t("root.choose"), fileField(chooseRoot)));
  return make("section", {}, make("h2", {}, t("root.heading")), ...shown);
}

function sourcePart(): HTMLElement {
  const told: HTMLElement[] =
    snapshot === null
      ? []
      : [
          make(
            "p",
            {},
            t("source.snapshot_read", {
              version: snapshot.seen.version,
              made: local(snapshot.madeAt),
              expires: local(snapshot.expires),
            }),
          ),
        ];
  if (snapshotFault !== null) {
    told.push(make("p", { role: "alert" }, t("source.snapshot_wrong", { fault: snapshotFault })));
  }
  const offline = root === null ? [] : [labelled(t("source.snapshot"), fileField(chooseSnapshot))];
  return make(
    "section",
    {},
    make("h2", {}, t("source.heading")),
    make("h3", {}, t("source.online")),
    labelled(t("source.endpoints"), endpoints),
    labelled(t("source.quorum"), quorum),
    labelled(t("source.service"), service),
    make("h3", {}, t("source.offline")),
    ...offline,
    ...told,
  );
}

function inputPart(): HTMLElement {
  const fromFile = async (file: File) => checkNow(new Uint8Array(await file.arrayBuffer()));
  const press = button(t("input.check"), () => void checkNow(text.value.trim()));
  press.id = "check";
  return make(
    "section",
    {},
    make("h2", {}, t("input.heading")),
    labelled(t("input.text"), text),
    press,
    labelled(t("input.file"), fileField(fromFile)),
  );
}

function showAnswer(): void {
  const inside = found === null ? (said === null ? [] : [make("p", {}, t(said))]) : [answerOf(found, language)];
  answer.replaceChildren(...(inside.length === 0 ? [] : [make("h2", {}, t("answer.heading"))]), ...inside);
}

function show(): void {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  document.title = t("page.title");
  const other = button(t("page.other_language"), () => {
    language = language === "zh" ? "en" : "zh";
    show();
  });
  const head = make("header", {}, make("h1", {}, t("page.title")), other);
  const main = make("main", {}, make("p", {}, t("page.lead")), inputPart(), answer, rootPart(), sourcePart());
  document.body.replaceChildren(head, main);
  showAnswer();
}

endpoints.value = YINXIN_PINNED.endpoints.join("\n");
quorum.value = String(YINXIN_PINNED.quorum);
service.value = YINXIN_PINNED.service;
text.id = "input";
if (YINXIN_PINNED.trustRoot !== "") root = readTrustRoot(new TextEncoder().encode(YINXIN_PINNED.trustRoot));
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  const file = event.dataTransfer?.files[0];
  if (file !== undefined) void file.arrayBuffer().then((data) => checkNow(new Uint8Array(data)));
});
show();
