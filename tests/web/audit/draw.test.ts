import assert from "node:assert/strict";
import { test } from "node:test";
import {
  drawExperts,
  drawOrder,
  drawPoint,
  Numbers,
  readSeats,
  readTie,
  seedOf,
} from "../../../web/audit/committee/draw.ts";
import { readExpert, readPool } from "../../../web/audit/committee/pool.ts";
import { isSigned } from "../../../web/bid/published.ts";
import { type DrawKind, drawMessage } from "../../../web/holding/messages.ts";
import { hex0x, sha256, unb64url, unhex0x, utf8 } from "../../../web/verify/bytes.ts";
import type { Json } from "../../../web/verify/canonical.ts";
import { InvalidInput } from "../../../web/verify/errors.ts";
import { vector } from "../support/files.ts";

interface Signed {
  readonly paper: string;
  readonly counter: number;
  readonly subject: string;
  readonly message: string;
  readonly signature: string;
  readonly seed: string;
}

interface Vectors {
  readonly genesis: string;
  readonly book: string;
  readonly tender: number;
  readonly lot: number;
  readonly publicKey: string;
  readonly experts: readonly Json[];
  readonly leaves: readonly string[];
  readonly pool: string;
  readonly poolDigest: string;
  readonly stream: { readonly seed: string; readonly below: readonly { limit: string; number: string }[] };
  readonly draw: Signed & { readonly seats: readonly number[] };
  readonly replaced: Signed & { readonly seats: readonly number[] };
  readonly tie: Signed & { readonly order: readonly number[] };
  readonly float: Signed & { readonly floats: readonly string[]; readonly point: string };
}

const given = vector<Vectors>("draw");
const pool = readPool(utf8(given.pool));
const bytes = (text: string): Uint8Array => unhex0x(text, "bytes");

/** The seed of something signed, once its message and signature are right. */
function seedIn(kind: DrawKind, { counter, subject, message, signature, seed }: Signed): Uint8Array {
  const place = { genesis: bytes(given.genesis), book: bytes(given.book), tender: given.tender, lot: given.lot };
  const made = drawMessage(kind, place, counter, bytes(subject));
  assert.equal(hex0x(made), message);
  assert.ok(isSigned(bytes(signature), made, bytes(given.publicKey)));
  const found = seedOf(bytes(signature));
  assert.equal(hex0x(found), seed);
  return found;
}

test("a pool's lines are those of its experts, and its paper has its digest", () => {
  assert.equal(pool.digest, given.poolDigest);
  const leaves = given.experts.map((one) => hex0x(unb64url(readExpert(one).leaf, "leaf")));
  assert.deepEqual(leaves, given.leaves);
  const swapped = given.pool.replace('"specialty":"A08"', '"specialty":" A08"');
  assert.throws(() => readPool(utf8(swapped)), InvalidInput);
});

test("numbers below a limit come without bias, and skip what would bend them", () => {
  const numbers = new Numbers(bytes(given.stream.seed));
  for (const { limit, number } of given.stream.below) assert.equal(String(numbers.wide(BigInt(limit))), number);
});

for (const name of ["draw", "replaced"] as const) {
  test(`${name}: the seats follow from the key holders' signature`, () => {
    const one = given[name];
    assert.equal(hex0x(sha256(utf8(one.paper))), one.subject);
    const seats = readSeats(utf8(one.paper));
    const seed = seedIn("draw", one);
    assert.deepEqual(drawExperts(pool, seats, seed), one.seats);
    assert.throws(() => drawExperts({ ...pool, digest: "0x" }, seats, seed), InvalidInput);
    const many = { ...seats, quotas: [{ specialty: "A08", seats: 99 }] };
    assert.throws(() => drawExperts(pool, many, seed), { code: "draw.few" });
  });
}

test("equal bids are parted, and the float point is one of the notice's, by the signature", () => {
  const seed = seedIn("tie", given.tie);
  assert.deepEqual(drawOrder([...readTie(utf8(given.tie.paper))].reverse(), seed), given.tie.order);
  assert.equal(drawPoint(given.float.floats, seedIn("float", given.float)), given.float.point);
  assert.throws(() => drawPoint(["1", "1.0"], seed), InvalidInput);
  assert.throws(() => drawPoint([], seed), InvalidInput);
});
