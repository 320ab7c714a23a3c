/** What is done with a shift's list: saved as a file, handed over, wiped. */
import { announce } from "../ui/announce.ts";
import { h } from "../ui/dom.ts";
import { dateTime, now } from "../ui/times.ts";
import { t } from "../words/words.ts";
import { csv } from "./csv.ts";
import type { Shift } from "./shift.ts";
import { handOverDialog, wipeDialog } from "./view/dialogs.ts";
import type { ShiftActions } from "./view/shift.ts";

/**
 * The actions of the list's page.
 * @param signOut ends the clerk's session
 * @param cleared draws the page without what it showed
 */
export function shiftActions(shift: Shift, signOut: () => Promise<void>, cleared: () => void): ShiftActions {
  const saved = (): void => save(csv(shift.all), `${t("shift.file")}-${dateTime(now()).replace(/[: ]/g, "-")}.csv`);
  return {
    save: saved,
    handOver: () => {
      const waiting = shift.waiting.length;
      handOverDialog(shift.all.length, waiting, () => {
        if (shift.all.length > 0) saved();
        void Promise.all([shift.handOver(now()), signOut()]).then(() => {
          cleared();
          announce(t("handOver.done"));
        });
      });
    },
    wipe: () => {
      wipeDialog(() => {
        void Promise.all([shift.wipe(now()), signOut()]).then(() => {
          cleared();
          announce(t("wipe.done"));
        });
      });
    },
  };
}

function save(data: Blob, name: string): void {
  const address = URL.createObjectURL(data);
  const link = h("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
