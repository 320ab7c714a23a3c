/** One form: whatever single character of a valid bundle, stamp, credential or token is changed, it is refused. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { unb64url, utf8 } from "../../../web/verify/bytes.ts";
import { parseCredential } from "../../../web/verify/credential.ts";
import { InvalidInput } from "../../../web/verify/errors.ts";
import { signedBy } from "../../../web/verify/jws.ts";
import { fromDigits, parseStamp, stampSignedBy } from "../../../web/verify/stamp.ts";
import { parseStatusToken } from "../../../web/verify/statuslist.ts";
import { verifyBundle } from "../../../web/verify/verifier.ts";
import { optionsOf, sourcesOf } from "../support/cases.ts";
import { caseOf, vector } from "../support/files.ts";

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const LETTERS = `${BASE64}~.{}[]":, \n\u2014中\0`;

/** A repeatable choice: the same places and letters in every run. */
function chooser(seed: number): (count: number) => number {
  let state = seed >>> 0;
  return (count) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * count);
  };
}

/** At every `step`-th place: another character, one left out, one put in, two swapped. */
function* changes(text: string, alphabet: string, seed: number, step: number): Generator<string> {
  const choose = chooser(seed);
  for (let place = choose(step); place < text.length; place += step) {
    const [before, after] = [text.slice(0, place), text.slice(place + 1)];
    const old = text.charAt(place);
    const letter = alphabet.charAt(choose(alphabet.length));
    if (letter !== old) yield before + letter + after;
    if (swapCase(old) !== old) yield before + swapCase(old) + after;
    yield before + after;
    yield before + letter + text.slice(place);
    if (place > 0 && text.charAt(place - 1) !== old) {
      yield text.slice(0, place - 1) + old + text.charAt(place - 1) + after;
    }
  }
}

function swapCase(letter: string): string {
  return letter.toLowerCase() === letter ? letter.toUpperCase() : letter.toLowerCase();
}

function holds(check: () => boolean): boolean {
  try {
    return check();
  } catch (error) {
    assert.ok(error instanceof InvalidInput, String(error));
    return false;
  }
}

test("a credential with any one character changed", () => {
  const all = vector<{ key: { publicKey: string }; credential: string; presentation: { credential: string } }>(
    "credential",
  );
  const key = unb64url(all.key.publicKey, "key");
  const good = (text: string) => holds(() => signedBy(parseCredential(text).jws, key));
  assert.ok(good(all.credential));
  let tried = 0;
  for (const text of [all.credential, all.presentation.credential]) {
    for (const changed of changes(text, `${BASE64}.~=+/ \n`, 1, 2)) {
      assert.ok(!good(changed), changed);
      tried += 1;
    }
  }
  assert.ok(tried > 10_000, String(tried));
});

test("the last character of every part of a credential has no twin", () => {
  const all = vector<{ key: { publicKey: string }; credential: string }>("credential");
  const key = unb64url(all.key.publicKey, "key");
  const text = all.credential;
  for (let place = 1; place < text.length; place++) {
    if (!".~".includes(text.charAt(place))) continue;
    for (const letter of BASE64.replace(text.charAt(place - 1), "")) {
      const changed = text.slice(0, place - 1) + letter + text.slice(place);
      assert.ok(!holds(() => signedBy(parseCredential(changed).jws, key)), changed);
    }
  }
});

test("a stamp with any one bit or byte changed", () => {
  const all = vector<{ key: { publicKey: string }; stamp: string; digits: string }>("stamp");
  const key = unb64url(all.key.publicKey, "key");
  const data = unb64url(all.stamp, "stamp");
  const good = (bytes: Uint8Array) => holds(() => stampSignedBy(parseStamp(bytes), key));
  assert.ok(good(data));
  for (let place = 0; place < data.length; place++) {
    for (let bit = 0; bit < 8; bit++) {
      const changed = data.slice();
      changed[place] = (data[place] ?? 0) ^ (1 << bit);
      assert.ok(!good(changed), `byte ${place}, bit ${bit}`);
    }
    assert.ok(!good(data.slice(0, place)));
    assert.ok(!good(Uint8Array.of(...data.slice(0, place), ...data.slice(place + 1))));
    assert.ok(!good(Uint8Array.of(...data.slice(0, place), 0, ...data.slice(place))));
  }
  for (const changed of changes(all.digits, "0123456789", 3, 1)) {
    assert.ok(!holds(() => good(fromDigits(changed))), changed);
  }
});

test("a status token with any one character changed", () => {
  const all = vector<{ key: { publicKey: string }; token: string }>("status_list");
  const key = unb64url(all.key.publicKey, "key");
  const good = (text: string) => holds(() => signedBy(parseStatusToken(utf8(text)).jws, key));
  assert.ok(good(all.token));
  for (const changed of changes(all.token, `${BASE64}.`, 5, 1)) assert.ok(!good(changed), changed);
});

for (const name of ["bundle_valid", "bundle_valid_by_witnesses_offline"]) {
  test(`${name} with any one character changed`, async () => {
    const one = caseOf(name);
    const [sources, options] = [sourcesOf(one), optionsOf(one)];
    const authentic = async (text: string) => (await verifyBundle(utf8(text), sources, options)).authentic;
    assert.equal(await authentic(one.input), true);
    let tried = 0;
    for (const changed of changes(one.input, LETTERS, 7, 9)) {
      assert.notEqual(await authentic(changed), true, changed);
      tried += 1;
    }
    assert.ok(tried > 2_000, String(tried));
  });
}
