/** Steps: rehearse, seal, submit; then replace or withdraw. */

import type { Job } from "../seal/job.ts";
import { Pacer } from "../seal/pace.ts";
import { announce } from "../ui/announce.ts";
import { fill, h } from "../ui/dom.ts";
import { bytes } from "../ui/sizes.ts";
import { canonical, isList, isObject } from "../verify/canonical.ts";
import { type Lack, lacks } from "./completeness.ts";
import { probe } from "./custodian.ts";
import { type Attached, type Judge, unjudged } from "./filling.ts";
import { action, note, progress, type Step, save, step } from "./parts.ts";
import type { Room } from "./room.ts";
import { moment, said, t } from "./words.ts";

/** One line of a rehearsal. */
interface Trial {
  readonly good: boolean;
  /** It need not be good: something else stands in for it, or it could not be told. */
  readonly spare?: boolean;
  readonly words: string;
}

/** The step of rehearsing: tries what can be tried here, and sends nothing of the bid. */
export function rehearsal(room: Room, place: number, attached: Attached, judge: Judge): Step {
  const made = step("rehearse", place, t("rehearse.title"), t("rehearse.hint"));
  const list = h("ul", { class: "stack", id: "trials" });
  const content = (): readonly unknown[] => {
    const { forms, certificates, guarantee, statement } = room.kept;
    return [forms, certificates, guarantee, statement, ...attached.values()];
  };
  let seen: readonly unknown[] | null = null;
  const run = async (): Promise<void> => {
    const now = content();
    const trials = await tried(room, attached, judge);
    const good = trials.every((one) => one.good);
    made.stand(good ? "done" : "wrong", t(good ? "rehearse.good" : "rehearse.bad"));
    announce(t(good ? "rehearse.good" : "rehearse.bad"));
    seen = now;
    fill(
      list,
      ...trials.map(({ good: fine, spare, words }) =>
        h("li", { "data-good": String(fine) }, `${fine ? (spare ? "–" : "✓") : "✗"} ${words}`),
      ),
    );
  };
  fill(made.body, action("rehearse.run", "run-rehearsal", run), list);
  made.stand("open", t("state.open"));
  made.element.addEventListener("look", () => {
    const now = content();
    if (seen === null || (now.length === seen.length && now.every((one, at) => one === seen?.[at]))) return;
    seen = null; // of what was changed since, nothing was tried
    fill(list);
    made.stand("open", t("state.open"));
  });
  return made;
}

async function tried(room: Room, attached: Attached, judge: Judge): Promise<Trial[]> {
  const { notice, lot } = room.setting;
  const { facts, entry } = await room.look();
  const { statement, place } = room.kept;
  const skew = Math.abs(Date.now() / 1000 - facts.block.time);
  const custodians = await Promise.all(
    notice.custodians.map(async (one) => ({ one, speed: await probe(one, place.tender) })),
  );
  const reached = custodians.filter(({ speed }) => speed !== null);
  return [
    { good: facts.bidding, words: t(facts.bidding ? "head.open" : "head.closed") },
    { good: skew < 120, words: t("rehearse.clock", { seconds: Math.round(skew) }) },
    { good: true, words: t(entry.live ? "rehearse.replaces" : "rehearse.first", { version: entry.version + 1, lot }) },
    { good: statement !== null, words: t(statement === null ? "fault.bidroom.statement" : "company.signed") },
    ...lacking(lacks(room, attached)),
    ...(await documentsTried(room, attached)),
    ...(await certificatesTried(room, judge)),
    ...custodians.map(({ one, speed }) => ({
      good: speed !== null || reached.length > 0,
      spare: speed === null,
      words:
        speed === null
          ? t("rehearse.silent", { name: one.name })
          : t("rehearse.custodian", { name: one.name, speed: bytes(speed) }),
    })),
  ];
}

function lacking(found: readonly Lack[]): Trial[] {
  if (found.length === 0) return [{ good: true, words: t("rehearse.complete") }];
  return found.map((lack) => ({ good: false, words: lackWords(lack) }));
}

function lackWords(lack: Lack): string {
  if (lack.kind === "form") return t("rehearse.form", { number: lack.envelope, count: lack.count });
  if (lack.kind === "documents") return t("rehearse.name", { number: lack.envelope, name: lack.name });
  if (lack.kind === "ceiling") return t("rehearse.ceiling", { ceiling: lack.ceiling });
  const name = lack.kind === "guarantee" ? t("certificates.guarantee") : said(lack.label);
  return t("rehearse.certificate", { name });
}

/** Is each document there, and can it be read? None is no fault, but is told. */
async function documentsTried({ setting }: Room, attached: Attached): Promise<Trial[]> {
  const trials = setting.notice.envelopes.map(async ({ number }): Promise<Trial[]> => {
    const files = attached.get(number) ?? [];
    if (files.length === 0) return [{ good: true, spare: true, words: t("rehearse.none", { number }) }];
    const read = await Promise.all(
      files.map(async (file): Promise<Trial> => {
        const good = await file
          .slice(0, 1)
          .arrayBuffer()
          .then(() => true)
          .catch(() => false);
        const words = good ? `${file.name} · ${bytes(file.size)}` : t("rehearse.unreadable", { name: file.name });
        return { good, words: t("rehearse.document", { number, document: words }) };
      }),
    );
    return read;
  });
  return (await Promise.all(trials)).flat();
}

/** Each certificate is checked again, as it will be shown; the licence of the statement too. */
async function certificatesTried({ kept }: Room, judge: Judge): Promise<Trial[]> {
  const party = isList(kept.statement?.parties) ? kept.statement.parties[0] : null;
  const licence = isObject(party) ? [{ name: t("company.licence"), text: String(party.licence) }] : [];
  const shown = [...licence, ...kept.certificates, ...(kept.guarantee === null ? [] : [kept.guarantee])];
  return Promise.all(
    shown.map(async ({ name, text }) => {
      const { good, unsure, words } = await judge(text).catch(unjudged);
      return { good: good || unsure, spare: unsure, words: `${name} · ${words}` };
    }),
  );
}

/** The step of sealing. */
export function sealing(room: Room, place: number, attached: Attached, changed: () => void): Step {
  const made = step("seal", place, t("seal.title"), t("seal.hint"));
  const bar = progress(t("seal.title"));
  let job: Job | undefined;
  let at = { done: bytes(0), all: bytes(0) };
  const told =
    (key: "seal.digests" | "seal.running" | "seal.checking") =>
    (done: number, all: number, pace: { speed: number; left: number | null }) => {
      const { left, end } = until(pace.left);
      at = { done: bytes(done), all: bytes(all) };
      bar.show(done, all, t(key, { ...at, speed: bytes(pace.speed), left, end }));
    };
  const go = async (anew: boolean): Promise<void> => {
    hold(true);
    try {
      if (anew) await room.plan(attached, told("seal.digests"));
      changed();
      const whole = await room.seal(
        attached,
        (begun) => {
          job = begun;
          pause.hidden = false; // before there is a job nothing could be paused
        },
        told("seal.running"),
        told("seal.checking"),
        (...figures) => {
          pause.hidden = true; // the job before has ended, the next one shows it again
          told("seal.digests")(...figures);
        },
      );
      if (whole) bar.hide();
      else bar.say(t("seal.stopped", at));
      announce(t(whole ? "seal.done" : "seal.paused"));
    } finally {
      hold(false);
      pause.hidden = true;
      job = undefined;
      changed();
    }
  };
  /** While one works, neither may be pressed. */
  const hold = (on: boolean): void => {
    for (const one of made.body.querySelectorAll("#run-seal, #seal-further")) {
      if (on) one.setAttribute("aria-disabled", "true");
      else one.removeAttribute("aria-disabled");
    }
  };
  const pause = h(
    "button",
    { class: "button", type: "button", id: "pause", hidden: true, onclick: () => job?.stop() },
    t("seal.pause"),
  );
  const fresh = action("seal.run", "run-seal", () => go(true));
  const further = action("seal.further", "seal-further", () => go(false));
  fill(made.body, fresh, further, pause, bar.element);
  const show = (): void => {
    const { version } = room.kept;
    const begun = version !== null && version.block === null;
    const whole = begun && version.envelopes.every(({ digest }) => digest !== null);
    further.hidden = !begun || whole || job !== undefined;
    if (begun && version.outdated === true) made.stand("wrong", t("seal.outdated", { version: version.version }));
    else if (whole) made.stand("done", t("seal.whole", { version: version.version }));
    else made.stand("open", begun ? t("seal.begun") : t("state.open"));
  };
  made.element.addEventListener("look", show);
  show();
  return made;
}

/** Seconds that are left, and the time of day at which they are over, in words. */
function until(left: number | null): { left: string | number; end: string } {
  if (left === null) return { left: "–", end: "–" };
  const end = new Date(Date.now() + left * 1000).toLocaleTimeString(document.documentElement.lang);
  return { left: Math.ceil(left), end };
}

/** The step of submitting, and what may be done afterwards. */
export function submission(room: Room, place: number, changed: () => void): Step {
  const made = step("submit", place, t("submit.title"), t("submit.hint"));
  const bar = progress(t("submit.title"));
  const outcome = h("div", { class: "stack" });
  const submit = async (): Promise<void> => {
    try {
      let paced = { name: "", done: 0, pacer: new Pacer(0) };
      await room.submit((name, done, all) => {
        const another = name !== paced.name || done < paced.done; // the next custodian, or the next file
        paced = { name, done, pacer: another ? new Pacer(all) : paced.pacer };
        const { speed, left } = paced.pacer.tell(done, performance.now());
        const values = { name, done: bytes(done), all: bytes(all), speed: bytes(speed), ...until(left) };
        bar.show(done, all, done < all ? t("submit.running", values) : t("submit.waiting", { name }));
      });
      announce(t("submit.done"));
    } finally {
      bar.hide();
      changed();
      await show();
    }
  };
  const show = async (): Promise<void> => {
    const { facts, entry } = await room.look();
    const { version } = room.kept;
    const block = version?.block ?? null;
    const state = entry.live
      ? t("submit.live", { version: entry.version })
      : entry.version > 0
        ? t("submit.withdrawn")
        : t("state.open");
    made.stand(entry.live ? "done" : "open", state);
    fill(
      outcome,
      entry.live
        ? note(
            "good",
            h("strong", { id: "accepted" }, t("submit.live", { version: entry.version })),
            block === null ? null : ` ${t("submit.block", { block })}`,
          )
        : null,
      entry.live && facts.bidding ? note("", t("submit.replace")) : null,
      block === null && version?.outdated === true ? note("care", t("submit.outdated")) : null,
      version?.outdated !== true && room.mayStillCome()
        ? note("", h("span", { id: "begun" }, t("submit.begun")))
        : null,
      !entry.live && entry.version > 0 && facts.bidding ? note("", t("submit.again")) : null,
      room.act() === null
        ? null
        : h(
            "button",
            { class: "button", type: "button", id: "save-act", onclick: () => saveAct(room) },
            t("submit.act"),
          ),
      h("p", { class: "soft small" }, t("submit.commands")),
      entry.live && facts.bidding ? withdrawing() : null,
      h("p", { class: "tiny soft" }, `${t("head.block")} ${facts.block.number} · ${moment(facts.block.time)}`),
    );
  };
  const withdrawing = (): HTMLElement => {
    const sure = h("input", { type: "checkbox", id: "sure" });
    const withdraw = async (): Promise<void> => {
      if (!sure.checked) return;
      await room.withdraw();
      announce(t("submit.withdrawn"));
      await show();
      changed();
    };
    const label = h("label", { for: "sure", class: "row" }, sure, t("withdraw.sure"));
    return h(
      "details",
      {},
      h("summary", {}, t("withdraw.title")),
      h(
        "div",
        { class: "stack" },
        h("p", {}, t("withdraw.hint")),
        label,
        action("withdraw.run", "withdraw", withdraw, "danger"),
      ),
    );
  };
  fill(made.body, action("submit.run", "run-submit", submit, "primary"), bar.element, outcome);
  made.stand("open", t("state.open"));
  show().catch(() => made.stand("open", t("fault.ledger")));
  return made;
}

function saveAct(room: Room): void {
  const act = room.act();
  if (act === null) return;
  const { tender, lot } = room.kept.place;
  save(`bid-${tender}-${lot}-act.json`, canonical(act), "application/json");
}
