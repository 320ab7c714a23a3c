/**
 * Holds one expert's account and box, beside the page. It signs commitments, built here from their parts, and nothing else; it seals
 * what the page keeps on the device; and it opens bids whose keys were granted to the box.
 */
import { answering } from "../keys/caller.ts";
import { openKeyFile } from "../keys/keyfile.ts";
import { addressOf, signDigest } from "../keys/secp.ts";
import { messageDigest } from "../keys/typed.ts";
import { identityDigest } from "../seal/identity.ts";
import { openBid } from "../seal/opening.ts";
import { b64url, hex0x } from "../verify/bytes.ts";
import { YinxinError } from "../verify/errors.ts";
import { boxPublic, boxSecret, readGranted } from "./grants.ts";
import type { Opened, SheetQuestion } from "./held.ts";
import { openKept, sealKept, storageKey } from "./kept.ts";
import { commitmentText } from "./sheet.ts";

let account: Uint8Array | undefined;
let box: Uint8Array | undefined;
let storage: CryptoKey | undefined;
let granted = new Map<string, Uint8Array>();

answering<SheetQuestion>(async (asked) => {
  if (asked.kind === "open") {
    const opened = await openKeyFile(asked.account, asked.passphrase, "account");
    if (opened.kind !== "account") throw new YinxinError("a key of another kind", "keyfile.kind");
    if (asked.box !== null) {
      box = boxSecret((await openKeyFile(asked.box, asked.passphrase, `box-${asked.tender}`)).data);
    }
    account = opened.data;
    storage = await storageKey(account);
    return { address: addressOf(account), box: box === undefined ? null : b64url(boxPublic(box)) } satisfies Opened;
  }
  if (account === undefined || storage === undefined) throw new YinxinError("no key is open", "keys.forgotten");
  if (asked.kind === "seal") return sealKept(storage, asked.name, asked.text);
  if (asked.kind === "unseal") return openKept(storage, asked.name, asked.sealed);
  if (asked.kind === "commit") {
    if (asked.at.account !== addressOf(account)) throw new YinxinError("another's commitment", "sheet.member");
    return signDigest(messageDigest(commitmentText(asked.at, asked.sheet)), account);
  }
  if (asked.kind === "grant") {
    if (box === undefined) throw new YinxinError("no box is open", "sheet.box");
    granted = readGranted(asked.file, box);
    return [...granted.keys()];
  }
  const k2 = granted.get(hex0x(identityDigest(asked.committed.identity)));
  if (k2 === undefined) throw new YinxinError("its key was not granted", "sheet.granted");
  const parts: Uint8Array<ArrayBuffer>[][] = [];
  const manifest = await openBid(asked.file, asked.committed, { signature: asked.signature, k2 }, (at, bytes) => {
    const pieces = parts[at] ?? [];
    pieces.push(Uint8Array.from(bytes));
    parts[at] = pieces;
  });
  return { manifest, documents: manifest.documents.map((_, at) => new Blob(parts[at] ?? [])) };
});
