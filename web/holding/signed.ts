/** What a share signs besides openings: an answer to a roll call, a share in a draw; each as the command line makes it. */
import { b64url, hex0x, unhex0x } from "../verify/bytes.ts";
import type { JsonObject } from "../verify/canonical.ts";
import { InvalidInput } from "../verify/errors.ts";
import { type DrawKind, drawMessage, type LotPlace, rollCallMessage } from "./messages.ts";
import { covers, type KeyShare, partial } from "./share.ts";

/** What is drawn, and from what. */
export interface DrawWanted {
  readonly place: LotPlace;
  readonly kind: DrawKind;
  readonly counter: number;
  /** SHA-256 of the paper or of the notice, 32 bytes. */
  readonly subject: Uint8Array;
}

/** The answer to roll call `counter` of the share's own ceremony (`yinxin-roll-call-1`). */
export function makePresence(share: KeyShare, counter: number): JsonObject {
  const genesis = unhex0x(share.scope.genesis, "genesis", 32);
  const message = rollCallMessage(genesis, unhex0x(share.registry, "registry", 20), share.number, counter);
  return {
    format: "yinxin-roll-call-1",
    ceremony: share.number,
    counter,
    keyHolder: share.keyHolder,
    signature: b64url(partial(share.secret, message)),
  };
}

/**
 * The share in a draw (`yinxin-draw-share-1`).
 * @throws InvalidInput `share.scope`: the share is another tender's, book's or ledger's
 */
export function makeDrawShare(share: KeyShare, wanted: DrawWanted): JsonObject {
  const { place, kind, counter, subject } = wanted;
  if (!covers(share.scope, place.genesis, place.book, place.tender)) {
    throw new InvalidInput("this share was made for another ledger, book or tender", "share.scope");
  }
  const message = drawMessage(kind, place, counter, subject);
  return {
    format: "yinxin-draw-share-1",
    keyHolder: share.keyHolder,
    message: hex0x(message),
    signature: b64url(partial(share.secret, message)),
  };
}
