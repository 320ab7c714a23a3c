/** The bar above every page of the wallet: name, way back, lock, language. */
import { ICON } from "../../scan/site.ts";
import { h } from "../../ui/dom.ts";
import { icon } from "../../ui/icons.ts";
import { languages } from "../../ui/languages.ts";
import { w } from "../../words/wallet.ts";
import type { Language } from "../../words/words.ts";

/** What the bar's buttons do. */
export interface HeaderActions {
  home(): void;
  history(): void;
  settings(): void;
  lock(): void;
  speak(language: Language): void;
}

/** The bar; `open`: the locker is open, `away`: another page than the first is shown. */
export function header(open: boolean, away: boolean, actions: HeaderActions): HTMLElement {
  const chip = (id: string, drawing: Parameters<typeof icon>[0], words: string, act: () => void): HTMLElement =>
    h("button", { class: "chip", type: "button", id, onclick: act }, icon(drawing), words);
  return h(
    "header",
    { class: "bar" },
    h("div", { class: "brand" }, h("img", { src: ICON, alt: "", width: 36, height: 36 }), h("h1", {}, w("app.title"))),
    open && away && chip("go-home", "list", w("app.home"), actions.home),
    open && !away && chip("open-history", "clock", w("history.open"), actions.history),
    open && chip("open-settings", "device", w("settings.open"), actions.settings),
    open && chip("lock", "lock", w("app.lock"), actions.lock),
    languages(actions.speak),
  );
}
