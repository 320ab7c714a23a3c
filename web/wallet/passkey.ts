/**
 * A passkey as a second way into the locker: its pseudo-random function (WebAuthn level 3, section 10.1.4) gives a secret that
 * only this passkey gives, and only after the device made sure who is there. Nobody is asked to believe its signature.
 */

/** No passkey: `unfit` for this, or `refused` by the person or the device. */
export class PasskeyFault extends Error {
  constructor(readonly kind: "unfit" | "refused") {
    super(`passkey: ${kind}`);
  }
}

type Prf = { readonly prf?: { readonly results?: { readonly first?: BufferSource } } };

/** Makes one, and gives its secret for a salt (32 bytes). Throws PasskeyFault. */
export async function makePasskey(
  salt: Uint8Array<ArrayBuffer>,
): Promise<{ readonly credential: ArrayBuffer; readonly secret: CryptoKey }> {
  const made = await asked(() =>
    navigator.credentials.create({
      publicKey: {
        rp: { name: "Yinxin" },
        user: { id: random(), name: "wallet", displayName: "印信证照夹" },
        challenge: random(),
        pubKeyCredParams: [
          { type: "public-key", alg: -7 },
          { type: "public-key", alg: -257 },
        ],
        authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
        extensions: { prf: { eval: { first: salt } } },
      },
    }),
  );
  const secret = secretIn(made);
  // Some devices give the secret only when the passkey is used.
  return { credential: made.rawId, secret: secret === null ? await askPasskey(made.rawId, salt) : await keyOf(secret) };
}

/** The passkey's secret for a salt. Throws PasskeyFault. */
export async function askPasskey(credential: ArrayBuffer, salt: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const used = await asked(() =>
    navigator.credentials.get({
      publicKey: {
        challenge: random(),
        allowCredentials: [{ type: "public-key", id: credential }],
        userVerification: "required",
        extensions: { prf: { eval: { first: salt } } },
      },
    }),
  );
  const secret = secretIn(used);
  if (secret === null) throw new PasskeyFault("unfit");
  return keyOf(secret);
}

async function asked(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  if (!("credentials" in navigator) || !("PublicKeyCredential" in globalThis)) throw new PasskeyFault("unfit");
  try {
    const found = await ask();
    if (found instanceof PublicKeyCredential) return found;
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
  throw new PasskeyFault("refused");
}

function secretIn(used: PublicKeyCredential): BufferSource | null {
  return (used.getClientExtensionResults() as Prf).prf?.results?.first ?? null;
}

async function keyOf(secret: BufferSource): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const how = {
    name: "HKDF",
    hash: "SHA-256",
    salt: new Uint8Array(),
    info: new TextEncoder().encode("yinxin-locker-passkey-1"),
  };
  return crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

function random(): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(32));
}
