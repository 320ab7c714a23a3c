/**
 * One lot as its members judge it: round, committee, bids, criteria. What the service says is held to the ledger: every paper is named
 * there at a final block, and hashed here. On the service's word rest which of them holds, and which bids the record alone drops.
 */

import { type Notice, readNotice } from "../bid/notice.ts";
import type { Book, CommittedBid, Recorded } from "../holding/book.ts";
import type { Place } from "../holding/messages.ts";
import { bytesOf } from "../keys/pinned.ts";
import { call } from "../ui/service.ts";
import { hex0x, sha256, unb64url } from "../verify/bytes.ts";
import { isList, isObject, type Json, type JsonObject, member, readCanonical } from "../verify/canonical.ts";
import { Refused } from "../verify/errors.ts";
import type { Criterion } from "./filling.ts";
import { type Committee, readCommittee } from "./rounds.ts";
import { ENVELOPE, type LotPlace } from "./sheet.ts";

/** Which lot. */
export interface Wanted {
  readonly tender: number;
  readonly lot: number;
}

/** One rule of the notice, as the qualification paper answers it. */
export interface RuleAnswer {
  readonly name: string;
  readonly result: string;
}

/** A bid, as the opening record reads it out. */
export interface RecordedBid {
  readonly place: number;
  readonly name: string;
  readonly code: string;
  readonly figures: ReadonlyMap<string, string>;
  /** What the qualification paper on record says; null: none is on record. */
  readonly qualified: { readonly result: string; readonly rules: readonly RuleAnswer[] } | null;
}

/** All of it. */
export interface Scene {
  readonly place: LotPlace;
  readonly messages: Place;
  readonly round: number;
  readonly committee: Committee;
  readonly notice: Notice;
  readonly criteria: readonly Criterion[];
  /** Those that the members judge, by ascending place. */
  readonly bids: readonly RecordedBid[];
  /** Places that the record alone drops. */
  readonly dropped: readonly number[];
  /** Bytes of the paper with everybody's commitments, or null. */
  readonly commitments: Uint8Array | null;
  /** Sheet (0x text) by account: commitments on the board. */
  readonly left: ReadonlyMap<string, string>;
  readonly live: readonly CommittedBid[];
  /** SHA-256 of the published keys. */
  readonly keys: string;
  readonly oneVoice: boolean;
}

interface SheetsView {
  readonly round: number;
  readonly committee: string;
  readonly record: string;
  readonly places: readonly number[];
  readonly commitments: string | null;
  readonly left: readonly { readonly account: string; readonly sheet: string }[];
}

const LARGEST = 16 * 2 ** 20;

/**
 * Looks at the lot.
 * @param open opens the ledger at its newest final block; called once the service has answered, so that it is not behind
 * @throws Refused `sheet.unrecorded`: the service names what the ledger does not
 */
export async function lookAt(wanted: Wanted, open: () => Promise<Book>): Promise<Scene> {
  const { tender, lot } = wanted;
  const answer = await call(`/v1/tenders/${tender}/lots/${lot}/sheets`, { cache: "no-store" });
  const view = (await answer.json()) as SheetsView;
  const book = await open();
  const state = await book.tender(tender);
  if (state === null) throw new Refused("tender.unknown", { tender });
  const recorded = await book.recorded(tender, lot);
  checkRecorded(view, recorded);
  const paper = (digest: string): Promise<Uint8Array> => paperOf(tender, digest);
  const messages = book.place(tender, lot, ENVELOPE);
  const place = { genesis: hex0x(messages.genesis), book: hex0x(messages.book), tender, lot };
  const noticeData = await paper(await book.noticeDigest(tender, state.amendments));
  const record = contentOf(await paper(view.record));
  const qualified = await qualification(recorded, view.record, paper);
  const bids = listOf(record, "bids").map((one) => recordedBid(one, qualified));
  return {
    place,
    messages,
    round: view.round,
    committee: readCommittee(await paper(view.committee), place),
    notice: readNotice(noticeData),
    criteria: criteriaOf(noticeData),
    bids: bids.filter((one) => view.places.includes(one.place)),
    dropped: bids.filter((one) => !view.places.includes(one.place)).map((one) => one.place),
    commitments: view.commitments === null ? null : await paper(view.commitments),
    left: new Map(view.left.map((one) => [one.account, one.sheet])),
    live: (await book.liveSet(tender, lot, ENVELOPE)).bids,
    keys: textOf(record, "keys"),
    oneVoice: book.oneVoice,
  };
}

/** The key holders' signatures by place, from the published keys; each is checked where it opens a bid. */
export async function publishedKeys(scene: Scene): Promise<Map<number, Uint8Array>> {
  const value = objectOf(readCanonical(await paperOf(scene.place.tender, scene.keys), "opening keys", LARGEST));
  return new Map(
    listOf(value, "bids").map((one) => [placeOf(one), unb64url(member(one, "signature"), "signature")] as const),
  );
}

/** Throws Refused unless the ledger names the committee, the first opening record and the commitments. */
function checkRecorded(view: SheetsView, recorded: readonly Recorded[]): void {
  const named = (kind: string): string[] => recorded.filter((one) => one.kind === kind).map(({ digest }) => digest);
  const { committee, commitments, record } = view;
  const right =
    named("committee").includes(committee) &&
    named("opening")[0] === record &&
    (commitments === null || named("sheets-committed").includes(commitments));
  if (!right) throw new Refused("sheet.unrecorded");
}

async function paperOf(tender: number, digest: string): Promise<Uint8Array> {
  const data = await bytesOf(`/v1/tenders/${tender}/papers/${digest}`);
  if (hex0x(sha256(data)) !== digest) throw new Refused("sheet.unrecorded");
  return data;
}

function contentOf(data: Uint8Array): JsonObject {
  return objectOf(member(objectOf(readCanonical(data, "opening record", LARGEST)), "content"));
}

/** Criteria of a notice for which experts give points. */
export function criteriaOf(data: Uint8Array): Criterion[] {
  const evaluation = objectOf(member(objectOf(readCanonical(data, "notice", LARGEST)), "evaluation"));
  return listOf(evaluation, "criteria").flatMap((one) => {
    const source = objectOf(member(one, "source"));
    if (member(source, "kind") !== "expert") return [];
    const label = objectOf(member(one, "label"));
    return [
      {
        name: textOf(one, "name"),
        label: { zh: textOf(label, "zh"), en: textOf(label, "en") },
        weight: textOf(one, "weight"),
        step: textOf(source, "step"),
      },
    ];
  });
}

async function qualification(
  recorded: readonly Recorded[],
  record: string,
  paper: (digest: string) => Promise<Uint8Array>,
): Promise<Map<number, JsonObject> | null> {
  for (const { digest } of recorded.filter(({ kind }) => kind === "qualification").toReversed()) {
    const value = objectOf(readCanonical(await paper(digest), "qualification", LARGEST));
    if (value.envelope !== ENVELOPE || value.record !== record) continue;
    return new Map(listOf(value, "bids").map((one) => [placeOf(one), one] as const));
  }
  return null;
}

function recordedBid(value: JsonObject, qualified: Map<number, JsonObject> | null): RecordedBid {
  const place = placeOf(value);
  const organisation = member(value, "organisation");
  const known = isObject(organisation) ? organisation : {};
  const answer = qualified?.get(place);
  return {
    place,
    name: typeof known.name === "string" ? known.name : "",
    code: typeof known.code === "string" ? known.code : "",
    figures: new Map(
      listOf(value, "figures").map((one) => {
        const figure = objectOf(member(one, "figure"));
        return [textOf(figure, "name"), textOf(figure, "value")] as const;
      }),
    ),
    qualified:
      answer === undefined
        ? null
        : {
            result: textOf(answer, "result"),
            rules: listOf(answer, "rules").map((one) => ({ name: textOf(one, "rule"), result: textOf(one, "result") })),
          },
  };
}

function objectOf(value: Json | undefined): JsonObject {
  if (value === undefined || !isObject(value)) throw new Refused("sheet.unrecorded");
  return value;
}

function listOf(value: JsonObject, name: string): JsonObject[] {
  const list = member(value, name);
  if (!isList(list)) throw new Refused("sheet.unrecorded");
  return list.map(objectOf);
}

function textOf(value: JsonObject, name: string): string {
  const found = member(value, name);
  if (typeof found !== "string") throw new Refused("sheet.unrecorded");
  return found;
}

function placeOf(value: JsonObject): number {
  const found = member(value, "place");
  if (typeof found !== "number") throw new Refused("sheet.unrecorded");
  return found;
}
