/** The choice between the languages, as it stands in the bar of a page. */
import { type Language, language, t } from "../words/words.ts";
import { h } from "./dom.ts";

/** Two buttons, the one in use pressed. @param speak goes on in another language */
export function languages(speak: (language: Language) => void): HTMLElement {
  const one = (lang: Language): HTMLElement =>
    h(
      "button",
      {
        type: "button",
        lang: lang === "zh" ? "zh-CN" : "en",
        "aria-pressed": String(language() === lang),
        onclick: () => speak(lang),
      },
      t(`language.${lang}`),
    );
  return h("div", { class: "choice", role: "group", "aria-label": t("language.choose") }, one("zh"), one("en"));
}
