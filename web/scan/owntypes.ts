/**
 * The types that bureaus of this service defined themselves, for whoever asks a holder for their fields. What the service
 * says here is only what to ask for: what a holder then shows is named by proven definitions alone (types.ts).
 */
import { fromUtf8 } from "../verify/bytes.ts";
import { request } from "../verify/http.ts";
import type { Label, TypeLabels } from "../verify/index.ts";
import * as storage from "./storage.ts";

/** One of them, and whose it is. */
export interface OwnType extends TypeLabels {
  /** Tells it from a type of the same code: a next version of one that this release knows, or another bureau's. */
  readonly key: string;
  /** Name of the bureau, or its code where the registry has none. */
  readonly bureau: string;
}

const PATIENCE = 10_000;
const LARGEST = 8 * 2 ** 20;
const PLACE = "own-types";

/** Those that the service knows now; without an answer those it knew last time; none if there was none. Never fails. */
export async function ownTypes(): Promise<readonly OwnType[]> {
  try {
    const asked = { method: "GET", timeout: PATIENCE, limit: LARGEST } as const;
    const { status, data } = await request(`${location.origin}/v1/own-types`, asked);
    if (status !== 200) throw new Error(`the service answered ${status}`);
    const found = typesOf(JSON.parse(fromUtf8(data) ?? ""));
    await storage.set("public", PLACE, found).catch(() => undefined);
    return found;
  } catch {
    return (await storage.get<readonly OwnType[]>("public", PLACE).catch(() => undefined)) ?? [];
  }
}

interface Answer {
  readonly items: readonly (Label & {
    readonly bureau: string;
    readonly bureauName: string | null;
    readonly code: string;
    readonly fields: readonly Label[];
    readonly answers: readonly Label[];
  })[];
}

function typesOf(answer: Answer): readonly OwnType[] {
  return answer.items.map(({ bureau, bureauName, code, zh, en, fields, answers }) => ({
    key: `${code} ${bureau}`,
    bureau: bureauName ?? bureau,
    code,
    zh,
    en,
    fields: fields.map(labelled),
    derived: answers.map(labelled),
  }));
}

function labelled({ name, zh, en }: Label): Label {
  return { name: String(name), zh: String(zh), en: String(en) };
}
