// Sealed bids in other people's hands. Reads {"do", …} as JSON on standard input, bytes as hex, and answers as JSON.
//   lock, unlock          the primitive of npm tlock-js
//   timelock, timeopen    whole files of npm tlock-js, with a beacon that npm drand-client checks
//   open                  a sealed bid, read by npm age-encryption with an identity made here from docs/formats/sealed-bid.md
import { createPrivateKey, createPublicKey, createDecipheriv, diffieHellman, hkdfSync } from "node:crypto";
import { createRequire } from "node:module";
import { Decrypter } from "age-encryption";

const require = createRequire(import.meta.url);
const ibe = require("tlock-js/crypto/ibe");
const { timelockEncrypt, timelockDecrypt } = require("tlock-js");

const hex = (bytes) => Buffer.from(bytes).toString("hex");
const raw = (text) => Buffer.from(text, "hex");
const SCHEME = "bls-unchained-g1-rfc9380";

const network = (key, beacon) => ({
  options: { disableBeaconVerification: false },
  chain: () => ({
    info: async () => ({ public_key: key, schemeID: SCHEME, hash: "00".repeat(32), period: 3, genesis_time: 1 }),
  }),
  get: async () => beacon,
});

const privateKey = (seed) =>
  createPrivateKey({ key: Buffer.concat([raw("302e020100300506032b656e04220420"), seed]), format: "der", type: "pkcs8" });
const publicKey = (key) =>
  createPublicKey({ key: Buffer.concat([raw("302a300506032b656e032100"), key]), format: "der", type: "spki" });
const publicBytes = (key) => createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);
const hkdf = (ikm, salt, info) => Buffer.from(hkdfSync("sha256", ikm, salt, info, 32));

/** Opens the officer's box of lock 2, then makes it again and compares. */
function openBox(box, own, identity) {
  const label = Buffer.from("yinxin-bid-1/lock-2");
  const mine = publicBytes(own);
  const wrapKey = (share, shared) =>
    hkdf(shared, Buffer.concat([share, mine]), Buffer.concat([label, Buffer.from("/wrap"), identity]));
  const share = box.subarray(0, 32);
  const shared = diffieHellman({ privateKey: own, publicKey: publicKey(share) });
  const decipher = createDecipheriv("chacha20-poly1305", wrapKey(share, shared), Buffer.alloc(12), { authTagLength: 16 });
  decipher.setAuthTag(box.subarray(48));
  const k2 = Buffer.concat([decipher.update(box.subarray(32, 48)), decipher.final()]);
  const ephemeral = privateKey(hkdf(k2, mine, Buffer.concat([label, Buffer.from("/ephemeral"), identity])));
  if (!publicBytes(ephemeral).equals(share)) throw new Error("the box was made with another ephemeral key");
  return k2;
}

const jobs = {
  async lock({ key, identity, message }) {
    const made = await ibe.encryptOnG2RFC9380(raw(key), raw(identity), raw(message));
    return { u: hex(made.U), v: hex(made.V), w: hex(made.W) };
  },
  async unlock({ signature, u, v, w }) {
    return { message: hex(await ibe.decryptOnG2(raw(signature), { U: raw(u), V: raw(v), W: raw(w) })) };
  },
  async timelock({ key, round, text }) {
    const armored = await timelockEncrypt(round, Buffer.from(text), network(key));
    const lines = armored.trim().split("\n");
    return { file: Buffer.from(lines.slice(1, -1).join(""), "base64").toString("hex") };
  },
  async timeopen({ key, beacon, file }) {
    console.log = () => {};
    const text = Buffer.from(file, "hex").toString("base64").match(/.{1,64}/g).join("\n");
    const armored = `-----BEGIN AGE ENCRYPTED FILE-----\n${text}\n-----END AGE ENCRYPTED FILE-----\n`;
    return { text: (await timelockDecrypt(armored, network(key, beacon))).toString() };
  },
  async open({ file, signature, officer }) {
    const identity = {
      async unwrapFileKey(stanzas) {
        const [stanza] = stanzas;
        if (stanzas.length !== 1 || stanza.args[0] !== "yinxin-bid-1") return null;
        const body = Buffer.from(stanza.body);
        const lock = { U: body.subarray(0, 96), V: body.subarray(96, 112), W: body.subarray(112, 128) };
        const k1 = Buffer.from(await ibe.decryptOnG2(raw(signature), lock));
        const k2 = openBox(body.subarray(128, 192), privateKey(raw(officer)), Buffer.from(stanza.args[1], "base64"));
        return k1.map((byte, place) => byte ^ k2[place]);
      },
    };
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    return { plaintext: hex(await decrypter.decrypt(raw(file))) };
  },
};

const input = JSON.parse(await new Response(process.stdin).text());
let answer;
try {
  answer = { ok: true, ...(await jobs[input.do](input)) };
} catch (error) {
  answer = { ok: false, error: String(error) };
}
process.stdout.write(JSON.stringify(answer));
