/** SHA-256 of streams: by WebAssembly where the page's policy lets it run, else by the library. The same digests, of course. */
import { sha256 } from "@noble/hashes/sha2.js";
import { DATA, moduleBytes, ROOM, START } from "./wasm.ts";

/** Takes a stream piece by piece. */
export interface Hasher {
  update(data: Uint8Array): unknown;
  digest(): Uint8Array;
}

/** Makes hashers. */
export type MakeHasher = () => Hasher;

interface Module {
  readonly memory: WebAssembly.Memory;
  readonly blocks: (from: number, to: number) => void;
}

/** How hashers are made here. */
export async function hashers(): Promise<MakeHasher> {
  try {
    const { instance } = await WebAssembly.instantiate(moduleBytes());
    const module = instance.exports as unknown as Module;
    return () => new Compressed(module);
  } catch {
    return () => sha256.create(); // a policy without 'wasm-unsafe-eval', or no WebAssembly
  }
}

class Compressed implements Hasher {
  private readonly state = START.slice();
  private readonly words: Uint32Array;
  private readonly room: Uint8Array;
  private readonly rest = new Uint8Array(64);
  private held = 0;
  private size = 0;

  constructor(private readonly module: Module) {
    this.words = new Uint32Array(module.memory.buffer, 0, 8);
    this.room = new Uint8Array(module.memory.buffer, DATA, ROOM);
  }

  update(data: Uint8Array): void {
    this.size += data.length;
    let at = 0;
    if (this.held > 0) {
      at = Math.min(64 - this.held, data.length);
      this.rest.set(data.subarray(0, at), this.held);
      this.held += at;
      if (this.held < 64) return;
      this.compress(this.rest);
      this.held = 0;
    }
    while (data.length - at >= 64) {
      const size = Math.min(ROOM, (data.length - at) & ~63);
      this.compress(data.subarray(at, at + size));
      at += size;
    }
    this.rest.set(data.subarray(at));
    this.held = data.length - at;
  }

  digest(): Uint8Array {
    const end = new Uint8Array(this.held < 56 ? 64 : 128);
    end.set(this.rest.subarray(0, this.held));
    end[this.held] = 128;
    new DataView(end.buffer).setBigUint64(end.length - 8, BigInt(this.size) * 8n);
    this.compress(end);
    const out = new Uint8Array(32);
    const view = new DataView(out.buffer);
    this.state.forEach((word, at) => {
      view.setUint32(4 * at, word);
    });
    return out;
  }

  /** Several streams share one module: the state goes in and out. */
  private compress(blocks: Uint8Array): void {
    this.words.set(this.state);
    this.room.set(blocks);
    this.module.blocks(DATA, DATA + blocks.length);
    this.state.set(this.words);
  }
}
