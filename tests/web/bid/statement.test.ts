import assert from "node:assert/strict";
import { test } from "node:test";
import { p256 } from "@noble/curves/nist.js";
import { readHeld } from "../../../web/bid/shown.ts";
import { type DeviceKey, type Papers, type Place, signerOf, state } from "../../../web/bid/statement.ts";
import { padLeft, sha256, unb64url, unhex, utf8 } from "../../../web/verify/bytes.ts";
import { canonical, type JsonObject } from "../../../web/verify/canonical.ts";
import { verifyEs256 } from "../../../web/verify/es256.ts";
import { vector } from "../support/files.ts";

type Whole = { text: string; signedDigest: string };
type Vectors = {
  devicePrivateKeys: number[];
  agentPrivateKey: number;
  mandate: { text: string };
  alone: Whole;
  byAgent: Whole;
};
const vectors = vector<Vectors>("bidding");
type Party = { licence: string; binding: string; signature: string };

function keyOf(number: number): DeviceKey {
  const secret = padLeft(unhex(number.toString(16).padStart(64, "0")), 32);
  return {
    publicKey: p256.getPublicKey(secret, true),
    sign: async (data) => p256.sign(sha256(data), secret, { prehash: false, lowS: false }),
  };
}

function taken({ text }: Whole, mandate: string | null): { place: Place; papers: Papers } {
  const { place, parties } = JSON.parse(text) as { place: Place; parties: Party[] };
  const [party] = parties;
  if (party === undefined) throw new Error("no party");
  const papers = {
    licence: readHeld(utf8(party.licence)),
    binding: utf8(party.binding),
    mandate: mandate === null ? null : utf8(mandate),
  };
  return { place, papers };
}

for (const [name, number, mandate] of [
  ["alone", vectors.devicePrivateKeys[0] ?? 0, null],
  ["byAgent", vectors.agentPrivateKey, vectors.mandate.text],
] as const) {
  test(`a statement ${name} is Python's but for its signature, and that checks`, async () => {
    const whole = vectors[name];
    const { place, papers } = taken(whole, mandate);
    const key = keyOf(number);
    const made = await state(place, papers, key);
    const [party] = made.parties as unknown as Party[];
    const unsigned = (value: JsonObject) => canonical(value).replace(/"signature":"[^"]{86}"/, "");
    assert.equal(unsigned(made), unsigned(JSON.parse(whole.text) as JsonObject));
    assert.ok(
      verifyEs256(key.publicKey, unb64url(whole.signedDigest, "digest"), unb64url(party?.signature, "signature")),
    );
  });
}

test("papers that do not belong together are refused before anything is signed", async () => {
  const { place, papers } = taken(vectors.byAgent, vectors.mandate.text);
  assert.throws(() => signerOf(papers, { ...place, tender: place.tender + 1 }), { code: "statement.mandate" });
  const other = utf8(new TextDecoder().decode(papers.binding).replace(/"certificate":"./, '"certificate":"_'));
  assert.throws(() => signerOf({ ...papers, binding: other }, place), { code: "statement.binding" });
  await assert.rejects(state(place, papers, keyOf(vectors.devicePrivateKeys[0] ?? 0)), { code: "statement.key" });
});
