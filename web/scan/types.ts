/**
 * What bureaus' own types call their fields, on this device: proven by the ledger while it answers, and from then on
 * remembered, so that a certificate can be read without a connection, too. Names and labels are public.
 */
import {
  type AnchorFacts,
  type ProvenType,
  provenTypes,
  type TrustSource,
  type TypeIndex,
  type TypeLabels,
  type TypeSource,
  Unavailable,
  versionAt,
} from "../verify/index.ts";
import * as storage from "./storage.ts";

/** The types this device has learned. */
export class LearnedTypes implements TypeSource {
  constructor(private readonly index: TypeIndex) {}

  async labels(uscc: string, code: string, anchor: AnchorFacts | null, trust: TrustSource): Promise<TypeLabels | null> {
    const block = anchor?.block.number ?? null;
    return versionAt(await this.known(uscc, code, trust), block);
  }

  private async known(uscc: string, code: string, trust: TrustSource): Promise<readonly ProvenType[]> {
    const place = `type ${uscc} ${code}`;
    try {
      const found = await provenTypes(uscc, code, trust, this.index);
      if (found.length > 0) await kept(storage.set("public", place, found));
      return found;
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      return (await kept(storage.get<readonly ProvenType[]>("public", place))) ?? [];
    }
  }
}

/** Labels are not worth a check: a device that keeps nothing does without. */
async function kept<T>(done: Promise<T>): Promise<T | undefined> {
  return done.catch(() => undefined);
}
