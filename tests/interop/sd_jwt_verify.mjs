// Reads {"credential", "jwk", "now", "claims"} as JSON on standard input; verifies the credential with
// @sd-jwt/core and writes what it disclosed, and the presentation of `claims` that the library itself makes.
import { createHash, createPublicKey, verify as verifySignature } from "node:crypto";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { SDJwtInstance } = require("@sd-jwt/core");

const input = JSON.parse(await new Response(process.stdin).text());
const key = createPublicKey({ key: input.jwk, format: "jwk" });
const names = { "sha-256": "sha256" };
const sdjwt = new SDJwtInstance({
  hasher: (data, alg) => createHash(names[alg]).update(Buffer.from(data)).digest(),
  hashAlg: "sha-256",
  verifier: (data, signature) =>
    verifySignature("sha256", Buffer.from(data), { key, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64url")),
});

try {
  const { payload, header } = await sdjwt.verify(input.credential, { currentDate: input.now });
  const frame = Object.fromEntries((input.claims ?? []).map((name) => [name, true]));
  const presentation = input.claims ? await sdjwt.present(input.credential, frame) : null;
  process.stdout.write(JSON.stringify({ ok: true, payload, header, presentation }));
} catch (error) {
  process.stdout.write(JSON.stringify({ ok: false, error: String(error) }));
}
