/** The button "check on this device" on a tender's audit page: a worker recomputes the tender, and the page shows what it found. */
import { pinnedRoot } from "../keys/pinned.ts";
import { get } from "../scan/storage.ts";
import { announce } from "../ui/announce.ts";
import { byId, fill, h } from "../ui/dom.ts";
import { dataOf, Refusal } from "../ui/service.ts";
import { scriptAddress } from "../ui/trusted.ts";
import { hex0x } from "../verify/bytes.ts";
import { YinxinError } from "../verify/errors.ts";
import type { Asked, Done, Got, Said, Told, Wanted } from "./messages.ts";
import { note, shown, verdictWords } from "./view.ts";
import { faultWords, t } from "./words.ts";

/** In the page's `#data`. */
interface Given {
  readonly tender: number;
  readonly worker: string;
  /** Endpoints of the ledger that the reader named beside the service's own. */
  readonly endpoints: readonly string[];
}

const PATIENCE = 30_000; // milliseconds for one request
const given = dataOf<Given>();
const place = byId("own-audit");
const outcome = h("div", { class: "stack", id: "own-outcome" });
const line = h("p", { class: "small", id: "own-progress" });
const bar = h("progress", { class: "wide", "aria-label": t("run.button") });
const doing = h("div", { class: "stack-tight", hidden: true }, bar, line);
const button = h("button", { class: "button primary", type: "button", id: "own-run", onclick: run }, t("run.button"));
const stop = h("button", { class: "button", type: "button", id: "own-stop", hidden: true }, t("run.stop"));

fill(place, h("div", { class: "row" }, button, stop), doing, outcome);

async function run(): Promise<void> {
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  fill(outcome);
  line.textContent = t("run.started");
  doing.hidden = false;
  announce(t("run.started"));
  try {
    const { root, fresh } = await pinnedRoot();
    const bytes = await get<Uint8Array>("public", "trust-root");
    if (bytes === undefined) throw new YinxinError("the trust root is not kept", "audit.failed");
    const { origin } = location;
    const endpoints = [`${origin}/v1/ledger-calls`, ...given.endpoints];
    const done = await audited({ tender: given.tender, origin, endpoints, root: bytes });
    if (done === null) fill(outcome, h("p", {}, t("run.stopped")));
    else fill(outcome, ...shown(given.tender, done, { endpoints, root: hex0x(root.digest), fresh }));
    announce(done === null ? t("run.stopped") : verdictWords(done));
  } catch (error) {
    const fault = faultOf(error);
    const heading = t(fault.code === "rpc.disagree" ? "fault.contradiction" : "fault.heading");
    const words = faultWords(fault);
    fill(outcome, h("div", { id: "own-fault" }, note("bad", h("strong", {}, heading), h("p", {}, words))));
    announce(`${heading}: ${words}`, true);
  } finally {
    doing.hidden = true;
    stop.hidden = true;
    button.textContent = t("run.again");
    button.removeAttribute("aria-disabled");
  }
}

/** What a worker of its own finds; null if the reader stopped it. Rejects with a YinxinError. */
function audited(asked: Asked): Promise<Done | null> {
  const worker = new Worker(scriptAddress(given.worker), { type: "module", name: "audit" });
  return new Promise<Done | null>((resolve, reject) => {
    stop.hidden = false;
    stop.onclick = () => resolve(null);
    worker.onerror = () => reject(new YinxinError("the worker broke off", "audit.failed"));
    worker.onmessage = ({ data }: MessageEvent<Said>) => {
      if (data.kind === "wanted") {
        const answer = (got: Got): void => worker.postMessage(got, got.data === null ? [] : [got.data]);
        void fetched(data).then(answer);
      } else if (data.kind === "done") resolve(data);
      else if (data.kind === "failed") reject(new YinxinError(data.message, data.code));
      else line.replaceChildren(`${t("run.looking", { count: data.looks })} `, h("span", { lang: "en" }, data.subject));
    };
    worker.postMessage({ kind: "audit", ...asked } satisfies Told);
  }).finally(() => worker.terminate());
}

/** One request for the worker: no cookies, no redirects, no referrer. */
async function fetched({ id, address, body }: Wanted): Promise<Got> {
  try {
    const reply = await fetch(address, {
      ...(body === null ? {} : { method: "POST", body, headers: { "Content-Type": "application/json" } }),
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(PATIENCE),
    });
    return { kind: "got", id, status: reply.status, data: await reply.arrayBuffer() };
  } catch {
    return { kind: "got", id, status: 0, data: null };
  }
}

function faultOf(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof YinxinError) return { code: error.code, message: error.message };
  const unanswered = error instanceof Refusal || error instanceof TypeError;
  return { code: unanswered ? "audit.service" : "audit.failed", message: String(error) };
}
