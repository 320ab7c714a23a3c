/** The form for one bid: what was read out of it, two verdicts with reasons, points by criterion, a remark. */
import { labelled } from "../keys/chooser.ts";
import { fill, h } from "../ui/dom.ts";
import { icon } from "../ui/icons.ts";
import { k, named, pageLanguage } from "../words/keyroom.ts";
import { type Criterion, EMPTY, type Filled, type SheetFault, type Verdict } from "./filling.ts";
import type { RecordedBid, Scene } from "./scene.ts";
import { LONGEST } from "./sheet.ts";
import { bidFacts, bidHeading } from "./view.ts";

const VERDICTS = ["pass", "fail"] as const;

/** One bid's form. */
export class BidForm {
  readonly element: HTMLElement;
  /** Where what was read of the bid is put. */
  readonly documents = h("div");
  private readonly radios = new Map<string, HTMLInputElement[]>();
  private readonly texts = new Map<string, HTMLInputElement | HTMLTextAreaElement>();
  private readonly lines = new Map<string, HTMLElement>();

  /**
   * @param filled what is there already
   * @param changed told at every change
   */
  constructor(
    scene: Scene,
    readonly bid: RecordedBid,
    private readonly criteria: readonly Criterion[],
    filled: Filled = EMPTY,
    changed: () => void = () => undefined,
  ) {
    const id = (field: string): string => `bid-${bid.place}-${field}`;
    const points = h(
      "fieldset",
      { class: "plain stack" },
      h("legend", {}, k("sheet.points")),
      h("p", { class: "soft small" }, k("sheet.pointsSay")),
      ...criteria.map((one) => this.pointsField(id(`points.${one.name}`), one, filled.points[one.name] ?? "")),
      this.line("points", id("points")),
    );
    const remark = this.area("remark", id("remark"), filled.remark);
    this.element = h(
      "section",
      { class: "card stack", id: `bid-${bid.place}`, "aria-labelledby": id("heading") },
      h("h3", { id: id("heading") }, bidHeading(bid)),
      bidFacts(scene, bid),
      this.documents,
      this.verdict("formal", id, filled.formal, filled.formalReason),
      this.verdict("qualification", id, filled.qualification, filled.qualificationReason),
      points,
      h("div", {}, labelled(id("remark"), k("sheet.remark"), remark), this.line("remark", id("remark"))),
    );
    this.element.addEventListener("input", changed);
  }

  /** As it is filled in now. */
  get filled(): Filled {
    const text = (name: string): string => this.texts.get(name)?.value ?? "";
    const verdict = (name: string): Verdict => {
      const value = this.radios.get(name)?.find((one) => one.checked)?.value;
      return value === "pass" || value === "fail" ? value : "";
    };
    return {
      formal: verdict("formal"),
      formalReason: text("formal_reason"),
      qualification: verdict("qualification"),
      qualificationReason: text("qualification_reason"),
      points: Object.fromEntries(this.criteria.map(({ name }) => [name, text(`points.${name}`)] as const)),
      remark: text("remark"),
    };
  }

  /** Says what is wrong at the fields; returns the first one's control. */
  tell(faults: readonly SheetFault[]): HTMLElement | undefined {
    for (const [field, line] of this.lines) {
      const found = faults.find((one) => one.field === field);
      fill(line, found !== undefined && icon("warning"), found !== undefined && this.words(found));
      const controls = [this.texts.get(field), ...(this.radios.get(field) ?? [])];
      for (const control of controls) {
        if (control === undefined) continue;
        if (found === undefined) control.removeAttribute("aria-invalid");
        else control.setAttribute("aria-invalid", "true");
      }
    }
    const [first] = faults;
    if (first === undefined) return undefined;
    return this.texts.get(first.field) ?? this.radios.get(first.field)?.[0] ?? this.texts.values().next().value;
  }

  private words({ field, kind }: SheetFault): string {
    const criterion = this.criteria.find((one) => field === `points.${one.name}`);
    return named("wrong", kind)
      .replace("{weight}", criterion?.weight ?? "")
      .replace("{step}", criterion?.step ?? "");
  }

  private verdict(name: "formal" | "qualification", id: (field: string) => string, said: Verdict, reason: string) {
    const radios = VERDICTS.map((value) =>
      h("input", { type: "radio", name: id(name), id: id(`${name}-${value}`), value, checked: said === value }),
    );
    this.radios.set(name, radios);
    const options = radios.map((radio) => {
      const word = radio.value === "pass" ? k("sheet.pass") : k("sheet.fail");
      return h("label", { class: "tick", for: radio.id }, radio, h("span", {}, word));
    });
    const area = this.area(`${name}_reason`, id(`${name}_reason`), reason);
    return h(
      "fieldset",
      { class: "plain stack" },
      h("legend", {}, name === "formal" ? k("sheet.formal") : k("sheet.qualification")),
      h("div", { class: "ticks two" }, ...options),
      this.line(name, id(name)),
      labelled(id(`${name}_reason`), k("sheet.reason"), area),
      this.line(`${name}_reason`, id(`${name}_reason`)),
    );
  }

  private pointsField(id: string, { name, label, weight, step }: Criterion, value: string): HTMLElement {
    const input = h("input", { class: "input", id, inputmode: "decimal", autocomplete: "off", value });
    this.texts.set(`points.${name}`, input);
    const shown = label[pageLanguage()] || label.zh || label.en;
    const hint = k("sheet.limits", { weight, step });
    return h("div", {}, labelled(id, shown, input, hint), this.line(`points.${name}`, id));
  }

  private area(name: string, id: string, value: string): HTMLTextAreaElement {
    const area = h("textarea", { class: "input", id, rows: 2, maxlength: LONGEST });
    area.value = value;
    this.texts.set(name, area);
    return area;
  }

  private line(field: string, id: string): HTMLElement {
    const line = h("p", { class: "fault-line", id: `${id}-fault` });
    this.lines.set(field, line);
    return line;
  }
}
