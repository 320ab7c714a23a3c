/** What a bidder's room keeps on the device: one sealed box a bid, in the browser's storage and in the file that the bidder saves. */
import { type BoxKind, PassBox, storedBox } from "../keys/passbox.ts";
import { hex0x } from "../verify/bytes.ts";
import type { JsonObject } from "../verify/canonical.ts";
import type { Setting } from "./room.ts";

const BIDS: BoxKind = { format: "yinxin-bid-box-1", database: "yinxin-bids" };

/** The box's name on this device. */
export function boxName({ root, book, notice, lot }: Setting): string {
  return `${hex0x(root.genesisHash)}/${book}/${notice.tender}/${lot}`;
}

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
