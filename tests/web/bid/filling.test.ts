import assert from "node:assert/strict";
import { test } from "node:test";
import { certificates, type Judged } from "../../../web/bid/filling.ts";
import { rooms } from "../support/bidroom.ts";
import { blank, type Made } from "../support/elements.ts";
import { vector } from "../support/files.ts";

const GENUINE = vector<{ credential: string }>("credential").credential;
const REVOKED: Judged = { good: false, unsure: false, words: "revoked" };
const GOOD: Judged = { good: true, unsure: false, words: "good" };

/** The step for one licence, on a page; `under` ends the judgements that are under way, in the order they were begun. */
async function shown() {
  const body = blank();
  const room = await rooms({ rule: true });
  const under: ((one: Judged) => void)[] = [];
  let look = (): void => {};
  const judge = () =>
    new Promise<Judged>((resolve) => {
      under.push(resolve);
      look();
    });
  const { element } = certificates(room, 1, judge, () => look());
  const step = element as unknown as Made;
  body.append(step);
  /** Until all is as it is expected to be: asked whenever the step looks otherwise, or a judgement begins. */
  const until = (good: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      look = () => {
        if (good()) resolve();
      };
      look();
    });
  const input = step.find("certificate-licence");
  assert.ok(input !== null);
  const choose = (content: string): void => {
    input.files = [new File([content], "a.txt")];
    input.dispatchEvent(new Event("change"));
  };
  return { room, step, under, until, choose, standing: () => step.dataset.standing ?? "" };
}

test("what is learnt of the certificate that is kept counts, though a file that will not do was chosen meanwhile", async () => {
  const { room, step, under, until, choose, standing } = await shown();
  choose(GENUINE);
  await until(() => under.length === 1);
  choose("no certificate");
  await until(() => step.find("certificate-licence-fault")?.hidden === false);
  assert.equal(standing(), "done");
  under[0]?.(REVOKED);
  await until(() => standing() === "wrong");
  assert.equal(step.find("certificate-licence-verdict")?.textContent, "revoked");
  assert.equal(room.kept.certificates.length, 1);
});

test("what is learnt of a certificate says nothing of the one that took its place", async () => {
  const { step, under, until, choose, standing } = await shown();
  choose(GENUINE);
  await until(() => under.length === 1);
  choose(GENUINE);
  await until(() => under.length === 2);
  under[0]?.(REVOKED);
  under[1]?.(GOOD);
  await until(() => step.find("certificate-licence-verdict") !== null);
  assert.equal(step.find("certificate-licence-verdict")?.textContent, "good");
  assert.equal(standing(), "done");
});
