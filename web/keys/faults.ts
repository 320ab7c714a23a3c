/** What went wrong, in the reader's words. */
import { Refusal } from "../ui/service.ts";
import { YinxinError } from "../verify/errors.ts";
import { k, named } from "../words/keyroom.ts";

/** A fault whose message is said as it stands. */
export class Said extends YinxinError {
  constructor(message: string) {
    super(message, "said");
  }
}

/** Stable name of a fault. */
export function codeOf(error: unknown): string {
  if (error instanceof Refusal) return error.problem.code;
  if (error instanceof YinxinError) return error.code;
  return error instanceof TypeError || error instanceof DOMException ? "service.silent" : "unknown";
}

/** What a fault says to the reader. */
export function faultWords(error: unknown): string {
  if (error instanceof Said) return error.message;
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  const known = named("fault", code);
  if (known !== code) return known.replace("{message}", message);
  // The service answers a page in the page's language.
  const fix = error instanceof Refusal ? (error.problem.fix ?? "") : "";
  return `${k("fault.other", { message, code })}${fix === "" ? "" : ` – ${fix}`}`;
}
