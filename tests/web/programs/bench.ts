/**
 * How long one check takes after decoding, with everything at hand in memory, and beside it what @sd-jwt/core takes for the
 * credential alone, the curve by WebCrypto. Runs under Node (standard input and output) and in a browser (`/given`,
 * `/found`). Takes `rounds` and `cases`; gives milliseconds of every check by case, and of the peer.
 */
import { SDJwtInstance } from "@sd-jwt/core";
import { b64url, unb64url, utf8 } from "../../../web/verify/bytes.ts";
import { pointOf } from "../../../web/verify/es256.ts";
import { type Case, outcome, run } from "../support/cases.ts";

type Given = { rounds: number; cases: Case[]; peer: Case };
type Found = { times: Record<string, number[]>; peer: number[] };

/** Every verdict is compared; a wrong one ends the measurement. */
async function measure({ rounds, cases, peer }: Given): Promise<Found> {
  const times: Record<string, number[]> = Object.fromEntries(cases.map((one) => [one.name, []]));
  const other: number[] = [];
  const byPeer = await peerOf(peer);
  for (let round = 0; round < rounds; round++) {
    for (const one of cases) {
      const began = performance.now();
      const found = await run(one);
      times[one.name]?.push(performance.now() - began);
      if (JSON.stringify(outcome(found)) !== JSON.stringify(one.expect)) throw new Error(`${one.name}: wrong verdict`);
    }
    const began = performance.now();
    if (!(await byPeer())) throw new Error("the peer refused");
    other.push(performance.now() - began);
  }
  return { times, peer: other };
}

/** The issuer's signature and every disclosure, and no more: no registry, no ledger, no status. */
async function peerOf(one: Case): Promise<() => Promise<boolean>> {
  const held = one.trust.keys.find((key) => key.purpose === "credential");
  const point = pointOf(unb64url(held?.publicKey ?? "", "key"));
  const jwk = { kty: "EC", crv: "P-256", x: b64url(point.slice(1, 33)), y: b64url(point.slice(33)) };
  const curve = { name: "ECDSA", namedCurve: "P-256" };
  const key = await crypto.subtle.importKey("jwk", jwk, curve, false, ["verify"]);
  const plain = (data: Uint8Array) => new Uint8Array(data) as Uint8Array<ArrayBuffer>;
  const library = new SDJwtInstance({
    hashAlg: "sha-256",
    hasher: async (data: string | ArrayBuffer) => {
      const bytes = typeof data === "string" ? plain(utf8(data)) : data;
      return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    },
    verifier: (data: string, signature: string) =>
      crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, plain(unb64url(signature, "s")), plain(utf8(data))),
  });
  return async () => {
    const { payload } = await library.verify(one.input, { currentDate: one.at });
    return Object.keys(payload as object).length > 8;
  };
}

if (typeof document === "undefined") {
  const given = JSON.parse(await new Response(process.stdin as unknown as ReadableStream).text()) as Given;
  process.stdout.write(JSON.stringify(await measure(given)));
} else {
  const given = (await (await fetch("/given")).json()) as Given;
  const found = await measure(given).catch((error: unknown) => ({ error: String(error) }));
  await fetch("/found", { method: "POST", body: JSON.stringify(found) });
}
