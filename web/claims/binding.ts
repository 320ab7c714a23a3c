/** A binding (`yinxin-binding-1`): this device key acts for the holder of this certificate. And its end by the holder. */
import { b64url, concat, equal, sha256, utf8 } from "../verify/bytes.ts";
import { canonical } from "../verify/canonical.ts";
import { InvalidInput } from "../verify/errors.ts";
import { pointOf } from "../verify/es256.ts";
import { isWhole } from "../verify/names.ts";
import type { Device } from "./device.ts";
import { moment, raw, readMembers, tagged, text } from "./members.ts";

/** Lane in which a bureau anchors bindings and their ends. */
export const CLAIMS_LANE = "$claims";

const FORMAT = "yinxin-binding-1";
const MEMBERS = ["bureau", "certificate", "claim", "end", "key", "n", "previous", "tag", "time"];
const LEAF = concat(Uint8Array.of(0), utf8("yinxin-binding-v1"));

/** One binding, its form checked. */
export interface Binding {
  /** SHA-256 of the document, 32 bytes. */
  readonly digest: Uint8Array;
  /** USCC of the bureau that issued the certificate and anchored this. */
  readonly bureau: string;
  /** SHA-256 of the certificate's issuer-signed JWT. */
  readonly certificate: Uint8Array;
  /** The device's public key, 33 bytes. */
  readonly key: Uint8Array;
  /** 1, 2, 3 … for one certificate. */
  readonly n: number;
  /** SHA-256 of the claim it was made from. */
  readonly claim: Uint8Array;
  readonly time: number;
  /** Under which it stands in the lane. */
  readonly tag: Uint8Array;
  /** Once this stands in the lane, it has ended. */
  readonly end: Uint8Array;
}

/** Read a binding's document. Throws InvalidInput. */
export function parseBinding(data: Uint8Array): Binding {
  const value = readMembers(data, FORMAT, MEMBERS, "binding");
  const { n, previous } = value;
  if (!isWhole(n) || n < 1) throw new InvalidInput("binding: n is of another kind", "claim.members");
  if (previous !== null) raw(previous, 32, "previous");
  if ((n === 1) !== (previous === null)) {
    throw new InvalidInput("binding: its ordinal does not fit what came before", "claim.ordinal");
  }
  const binding: Binding = {
    digest: sha256(data),
    bureau: text(value.bureau, "bureau"),
    certificate: raw(value.certificate, 32, "certificate"),
    key: raw(value.key, 33, "key"),
    n,
    claim: raw(value.claim, 32, "claim"),
    time: moment(value.time),
    tag: raw(value.tag, 32, "tag"),
    end: raw(value.end, 32, "end"),
  };
  if (equal(binding.tag, binding.end)) throw new InvalidInput("binding: its tags are the same", "claim.tags");
  pointOf(binding.key);
  return binding;
}

/** SHA-256(0x00 ‖ "yinxin-binding-v1" ‖ tag ‖ document ‖ record), from the 96 bytes of a manifest's row. */
export function bindingLeaf(row: Uint8Array): Uint8Array {
  if (row.length !== 96) throw new InvalidInput("a binding's leaf has 96 bytes", "leaf.part");
  return sha256(concat(LEAF, row));
}

/** End one's own binding (`yinxin-unbind-1`), on the device it is bound to; its canonical text. */
export async function makeUnbind(binding: Binding, device: Device, time: number): Promise<string> {
  const bare = { format: "yinxin-unbind-1", bureau: binding.bureau, binding: b64url(binding.digest), time };
  const signature = await device.sign(tagged("yinxin-unbind-signature-v1", canonical(bare)));
  return canonical({ ...bare, signature: b64url(signature) });
}
