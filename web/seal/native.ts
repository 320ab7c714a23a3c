/**
 * The browser's own ChaCha20-Poly1305, where it has one (WICG, "Modern Algorithms in the Web Cryptography API"): many times as fast as
 * the library, which is what everything is held to. It is believed after it did a sample as the library does it, and whatever it refuses
 * later, the library is asked: no fault of a bid is a browser's word alone.
 */
import { equal } from "../verify/bytes.ts";
import { CHUNK, chunkNonce, sealChunk, TAG } from "./age.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** The part of SubtleCrypto that is used. */
export interface Subtle {
  importKey(format: string, key: Bytes, algorithm: Named, extractable: boolean, uses: KeyUsage[]): Promise<CryptoKey>;
  encrypt(algorithm: Aead, key: CryptoKey, data: Bytes): Promise<ArrayBuffer>;
  decrypt(algorithm: Aead, key: CryptoKey, data: Bytes): Promise<ArrayBuffer>;
}

type Named = { readonly name: string };
type Aead = Named & { readonly iv: Bytes; readonly tagLength: number };

const NAME = "ChaCha20-Poly1305";
const SAMPLES = [1, CHUNK];
const SAMPLE_KEY = Uint8Array.from({ length: 32 }, (_, at) => 255 - at); // never a payload's
const SAMPLE_COUNTER = 2 ** 32 + 1;

/** Chunks under one key. */
export class Native {
  private constructor(
    private readonly subtle: Subtle,
    private readonly key: CryptoKey,
  ) {}

  /** Null where there is none, or one that does anything otherwise than the library. */
  static async of(key: Uint8Array, subtle: Subtle | undefined): Promise<Native | null> {
    try {
      if (subtle === undefined) return null; // an older browser, or a page without https
      const sample = await Native.under(SAMPLE_KEY, subtle);
      for (const size of SAMPLES) if (!(await sample.asTheLibrary(size))) return null;
      return await Native.under(key, subtle);
    } catch {
      return null;
    }
  }

  private static async under(key: Uint8Array, subtle: Subtle): Promise<Native> {
    const data = Uint8Array.from(key);
    return new Native(
      subtle,
      await subtle.importKey("raw-secret", data, { name: NAME }, false, ["encrypt", "decrypt"]),
    );
  }

  /** A chunk's ciphertext, or null if the library is to be asked. */
  seal(counter: number, last: boolean, chunk: Bytes): Promise<Bytes | null> {
    return sized(this.subtle.encrypt(algorithm(counter, last), this.key, chunk), chunk.length + TAG);
  }

  /** The plaintext of a chunk, or null if the library is to be asked: it may not authenticate. */
  open(counter: number, last: boolean, chunk: Bytes): Promise<Bytes | null> {
    return sized(this.subtle.decrypt(algorithm(counter, last), this.key, chunk), chunk.length - TAG);
  }

  private async asTheLibrary(size: number): Promise<boolean> {
    const plain = Uint8Array.from({ length: size }, (_, at) => (at * 7) ^ (at >> 8));
    const wanted = new Uint8Array(size + TAG);
    sealChunk(SAMPLE_KEY, SAMPLE_COUNTER, true, plain, wanted);
    const sealed = await this.seal(SAMPLE_COUNTER, true, plain);
    const opened = await this.open(SAMPLE_COUNTER, true, wanted);
    if (sealed === null || !equal(sealed, wanted) || opened === null || !equal(opened, plain)) return false;
    wanted[size] = (wanted[size] ?? 0) ^ 1; // the tag's first byte
    return (await this.open(SAMPLE_COUNTER, true, wanted)) === null;
  }
}

function algorithm(counter: number, last: boolean): Aead {
  return { name: NAME, iv: chunkNonce(counter, last), tagLength: 8 * TAG };
}

async function sized(made: Promise<ArrayBuffer>, size: number): Promise<Bytes | null> {
  try {
    const data = new Uint8Array(await made);
    return data.length === size ? data : null;
  } catch {
    return null;
  }
}

const { port1: away, port2: nobody } = new MessageChannel();
nobody.close();

/**
 * Gives the memory of a result back at once, handed over to nobody: a collector would come round when tens of megabytes have gathered,
 * and `ArrayBuffer.transfer` leaves them where no collector counts them.
 */
export function dropped(data: Bytes): void {
  away.postMessage(null, [data.buffer]);
}
