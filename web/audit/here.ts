/** Which rules the browser looks at: what the page says of it, and what tests hold to Python. */
import type { Rule } from "./report.ts";

/** The rules that are looked at here, whole, or as far as {@link PARTLY} says. */
export const HERE: readonly Rule[] = [
  "A301",
  "A302",
  "A303",
  "A401",
  "A402",
  "A403",
  "A404",
  "A405",
  "A406",
  "A503",
  "A601",
  "A602",
  "A603",
  "A604",
  "A605",
  "A701",
  "A702",
  "A703",
  "A704",
  "A901",
  "A902",
  "A903",
  "A904",
  "A905",
  "A906",
  "A907",
  "A908",
  "A909",
  "A1303",
  "A1305",
];

/** Rules of which a part is left to the command. */
export const PARTLY: readonly Rule[] = ["A401", "A402", "A503"];
