/** What an anchor in the lane of claims is made of, from its public manifest (docs/formats/manifest.md). */
import { equal, sha256, unb64url } from "../verify/bytes.ts";
import { isList, isObject, type Json } from "../verify/canonical.ts";
import { InvalidInput, Unavailable } from "../verify/errors.ts";
import type { AnchorFacts } from "../verify/facts.ts";
import { request } from "../verify/http.ts";
import { isWhole } from "../verify/names.ts";
import { readMembers, text } from "./members.ts";

const MIB = 2 ** 20;
const PAGE_LEAVES = 4096;
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

/** Gives the bytes with that SHA-256, or an error. Never trusted. */
export type Blobs = (digest: Uint8Array) => Promise<Uint8Array>;

/** Blobs of a service, `GET <base>/v1/blobs/<cid>`. */
export function blobsOf(base: string, timeout = 10_000): Blobs {
  return async (digest) => {
    const asked = { method: "GET", timeout, limit: MIB } as const;
    const { status, data } = await request(`${base}/v1/blobs/${cidOf(digest)}`, asked);
    if (status !== 200) throw new Unavailable(`the service answered ${status}`, "blob.unavailable");
    return data;
  };
}

/** CID (version 1, raw, SHA-256, base32) of a file of at most 1 MiB. */
export function cidOf(digest: Uint8Array): string {
  let out = "b";
  let held = 0;
  let bits = 0;
  for (const byte of [0x01, 0x55, 0x12, 0x20, ...digest]) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += BASE32.charAt((held >> bits) & 31);
    }
  }
  return bits === 0 ? out : out + BASE32.charAt((held << (5 - bits)) & 31);
}

/** Tag, document and record of each leaf of an anchor, 96 bytes each. Throws InvalidInput, Unavailable. */
export async function rowsOf(facts: AnchorFacts, blobs: Blobs): Promise<readonly Uint8Array[]> {
  const root = await fetched(facts.manifestDigest, blobs);
  const names = ["bureau", "kind", "lane", "pages", "root", "size"];
  const manifest = readMembers(root, "yinxin-manifest-1", names, "manifest", MIB);
  if (manifest.kind !== "bindings" || !isList(manifest.pages)) throw broken("not one of bindings");
  const rows: Uint8Array[] = [];
  for (const page of manifest.pages) {
    const { digest, count } = pageOf(page);
    rows.push(...leavesOf(await fetched(digest, blobs), rows.length, count));
  }
  if (rows.length !== manifest.size) throw broken("its counts do not add up");
  return rows;
}

async function fetched(digest: Uint8Array, blobs: Blobs): Promise<Uint8Array> {
  const data = await blobs(digest);
  if (!equal(sha256(data), digest)) throw broken("other bytes than its digest names");
  return data;
}

function pageOf(value: Json): { readonly digest: Uint8Array; readonly count: number } {
  if (!isObject(value) || !isWhole(value.count) || value.count > PAGE_LEAVES) throw broken("a page is not named");
  return { digest: unb64url(value.digest, "pages.digest"), count: value.count };
}

function leavesOf(data: Uint8Array, first: number, count: number): readonly Uint8Array[] {
  const page = readMembers(data, "yinxin-manifest-page-1", ["first", "leaves"], "manifest page", MIB);
  if (page.first !== first || !isList(page.leaves) || page.leaves.length !== count) throw broken("a page is another");
  return page.leaves.map((leaf) => {
    const row = unb64url(text(leaf, "leaves"), "leaves");
    if (row.length !== 96) throw broken("a leaf has not 96 bytes");
    return row;
  });
}

function broken(why: string): InvalidInput {
  return new InvalidInput(`manifest: ${why}`, "claim.manifest");
}
