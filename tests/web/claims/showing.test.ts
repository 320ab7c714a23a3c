import assert from "node:assert/strict";
import { test } from "node:test";
import { p256 } from "@noble/curves/nist.js";
import { parseBinding } from "../../../web/claims/binding.ts";
import { lowS } from "../../../web/claims/device.ts";
import { framesOf, Gathering, PART } from "../../../web/claims/frames.ts";
import type { LaneReading } from "../../../web/claims/lane.ts";
import { linkOf, makeRequest, OpenRequests, parseRequest, requestIn } from "../../../web/claims/request.ts";
import { holderStep, makeShowing, parseShowing, presented, withHolder } from "../../../web/claims/showing.ts";
import { b64url, hex, padLeft, sha256, unb64url, unhex, utf8, ZEROS } from "../../../web/verify/bytes.ts";
import { InvalidInput } from "../../../web/verify/errors.ts";
import type { AnchorFacts } from "../../../web/verify/facts.ts";
import { invalid, type Step, type Steps, skipped, unchecked, valid } from "../../../web/verify/verdicts.ts";
import { vector } from "../support/files.ts";

interface Vectors {
  devicePrivateKey: number;
  request: { text: string; digest: string };
  credential: string;
  binding: string;
  chosen: string[];
  at: number;
  showing: string;
  presented: string;
  lane: { row: string; endRow: string };
}

const VECTORS = vector<Vectors>("showing");
const SHOWING = parseShowing(utf8(VECTORS.showing));
const REQUEST = parseRequest(utf8(VECTORS.request.text));
const SECRET = padLeft(unhex(VECTORS.devicePrivateKey.toString(16).padStart(4, "0")), 32);

function lane(rows: readonly string[], doubt: string | null = null): LaneReading {
  const entries = new Map(
    rows.map((text, at) => {
      const row = unb64url(text, "vector");
      const block = { number: 10 + at, hash: ZEROS, time: 1_790_000_000 };
      const anchor = { sequence: at + 1, block } as AnchorFacts;
      return [hex(row.subarray(0, 32)), [{ document: row.subarray(32, 64), anchor }]] as const;
    }),
  );
  return { bureau: "11440100000000001F", block: { number: 99, hash: ZEROS, time: 0 }, entries, doubt };
}

test("request and showing are Python's, and disclose what was chosen alone", async () => {
  assert.equal(b64url(REQUEST.digest), VECTORS.request.digest);
  assert.equal(presented(VECTORS.credential, new Set(VECTORS.chosen)), VECTORS.presented);
  assert.deepEqual([...SHOWING.credential.fields.keys()].sort(), [...VECTORS.chosen].sort());
  const device = {
    publicKey: p256.getPublicKey(SECRET, true),
    sign: (message: Uint8Array) => Promise.resolve(lowS(p256.sign(message, SECRET, { lowS: false }))),
  };
  const made = await makeShowing(REQUEST, VECTORS.presented, VECTORS.binding, device, VECTORS.at);
  const bare = (text: string) => (JSON.parse(text) as { presentation: string }).presentation.replace(/\.[^.]*$/, "");
  assert.equal(bare(made), bare(VECTORS.showing));
  assert.equal(holderStep(parseShowing(utf8(made)), lane([VECTORS.lane.row])).code, "holder.present");
});

test("every changed character is refused", () => {
  const text = VECTORS.showing;
  for (let at = 0; at < text.length; at += 3) {
    const changed = `${text.slice(0, at)}${text[at] === "A" ? "B" : "A"}${text.slice(at + 1)}`;
    try {
      const step = holderStep(parseShowing(utf8(changed)), lane([VECTORS.lane.row]));
      assert.notEqual(step.result, "VALID", String(at));
    } catch (error) {
      assert.ok(error instanceof InvalidInput, String(error));
    }
  }
});

test("a request travels in a link, and is refused in any other form", () => {
  const made = makeRequest({ aud: "https://yx.example", name: "窗口", purpose: "变更", type: "", fields: [], time: 5 });
  const link = linkOf(made);
  for (const shown of [link, link.slice(link.indexOf("#") + 1), ` ${made.text}\n`]) {
    assert.equal(requestIn(shown)?.text, made.text);
  }
  for (const other of ["", "hello", "https://yx.example/v#123", "{}"]) assert.equal(requestIn(other), null);
  assert.throws(() => requestIn(`${link}A`), InvalidInput);
  const asked = { aud: "https://yx.example", name: "", purpose: "x", type: "", fields: [], time: 5 };
  assert.throws(() => makeRequest(asked), InvalidInput);
  assert.throws(() => makeRequest({ ...asked, name: "x".repeat(101) }), InvalidInput);
});

test("what is not fresh is refused, and each request is answered once", () => {
  const requests = new OpenRequests();
  assert.equal(requests.take(SHOWING, VECTORS.at), "other_request");
  requests.add(REQUEST);
  assert.equal(requests.take(SHOWING, VECTORS.at + 61), "expired");
  assert.equal(requests.take(SHOWING, VECTORS.at - 61), "clock");
  assert.equal(requests.take(SHOWING, VECTORS.at + 600), "request_expired");
  assert.equal(requests.take({ ...SHOWING, aud: "https://elsewhere.example" }, VECTORS.at), "other_place");
  assert.equal(requests.take(SHOWING, VECTORS.at + 60), REQUEST);
  assert.equal(requests.take(SHOWING, VECTORS.at + 5), "replayed");
});

test("whose device it is the lane says, in Python's words", () => {
  const { row, endRow } = VECTORS.lane;
  const code = (showing: typeof SHOWING, reading: LaneReading) => holderStep(showing, reading).code;
  const stranger = { ...parseBinding(utf8(VECTORS.binding)), certificate: ZEROS };
  assert.equal(code(SHOWING, lane([row])), "holder.present");
  assert.equal(code(SHOWING, lane([row, endRow])), "holder.ended");
  assert.equal(code(SHOWING, lane([row, endRow], "down")), "holder.ended");
  assert.equal(code(SHOWING, lane([])), "holder.not_anchored");
  assert.equal(code(SHOWING, lane([row], "down")), "holder.open");
  assert.equal(code(SHOWING, lane([], "down")), "holder.open");
  assert.equal(code({ ...SHOWING, binding: stranger }, lane([row])), "holder.other");
  assert.equal(code({ ...SHOWING, signedDigest: ZEROS }, lane([row])), "holder.signature");
});

test("the holder's step decides with the others", () => {
  const names = ["form", "integrity", "issuer", "anchor", "time", "status"] as const;
  const steps = [...names.map((name) => valid(name, "x")), skipped("holder", "holder.compare")] as unknown as Steps;
  const certificate = {} as NonNullable<Parameters<typeof withHolder>[0]["certificate"]>;
  const verdict = (step: Step) =>
    withHolder({ verdict: "VALID", authentic: true, inForce: true, statusAsOf: 1, steps, certificate }, step).verdict;
  assert.equal(verdict(valid("holder", "holder.present")), "VALID");
  assert.equal(verdict(unchecked("holder", "holder.open")), "CANNOT_CHECK");
  assert.equal(verdict(invalid("holder", "holder.ended", "FORGED")), "FORGED");
});

test("a long text is gathered from its codes in any order, and a renewed one replaces it", () => {
  const [first, second] = ["a".repeat(3 * PART + 7), "b".repeat(2 * PART)];
  const gathering = new Gathering();
  assert.equal(gathering.take("https://yx.example/v#123"), undefined);
  const frames = [...framesOf(first)].reverse();
  assert.equal(frames.length, 4);
  for (const frame of frames.slice(1)) assert.equal(gathering.take(frame), null);
  assert.deepEqual(gathering.progress, { have: 3, of: 4 });
  assert.equal(gathering.take(framesOf(second)[0] ?? ""), null);
  assert.equal(gathering.take(framesOf(second)[1] ?? ""), second);
  for (const frame of frames.slice(1)) gathering.take(frame);
  assert.equal(gathering.take(frames[0] ?? ""), first);
  assert.equal(hex(sha256(utf8(first))).slice(0, 8), frames[0]?.split("/")[1]);
});
