/** Steps: what goes into each envelope, figures and documents; and which certificates are shown. */

import { readManifest } from "../seal/manifest.ts";
import { fill, h } from "../ui/dom.ts";
import { bytes } from "../ui/sizes.ts";
import { unb64url } from "../verify/bytes.ts";
import { InvalidInput } from "../verify/errors.ts";
import { certificates as missing, wrongFigures } from "./completeness.ts";
import { faultOf } from "./figures.ts";
import type { Envelope, FormField, Rule } from "./notice.ts";
import { field, fileInput, note, type Step, step, tell } from "./parts.ts";
import type { KeptCertificate, Room } from "./room.ts";
import { NAME, presentFor, presentGuarantee, readHeld } from "./shown.ts";
import { faultWords, said, t } from "./words.ts";

/** Documents that are attached, by envelope. They lie where they lie; the room keeps nothing of them. */
export type Attached = Map<number, File[]>;

/** The step of an envelope. */
export function envelope(room: Room, one: Envelope, place: number, attached: Attached, changed: () => void): Step {
  const two = room.setting.notice.envelopes.length > 1;
  const title = two ? t(one.number === 1 ? "envelope.first" : "envelope.second") : t("envelope.only");
  const made = step(`envelope-${one.number}`, place, title, t("envelope.hint"));
  const show = (): void => {
    const count = wrongFigures(room, one).length;
    made.stand(count === 0 ? "done" : "open", count === 0 ? t("state.done") : t("envelope.lacks", { count }));
    changed();
  };
  fill(
    made.body,
    ...one.form.map((figure) => control(room, one, figure, show)),
    documents(room, one, attached, changed),
  );
  show();
  return made;
}

function control(room: Room, { number }: Envelope, figure: FormField, show: () => void): HTMLElement {
  const id = `figure-${number}-${figure.name}`;
  const value = room.kept.forms[number]?.[figure.name] ?? "";
  const input =
    figure.kind === "choice"
      ? h(
          "select",
          { class: "input" },
          h("option", { value: "" }, t("form.choose")),
          ...figure.choices.map((one) =>
            h("option", { value: one.value, selected: one.value === value }, said(one.label)),
          ),
        )
      : h("input", {
          class: "input",
          value,
          autocomplete: "off",
          inputmode: figure.kind === "text" ? "text" : "decimal",
        });
  input.addEventListener("input", async () => {
    const forms = { ...room.kept.forms, [number]: { ...room.kept.forms[number], [figure.name]: input.value.trim() } };
    await room.keep({ forms });
    show();
  });
  input.addEventListener("change", () => {
    const wrong = faultOf(figure, input.value.trim());
    tell(id, wrong === null ? null : t(`form.${wrong}`, { least: figure.least ?? "", most: figure.most ?? "" }));
  });
  const unit = figure.unit === "" ? "" : ` (${figure.unit})`;
  const label = `${said(figure.label)}${unit}${figure.required ? "" : ` · ${t("form.optional")}`}`;
  return field(id, label, input, figure.kind === "money" ? t("form.money") : "");
}

function documents(room: Room, { number }: Envelope, attached: Attached, changed: () => void): HTMLElement {
  const input = fileInput(true);
  const list = h("ul", { class: "stack", id: `documents-${number}-list` });
  const show = (): void => {
    const files = attached.get(number) ?? [];
    const planned =
      room.kept.version?.block === null ? room.kept.version.envelopes.find((one) => one.number === number) : undefined;
    const wanted =
      planned === undefined || planned.digest !== null
        ? []
        : readManifest(unb64url(planned.manifest, "manifest")).documents;
    fill(
      list,
      ...files.map(({ name, size }) => h("li", {}, `${name} · ${bytes(size)}`)),
      files.length === 0 && wanted.length > 0
        ? h("li", {}, note("care", t("documents.again", { names: wanted.map(({ name }) => name).join("、") })))
        : null,
    );
  };
  input.addEventListener("change", async () => {
    attached.set(number, [...(input.files ?? [])]);
    await room.documentsChanged(number);
    show();
    changed();
  });
  show();
  return h(
    "div",
    { class: "stack" },
    field(`documents-${number}`, t("documents.title"), input, t("documents.hint")),
    list,
  );
}

/** What one's own check of a certificate gave; `unsure` if it could not be told, which is not good, but no fault either. */
export interface Judged {
  readonly good: boolean;
  readonly unsure: boolean;
  readonly words: string;
}

/** Checks a certificate in this browser. */
export type Judge = (text: string) => Promise<Judged>;

/** Nothing was learnt. */
export function unjudged(error: unknown): Judged {
  return { good: false, unsure: true, words: faultWords(error) };
}

/** The step of certificates: ticked, not uploaded. One that is not in force stands against the step. */
export function certificates(room: Room, place: number, judge: Judge, changed: () => void): Step {
  const { rules, guarantee } = room.setting.notice;
  const made = step("certificates", place, t("certificates.title"), t("certificates.hint"));
  const bad = new Set<string>();
  const show = (id = "", judged: Judged | null = null): void => {
    if (judged?.good === true) bad.delete(id);
    else if (judged !== null) bad.add(id);
    const count = missing(room).length;
    if (bad.size > 0) made.stand("wrong", t("certificates.bad", { count: bad.size }));
    else if (count > 0) made.stand("open", t("certificates.lacks", { count }));
    else made.stand("done", t("state.done"));
    changed();
  };
  const kinds: (Rule | null)[] = [...rules, ...(guarantee ? [null] : [])];
  fill(made.body, ...kinds.map((rule) => certificate(room, rule, judge, show)));
  if (kinds.length === 0) fill(made.body, h("p", { class: "soft" }, t("certificates.none")));
  show();
  return made;
}

function certificate(
  room: Room,
  rule: Rule | null,
  judge: Judge,
  show: (id?: string, judged?: Judged | null) => void,
): HTMLElement {
  const id = `certificate-${rule?.name ?? "guarantee"}`;
  const input = fileInput(false);
  const told = h("div", { id: `${id}-told` });
  const kept = (): KeptCertificate | null =>
    rule === null ? room.kept.guarantee : (room.kept.certificates.find((one) => one.rule === rule.name) ?? null);
  const tellKept = (): void => {
    const held = kept();
    fill(told, held === null ? null : note("good", t("certificates.kept", { name: held.name })));
  };
  let turn = 0;
  input.addEventListener("change", async () => {
    const [file] = input.files ?? [];
    if (file === undefined) return;
    const mine = ++turn; // what is learnt of a file says nothing of the one that was chosen after it
    tell(id, null);
    try {
      const data = new Uint8Array(await file.arrayBuffer());
      if (mine !== turn) return;
      const held = readHeld(data);
      const text = rule === null ? presentGuarantee(held) : presentFor(held, rule);
      const name = String(held.fields.get(NAME) ?? file.name);
      const one: KeptCertificate = { rule: rule?.name ?? "", name, text };
      if (rule === null) await room.keep({ guarantee: one });
      else
        await room.keep({ certificates: [...room.kept.certificates.filter((other) => other.rule !== rule.name), one] });
      tellKept();
      const judged = await judge(new TextDecoder().decode(data)).catch(unjudged);
      if (kept() !== one) return; // of what is kept it counts, though another file was chosen meanwhile that would not do
      told.append(h("p", { class: "small", id: `${id}-verdict` }, judged.words));
      show(id, judged);
    } catch (error) {
      if (mine !== turn) return;
      tell(
        id,
        error instanceof InvalidInput && error.code === "bidding.certificate"
          ? t("certificates.other")
          : faultWords(error),
      );
    }
    show();
  });
  tellKept();
  const label =
    rule === null
      ? t("certificates.guarantee")
      : `${said(rule.label)}${rule.required ? "" : ` · ${t("form.optional")}`}`;
  return h("div", { class: "stack" }, field(id, label, input), told);
}
