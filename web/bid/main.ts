/** The page at /tenders/{n}/bid: everything secret happens in this browser; the service gives the page and public papers. */

import { byId, fill, h } from "../ui/dom.ts";
import { door, head, prepare } from "./opening.ts";
import { note } from "./parts.ts";
import { faultWords, t } from "./words.ts";

async function begin(): Promise<void> {
  const page = byId("bid-room");
  try {
    const { setting, facts, data, here } = await prepare();
    const place = h("div", { class: "stack-wide" });
    fill(page, head(setting, facts), place);
    const room = await door(setting, here, place, facts.bidding, inside);
    (await inside()).enter(room, facts.bidding, data.scripts.device, place);
  } catch (error) {
    fill(page, note("bad", h("strong", {}, t("fault.heading")), h("p", { id: "refused" }, faultWords(error))));
  }
}

/** What is behind the door; it comes once the door is drawn. */
const inside = () => import("./inside.ts");

await begin();
