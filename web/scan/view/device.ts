/** What this device relies on: trust root, witnesses, snapshot, and what waits. */
import { showDialog } from "../../ui/dialog.ts";
import { type Child, h } from "../../ui/dom.ts";
import { icon } from "../../ui/icons.ts";
import { dateTime, now } from "../../ui/times.ts";
import { t } from "../../words/words.ts";
import type { Standing } from "../trust.ts";

/** What the buttons do. */
export interface DeviceActions {
  renew(): void;
  adopt(): void;
  signOut(): void;
}

/** Shows it. */
export function deviceDialog(
  standing: () => Standing,
  waiting: () => number,
  account: () => string | null,
  actions: DeviceActions,
): void {
  showDialog(() => {
    const { root, snapshot, otherRoot } = standing();
    const name = account();
    return {
      heading: t("device.heading"),
      wide: true,
      dismiss: t("dialog.close"),
      actions: [
        h(
          "button",
          { class: "button", type: "button", id: "renew", onclick: actions.renew },
          icon("turn"),
          t("device.renew"),
        ),
      ],
      body: [
        otherRoot !== null &&
          h(
            "div",
            { class: "note note-bad", id: "root-changed" },
            icon("warning"),
            h(
              "div",
              { class: "stack" },
              h("span", {}, t("device.rootChanged")),
              h("code", {}, otherRoot),
              h(
                "button",
                { class: "button", type: "button", id: "adopt", onclick: actions.adopt },
                t("device.rootAdopt"),
              ),
            ),
          ),
        h(
          "dl",
          { class: "facts" },
          item(
            t("device.root"),
            root === null ? t("device.rootNone") : h("code", { "data-root": true }, root.digest),
            root !== null && h("p", { class: "soft small" }, t("device.rootText")),
          ),
          root !== null &&
            item(
              t("device.witnesses"),
              root.witnesses.length === 0
                ? t("device.witnessNone")
                : t("device.witnessCount", { count: root.witnesses.length, threshold: root.threshold }),
              root.witnesses.length > 0 && h("p", { class: "soft small" }, root.witnesses.join(", ")),
            ),
          item(t("device.snapshot"), ...about(snapshot)),
          item(
            t("device.waiting"),
            waiting() === 0 ? t("device.waitingNone") : t("device.waitingCount", { count: waiting() }),
          ),
          name !== null &&
            item(
              t("signIn.as", { name }),
              h(
                "button",
                { class: "button", type: "button", id: "sign-out", onclick: actions.signOut },
                t("signIn.out"),
              ),
            ),
        ),
      ],
    };
  });
}

function about(snapshot: Standing["snapshot"]): Child[] {
  if (snapshot === null) return [t("device.snapshotNone")];
  const minute = (seconds: number): string => dateTime(seconds).slice(0, 16);
  const words = t("device.snapshotText", {
    time: minute(snapshot.time),
    expires: minute(snapshot.expires),
  });
  return [words, snapshot.expires <= now() && h("p", { class: "small" }, t("device.snapshotExpired"))];
}

function item(label: string, ...value: readonly Child[]): HTMLElement {
  return h("div", {}, h("dt", {}, label), h("dd", {}, ...value));
}
