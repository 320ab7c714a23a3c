/** The camera in a dialog: reads a request's code, or a certificate's. */

import { requestIn } from "../../claims/request.ts";
import { stampDigits } from "../../scan/inputs.ts";
import { ReadingFault } from "../../scan/reading.ts";
import type { Intake } from "../../scan/state.ts";
import { video } from "../../scan/view/intake.ts";
import { Viewfinder } from "../../scan/viewfinder.ts";
import { closeDialog, renewDialog, showDialog } from "../../ui/dialog.ts";
import { h } from "../../ui/dom.ts";
import { YinxinError } from "../../verify/errors.ts";
import { w } from "../../words/wallet.ts";
import { t } from "../../words/words.ts";

/** Opens the camera; `read` is given the text of the first code that the wallet knows. */
export function lensDialog(read: (text: string) => void): void {
  let intake: Intake = { kind: "asking" };
  let said = "";
  const finder = new Viewfinder(
    (now) => {
      intake = now;
      if (now.kind !== "rest") renewDialog();
    },
    (text) => {
      closeDialog();
      read(text);
    },
    (fault) => {
      said = w(fault === "reader" ? "fault.reader" : "lens.other");
      renewDialog();
    },
    () => ({ progress: null, take: known }),
  );
  showDialog(() => ({
    heading: w("lens.heading"),
    dismiss: w("settings.close"),
    body: [
      intake.kind === "fault"
        ? h("p", { role: "alert" }, t(`camera.${intake.fault}`), " ", t(`camera.${intake.fault}Next`))
        : h("div", { class: "viewfinder" }, video),
      h("p", { class: "soft small", role: "status" }, said === "" ? w("lens.hint") : said),
    ],
    closed: () => finder.stop(),
  }));
  void finder.start(false);
}

function known(texts: readonly string[]): string | null {
  for (const text of texts) if (isKnown(text)) return text;
  if (texts.length > 0) throw new ReadingFault("otherCode");
  return null;
}

function isKnown(text: string): boolean {
  try {
    return stampDigits(text) !== null || requestIn(text) !== null;
  } catch (error) {
    if (!(error instanceof YinxinError)) throw error;
    return false;
  }
}
