/** Step: which company bids. Its papers and its device's key sign the two fresh addresses; the key is forgotten at once. */
import { fill, h } from "../ui/dom.ts";
import { factList } from "../ui/facts.ts";
import { isObject } from "../verify/canonical.ts";
import { InvalidInput } from "../verify/errors.ts";
import { withDevice } from "./device.ts";
import { action, field, fileInput, note, type Step, step } from "./parts.ts";
import type { Room } from "./room.ts";
import { readHeld } from "./shown.ts";
import { type Papers, signerOf, state } from "./statement.ts";
import { t } from "./words.ts";

/** The step. @param script address of the worker that holds the key */
export function company(room: Room, script: string, changed: () => void): Step {
  const made = step("company", 1, t("company.title"), t("company.hint"));
  const [licence, binding, mandate, key] = [fileInput(false), fileInput(false), fileInput(false), fileInput(false)];
  const word = h("input", { class: "input", type: "password", autocomplete: "off" });
  const shown = h("div", {});
  const sign = async (): Promise<void> => {
    const papers: Papers = {
      licence: readHeld(await bytesOf(licence, "licence")),
      binding: await bytesOf(binding, "binding"),
      mandate: mandate.files?.length ? await bytesOf(mandate, "mandate") : null,
    };
    const [file] = key.files ?? [];
    if (file === undefined) throw new InvalidInput("no key file", "statement.key_file");
    signerOf(papers, room.kept.place);
    const statement = await withDevice(script, file, word.value, (held) => state(room.kept.place, papers, held));
    word.value = "";
    await room.keep({ statement });
    show();
    changed();
  };
  const show = (): void => {
    const { statement, place } = room.kept;
    const party = statement !== null && Array.isArray(statement.parties) ? statement.parties[0] : null;
    const code = isObject(party) ? String(party.code) : null;
    made.stand(code === null ? "open" : "done", t(code === null ? "state.open" : "state.done"));
    fill(
      shown,
      factList(
        [t("company.fresh"), h("span", { class: "mono small", id: "fresh-address" }, place.bidder)],
        [t("company.recovery"), h("span", { class: "mono small" }, place.recovery)],
        ...(code === null
          ? []
          : [[t("company.code"), h("span", { class: "mono", id: "company-code" }, code)] as const]),
      ),
      code === null ? null : note("good", t("company.signed")),
    );
  };
  fill(
    made.body,
    shown,
    field("licence", t("company.licence"), licence, t("company.licence.hint")),
    field("binding", t("company.binding"), binding, t("company.binding.hint")),
    field("mandate", t("company.mandate"), mandate, t("company.mandate.hint")),
    field("device-key", t("company.key"), key, t("company.key.hint")),
    field("device-word", t("company.word"), word),
    action("company.sign", "sign-statement", sign),
  );
  show();
  return made;
}

async function bytesOf(input: HTMLInputElement, name: string): Promise<Uint8Array> {
  const [file] = input.files ?? [];
  if (file === undefined) throw new InvalidInput(`no file: ${name}`, `statement.${name}_file`);
  return new Uint8Array(await file.arrayBuffer());
}
