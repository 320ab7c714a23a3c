/** Between the page and the worker that audits. */
import type { Finding, Rule } from "./report.ts";

/** What the worker is asked, once. */
export interface Asked {
  readonly tender: number;
  /** Of the service that hands papers out. */
  readonly origin: string;
  /** Of JSON-RPC; all must agree. */
  readonly endpoints: readonly string[];
  /** The pinned trust root's bytes. */
  readonly root: Uint8Array;
}

/** What came of it. */
export interface Done {
  readonly kind: "done";
  readonly block: { readonly number: number; readonly time: number };
  readonly seconds: number;
  /** How often each rule was looked at. */
  readonly looked: readonly (readonly [Rule, number])[];
  readonly findings: readonly Finding[];
}

/** A request that the page makes for the worker, whose own policy lets it reach nothing. */
export interface Wanted {
  readonly kind: "wanted";
  readonly id: number;
  readonly address: string;
  /** JSON text of a POST; null: a GET. */
  readonly body: string | null;
}

/** What came back; `data` null: no answer. */
export interface Got {
  readonly kind: "got";
  readonly id: number;
  readonly status: number;
  readonly data: ArrayBuffer | null;
}

/** What the page says to the worker. */
export type Told = Got | ({ readonly kind: "audit" } & Asked);

/** What the worker says. */
export type Said =
  | Wanted
  | { readonly kind: "looking"; readonly subject: string; readonly looks: number }
  | { readonly kind: "failed"; readonly code: string; readonly message: string }
  | Done;
