/** What is wrong with a figure of the opening form: the rules of chain/tenders/notice/form.py. Amounts are exact texts. */
import { InvalidInput } from "../verify/errors.ts";
import type { FormField } from "./notice.ts";

/** `form`: not of its kind; `least`, `most`: out of its bounds; `missing`: nothing, though it is required. */
export type FigureFault = "form" | "least" | "most" | "missing";

const FORMS = {
  money: /^(0|[1-9][0-9]{0,14})\.[0-9]{2}$/,
  number: /^(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?$/,
  integer: /^(0|[1-9][0-9]{0,14})$/,
  days: /^(0|[1-9][0-9]{0,14})$/,
} as const;
const LONGEST = 1000;

/** Null if the value will do; an empty one does where it is not required. */
export function faultOf(field: FormField, value: string): FigureFault | null {
  if (value === "") return field.required ? "missing" : null;
  if (field.kind === "choice") return field.choices.some((one) => one.value === value) ? null : "form";
  const size = sizeOf(field.kind, value);
  if (size === null) return "form";
  if (field.least !== null && order(size, field.least) < 0) return "least";
  if (field.most !== null && order(size, field.most) > 0) return "most";
  return null;
}

function sizeOf(kind: Exclude<FormField["kind"], "choice">, value: string): string | null {
  if (kind !== "text") return FORMS[kind].test(value) ? value : null;
  const length = [...value].length;
  return length <= LONGEST && value.trim() !== "" ? String(length) : null;
}

/** Order of two exact decimals: negative, 0 or positive. Throws InvalidInput for anything else. */
export function order(left: string, right: string): number {
  const [a, b] = [scaled(left), scaled(right)];
  return a < b ? -1 : a > b ? 1 : 0;
}

function scaled(text: string): bigint {
  if (!/^-?[0-9]+(\.[0-9]+)?$/.test(text))
    throw new InvalidInput("bounds and ceilings are exact decimals", "notice.form");
  const [whole = "0", fraction = ""] = text.replace("-", "").split(".");
  const value = BigInt(whole + fraction.padEnd(20, "0").slice(0, 20));
  return text.startsWith("-") ? -value : value;
}
