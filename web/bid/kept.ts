/** What a bidder's room keeps on the device: one sealed box a bid, in the browser's storage and in the file that the bidder saves. */
import { type BoxKind, PassBox, storedBox } from "../keys/passbox.ts";
import type { JsonObject } from "../verify/canonical.ts";

const BIDS: BoxKind = { format: "yinxin-bid-box-1", database: "yinxin-bids" };

/** An opened box of a bid. */
export type Box = PassBox;

/** As {@link PassBox.make} and {@link PassBox.open}, for bids. */
export const Box = {
  make: (name: string, passphrase: string, value: JsonObject): Promise<Box> =>
    PassBox.make(BIDS, name, passphrase, value),
  open: (name: string, passphrase: string, text: string): Promise<Box> => PassBox.open(BIDS, name, passphrase, text),
};

/** The sealed box of that name in the browser's storage, or null. */
export const stored = (name: string): Promise<string | null> => storedBox(BIDS, name);
