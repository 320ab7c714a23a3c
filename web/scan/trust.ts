/**
 * What checks rest on: the trust root that this device pinned, the ledger while it answers, the snapshot while it does not.
 *
 * The first trust root a device is given stays (trust on first use); another one is shown and never taken over by itself. A
 * snapshot is kept only if it is sound by that root and newer than the one before.
 */
import { now } from "../ui/times.ts";
import { RootProofs, type Sources } from "../verify/index.ts";
import { t } from "../words/words.ts";
import * as evidence from "./evidence.ts";
import { b64urlOf, type Ledger, NoLedger, type SeenSnapshot, type SnapshotSource, type TrustRoot } from "./evidence.ts";
import * as storage from "./storage.ts";
import { LearnedTypes } from "./types.ts";

/** Whether the ledger can be asked. */
export type Connection = "online" | "offline";

/** How things stand, for people. */
export interface Standing {
  readonly connection: Connection;
  readonly root: {
    readonly digest: string;
    readonly witnesses: readonly string[];
    readonly threshold: number;
  } | null;
  readonly snapshot: { readonly version: number; readonly time: number; readonly expires: number } | null;
  /** Digest of another trust root that the service gives now; null if it gives the pinned one. */
  readonly otherRoot: string | null;
}

/** What one check rests on. */
export interface Basis {
  readonly sources: Sources;
  /** The snapshot, or nothing, and not the ledger. */
  readonly offline: boolean;
}

/** Milliseconds that the ledger has to answer before a check goes on with the snapshot. */
const PATIENCE = 6000;

/** Milliseconds between tries while the ledger is silent. */
const AGAIN = 10_000;

/** Seconds after which a newer snapshot is asked for. */
const RENEW = 600;

/** The device's trust. */
export class Trust {
  /** Told whenever the standing has changed. */
  changed: () => void = () => undefined;

  private readonly types = new LearnedTypes(evidence.typeIndex());
  private root: TrustRoot | null = null;
  private rootBytes: Uint8Array | null = null;
  private otherBytes: Uint8Array | null = null;
  private other: string | null = null;
  private ledger: Ledger | null = null;
  private snapshot: SnapshotSource | null = null;
  private connection: Connection = navigator.onLine ? "online" : "offline";
  private asked = 0;

  /** Takes up what the device has, and begins to look for what is newer. */
  async open(): Promise<void> {
    const [root, snapshot] = await Promise.all([
      storage.get<Uint8Array>("public", "trust-root"),
      storage.get<Uint8Array>("public", "snapshot"),
    ]);
    if (root !== undefined) this.pin(root);
    if (snapshot !== undefined && this.root !== null) {
      // After its expiry, too: it still proves issue.
      this.snapshot = opened(snapshot, this.root);
    }
    window.addEventListener("online", () => void this.look());
    window.addEventListener("offline", () => this.set("offline"));
    setInterval(() => {
      const old = now() - this.asked > RENEW;
      if (navigator.onLine && (this.connection === "offline" || old)) void this.look();
    }, AGAIN);
    if (navigator.onLine) void this.look();
  }

  /** How things stand now. */
  get standing(): Standing {
    const { root, snapshot } = this;
    return {
      connection: this.connection,
      otherRoot: this.other,
      root:
        root === null
          ? null
          : {
              digest: b64urlOf(root.digest),
              witnesses: root.witnesses.map((one) => one.name),
              threshold: root.threshold,
            },
      snapshot:
        snapshot === null
          ? null
          : { version: snapshot.seen.version, time: snapshot.block.time, expires: snapshot.expires },
    };
  }

  /** What a check rests on now: the ledger at its newest final block, or else the snapshot, or else nothing. */
  async basis(): Promise<Basis> {
    const { root } = this;
    if (navigator.onLine) {
      try {
        const trust = await this.newest();
        this.set("online");
        return { sources: { trust, ...this.beside(trust) }, offline: false };
      } catch {
        this.set("offline");
      }
    }
    if (root !== null && this.snapshot !== null) {
      return { sources: { trust: this.snapshot, ...this.beside(this.snapshot) }, offline: true };
    }
    return { sources: { trust: new NoLedger(t("steps.fault.nothing"), now()) }, offline: true };
  }

  /** Asks for a newer snapshot; why there is none, or null. */
  async renew(): Promise<string | null> {
    await this.look();
    try {
      await this.renewSnapshot();
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** Pins the other trust root, on a person's word. */
  async adopt(): Promise<void> {
    if (this.otherBytes === null) return;
    const data = this.otherBytes;
    await storage.set("public", "trust-root", data);
    await storage.remove("public", "snapshot");
    await storage.remove("public", "snapshot-seen");
    this.snapshot = null;
    this.ledger = null;
    this.pin(data);
    this.other = null;
    this.otherBytes = null;
    this.changed();
    await this.look();
  }

  // ------------------------------------------------------------------ looking

  private async look(): Promise<void> {
    try {
      await this.newest();
      this.set("online");
    } catch {
      this.set("offline");
      return;
    }
    if (now() - this.asked > RENEW) await this.renewSnapshot().catch(() => undefined);
  }

  private async newest(): Promise<Ledger> {
    const root = await this.someRoot();
    this.ledger = await evidence.newestLedger(root, this.ledger, PATIENCE);
    return this.ledger;
  }

  /** The pinned root; the service's, if the device has none yet. */
  private async someRoot(): Promise<TrustRoot> {
    if (this.root !== null && this.rootBytes !== null) {
      void this.compare(this.rootBytes);
      return this.root;
    }
    const data = await evidence.fetchRoot(PATIENCE);
    const root = this.pin(data);
    await storage.set("public", "trust-root", data);
    return root;
  }

  private compared = false;

  /** Once a visit: does the service still give the root that is pinned here? */
  private async compare(mine: Uint8Array): Promise<void> {
    if (this.compared) return;
    this.compared = true;
    const data = await evidence.fetchRoot(PATIENCE).catch(() => null);
    if (data === null) {
      this.compared = false;
      return;
    }
    if (data.length === mine.length && data.every((byte, at) => byte === mine[at])) return;
    this.otherBytes = data;
    this.other = b64urlOf(evidence.readTrustRoot(data).digest);
    this.changed();
  }

  private pin(data: Uint8Array): TrustRoot {
    this.root = evidence.readTrustRoot(data);
    this.rootBytes = data;
    return this.root;
  }

  private async renewSnapshot(): Promise<void> {
    const root = await this.someRoot();
    this.asked = now();
    const data = await evidence.fetchSnapshot();
    const seen = await storage.get<SeenSnapshot>("public", "snapshot-seen");
    const fresh = evidence.openSnapshot(data, root, now(), seen ?? null);
    this.snapshot = fresh;
    await storage.set("public", "snapshot-seen", fresh.seen);
    await storage.set("public", "snapshot", data);
    this.changed();
  }

  private beside(trust: Sources["trust"]): Omit<Sources, "trust"> {
    if (this.root === null) return {};
    return { index: evidence.indexFor(trust), proofs: new RootProofs(this.root), types: this.types };
  }

  private set(connection: Connection): void {
    if (this.connection === connection) return;
    this.connection = connection;
    this.changed();
  }
}

/** A snapshot that was sound when it was stored; null if it is not any more. */
function opened(data: Uint8Array, root: TrustRoot): SnapshotSource | null {
  try {
    return evidence.openSnapshot(data, root, now(), null);
  } catch {
    return null;
  }
}
