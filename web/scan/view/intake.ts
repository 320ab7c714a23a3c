/** Where things are shown to the page: the camera's viewfinder, and the other ways in. */
import { type Child, fill, h } from "../../ui/dom.ts";
import { icon } from "../../ui/icons.ts";
import { t } from "../../words/words.ts";
import type { CameraFault } from "../camera.ts";
import type { Intake } from "../state.ts";

/** What the buttons do. */
export interface IntakeActions {
  start(): void;
  stop(): void;
  switchCamera(): void;
  light(): void;
  chosen(file: File): void;
  paste(): void;
  identifier(): void;
  ask(): void;
}

/** The camera's picture; it outlives every drawing of the page. */
export const video: HTMLVideoElement = h("video", { playsinline: true, autoplay: true });
video.muted = true;

/** The card with the viewfinder and the ways beside it. */
export function intakeCard(intake: Intake, keying: boolean, answered: boolean, actions: IntakeActions): HTMLElement {
  video.setAttribute("aria-label", t("camera.picture"));
  const picker = h("input", {
    type: "file",
    class: "heard",
    id: "file",
    tabindex: -1,
    "aria-label": t("intake.file"),
    accept: "image/png,image/jpeg,image/webp,application/pdf,application/json,.json,.txt,.jwt",
    onchange: () => {
      const file = picker.files?.[0];
      picker.value = "";
      if (file !== undefined) actions.chosen(file);
    },
  });
  const way = (
    name: "file" | "paste" | "keyboard" | "person",
    words: string,
    act: () => void,
    id: string,
  ): HTMLElement => h("button", { class: "button", type: "button", id, onclick: act }, icon(name), words);
  return h(
    "section",
    { class: "card stack beside", id: "intake", "aria-labelledby": "intake-heading" },
    h("h2", { id: "intake-heading" }, t("intake.lead")),
    h("div", { class: "viewfinder", "data-intake": intake.kind }, ...finder(intake)),
    ...controls(intake, answered, actions),
    h("p", { class: "small soft", id: "wedge-hint" }, t(keying ? "intake.keying" : "intake.wedge")),
    h("h3", { class: "soft small" }, t("intake.others")),
    h(
      "div",
      { class: "ways" },
      way("file", t("intake.file"), () => picker.click(), "choose-file"),
      way("paste", t("intake.paste"), actions.paste, "open-paste"),
      way("keyboard", t("intake.identifier"), actions.identifier, "open-identifier"),
      way("person", t("intake.ask"), actions.ask, "open-ask"),
    ),
    picker,
    h("p", { class: "small soft" }, t("intake.drop")),
  );
}

function finder(intake: Intake): Child[] {
  if (intake.kind === "viewing") {
    return [
      video,
      corners(),
      h(
        "p",
        { class: "viewfinder-hint" },
        intake.parts === null ? t(intake.patience ? "camera.nearer" : "camera.hint") : t("camera.parts", intake.parts),
      ),
    ];
  }
  if (intake.kind === "asking") {
    return [
      video,
      h("div", { class: "viewfinder-rest" }, h("div", { class: "spinner" }), h("p", {}, t("camera.asking"))),
    ];
  }
  if (intake.kind === "fault") {
    const { fault } = intake;
    return [
      h(
        "div",
        { class: "viewfinder-rest", role: "alert", "data-camera-fault": fault },
        icon("camera"),
        h("strong", {}, t(`camera.${fault}`)),
        h("p", {}, t(`camera.${fault}Next` satisfies `camera.${CameraFault}Next`)),
      ),
    ];
  }
  return [corners(), h("div", { class: "viewfinder-rest", "aria-hidden": "true" }, icon("scan"))];
}

function corners(): HTMLElement {
  return h("div", { class: "viewfinder-frame", "aria-hidden": "true" }, h("i"), h("i"), h("i"), h("i"));
}

function controls(intake: Intake, answered: boolean, actions: IntakeActions): Child[] {
  if (intake.kind === "viewing") {
    const row = h("div", { class: "row" });
    fill(
      row,
      h(
        "button",
        { class: "button", type: "button", id: "stop-camera", onclick: actions.stop },
        icon("close"),
        t("camera.stop"),
      ),
      intake.cameras > 1 &&
        h(
          "button",
          { class: "button", type: "button", id: "switch-camera", onclick: actions.switchCamera },
          icon("turn"),
          t("camera.switch"),
        ),
      intake.light &&
        h("button", { class: "button", type: "button", onclick: actions.light }, icon("light"), t("camera.light")),
    );
    return [row];
  }
  const waiting = intake.kind === "asking";
  return [
    h(
      "button",
      {
        class: answered ? "button wide" : "button primary wide",
        type: "button",
        id: "start-camera",
        disabled: waiting,
        onclick: actions.start,
      },
      icon("camera"),
      t(intake.kind === "fault" ? "camera.retry" : "intake.start"),
    ),
  ];
}
