/**
 * Takes part in ceremonies for one account, beside the page: its key, card keys, seeds and shares are in clear here and nowhere else.
 * What is kept rests sealed under the passphrase of the account's file. One page at a time: two would write over each other's keys.
 */
import { answering } from "../../keys/caller.ts";
import { openKeyFile } from "../../keys/keyfile.ts";
import { PassBox, storedBox } from "../../keys/passbox.ts";
import { addressOf } from "../../keys/secp.ts";
import { hex0x } from "../../verify/bytes.ts";
import { Refused, Unavailable, YinxinError } from "../../verify/errors.ts";
import { Book } from "../book.ts";
import type { CeremonyQuestion } from "./held.ts";
import { Holder, type Outside } from "./holder.ts";
import { BOX, boxNameOf, Keeping } from "./keeping.ts";
import { ceremonyIn } from "./reading.ts";
import { pageDoor } from "./service.ts";

const BLOCK = 1_000; // milliseconds
/** For a page that is just being left, whose worker ends a moment later. */
const PATIENCE = 5_000;

type Opening = Extract<CeremonyQuestion, { kind: "open" }>;

let holder: Holder | undefined;
let turn: Promise<unknown> = Promise.resolve();

/** One question after the other: what is kept has one writer. */
answering<CeremonyQuestion>((asked) => {
  const answer = turn.then(() => answered(asked));
  turn = answer.catch(() => undefined);
  return answer;
});

async function answered(asked: CeremonyQuestion): Promise<unknown> {
  if (asked.kind === "open") return opened(asked);
  if (holder === undefined) throw new YinxinError("no account is open", "keys.forgotten");
  if (asked.kind === "card") return holder.card(asked.name);
  if (asked.kind === "goOn") return holder.goOn(asked.ceremony);
  if (asked.kind === "backUp") return holder.backUp(asked.ceremony);
  return holder.checkSaved(asked.ceremony, asked.texts);
}

async function opened({ text, passphrase, root }: Opening): Promise<string> {
  const key = await openKeyFile(text, passphrase, "account");
  if (key.kind !== "account") throw new YinxinError("a key of another kind", "keyfile.kind");
  const look = (): Promise<Book> => Book.open([`${location.origin}/v1/ledger-calls`], 1, root);
  const genesis = hex0x(root.genesisHash);
  const owner = { genesis, registry: (await look()).registry, account: addressOf(key.data) };
  const name = boxNameOf(owner);
  await alone(`${BOX.database} ${name}`);
  const found = await storedBox(BOX, name);
  const box =
    found === null
      ? await PassBox.make(BOX, name, passphrase, Keeping.fresh(owner).value())
      : await PassBox.open(BOX, name, passphrase, found);
  const outside: Outside = {
    chainId: root.chainId,
    door: pageDoor,
    look: async (number, papers) => {
      const book = await look();
      const told = await book.told(number);
      if (told === null) throw new Refused("holding.unknown_ceremony", { ceremony: number });
      return ceremonyIn(number, told, { genesis, book: book.book }, papers);
    },
    store: async (keeping) => {
      try {
        await box.holding(keeping.value()).store();
      } catch {
        throw new Unavailable("the browser does not store it", "kept.store");
      }
    },
    pause: () => new Promise((done) => setTimeout(done, BLOCK)),
    now: () => Date.now() / 1000,
  };
  holder = new Holder(key.data, passphrase, Keeping.read(box.value, owner), outside);
  return owner.account;
}

/** Holds the lock as long as the worker lives. Throws Refused `holding.elsewhere`. */
function alone(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const hold = (): Promise<never> => {
      resolve();
      return new Promise(() => undefined);
    };
    const refused = (): void => reject(new Refused("holding.elsewhere"));
    navigator.locks.request(name, { signal: AbortSignal.timeout(PATIENCE) }, hold).catch(refused);
  });
}
