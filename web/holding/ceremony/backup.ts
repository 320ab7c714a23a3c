/**
 * A backup of shares: the command's two files (docs/formats/key-holders.md), so that `yinxin keyholder restore` takes them into a home,
 * and the pages that sign open them. One has the shares, encrypted under secrets; the other these secrets and the keys of the cards,
 * encrypted under the passphrase. scrypt takes a second for each: call it in a worker.
 */
import { seal } from "../../keys/chacha.ts";
import { sealHomeKey } from "../../keys/keyfile.ts";
import { b64url, concat, unhex, utf8 } from "../../verify/bytes.ts";
import { canonical } from "../../verify/canonical.ts";
import { Refused } from "../../verify/errors.ts";
import { shareBytes } from "../share.ts";
import type { Keeping } from "./keeping.ts";

/** Both files, canonical JSON. They are to be kept apart. */
export interface Backup {
  readonly shares: string;
  readonly secrets: string;
}

/** Of PKCS #8 before the 32 bytes of an X25519 key (RFC 8410). */
const X25519 = unhex("302e020100300506032b656e04220420");

/**
 * Backs up the shares of those ceremonies.
 * @param cost of scrypt; the command's own if it is not given
 * @throws Refused `holding.no_share`
 */
export function backUp(
  keeping: Keeping,
  ceremonies: readonly number[],
  passphrase: string,
  cost?: Parameters<typeof sealHomeKey>[4],
): Backup {
  const { genesis, registry } = keeping.owner;
  const shares = [];
  const secrets = [];
  for (const ceremony of [...ceremonies].sort((left, right) => left - right)) {
    const share = keeping.share(ceremony);
    if (share === null) throw new Refused("holding.no_share");
    const secret = crypto.getRandomValues(new Uint8Array(32));
    const nonce = crypto.getRandomValues(new Uint8Array(12));
    const named = { format: "yinxin-kept-share-1", ceremony, genesis, registry };
    const sealed = seal(secret, nonce, shareBytes(share), utf8(canonical(named)));
    const file = canonical({ ...named, nonce: b64url(nonce), sealed: b64url(sealed) });
    shares.push({ ceremony, file: b64url(utf8(file)) });
    const name = `ceremony-${ceremony}-${registry.slice(2, 10)}-${genesis.slice(2, 10)}`;
    const card = sealHomeKey("desk", concat(X25519, keeping.cardKey(ceremony)), passphrase, `${name}-card`, cost);
    const key = sealHomeKey("secret", secret, passphrase, `${name}-share`, cost);
    secrets.push({ ceremony, card: b64url(utf8(card)), file: b64url(utf8(key)) });
  }
  return {
    shares: canonical({ format: "yinxin-share-backup-1", genesis, registry, shares }),
    secrets: canonical({ format: "yinxin-share-secrets-1", genesis, registry, secrets }),
  };
}
