/** A worker that holds something secret, as the page talks to it: questions and answers, and an end for good. */
import { scriptAddress } from "../ui/trusted.ts";
import { YinxinError } from "../verify/errors.ts";

/** What a worker answers. */
export type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly fault: { readonly code: string; readonly message: string } };

/** Asks one worker. `Question` is what it understands; numbers are given here. */
export class Caller<Question extends object> {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, { done: (value: unknown) => void; failed: (error: Error) => void }>();
  private last = 0;
  private over = false;

  /** @param script address of the worker's program, `/assets/….js` */
  constructor(script: string, name: string) {
    this.worker = new Worker(scriptAddress(script), { type: "module", name });
    this.worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      const told = this.waiting.get(data.id);
      this.waiting.delete(data.id);
      if ("value" in data) told?.done(data.value);
      else told?.failed(new YinxinError(data.fault.message, data.fault.code));
    };
    this.worker.onerror = () => this.end("keys.failed");
  }

  /** The worker's answer. Rejects with the fault's own code; `keys.forgotten` after the end. */
  ask(question: Question): Promise<unknown> {
    if (this.over) return Promise.reject(new YinxinError("the key was forgotten", "keys.forgotten"));
    const id = ++this.last;
    return new Promise((done, failed) => {
      this.waiting.set(id, { done, failed });
      this.worker.postMessage({ id, question });
    });
  }

  /** Ends the worker and everything it held; whoever still waits is told. */
  end(code = "keys.forgotten"): void {
    this.over = true;
    this.worker.terminate();
    for (const { failed } of this.waiting.values()) failed(new YinxinError("the key was forgotten", code));
    this.waiting.clear();
  }
}

/** The other side, inside the worker: answers each question. */
export function answering<Question>(answer: (question: Question) => Promise<unknown>): void {
  const scope = self as unknown as {
    onmessage: ((event: MessageEvent<{ id: number; question: Question }>) => void) | null;
    postMessage(answer: Answer): void;
  };
  scope.onmessage = async ({ data: { id, question } }) => {
    try {
      scope.postMessage({ id, value: await answer(question) });
    } catch (error) {
      const code = error instanceof YinxinError ? error.code : "keys.failed";
      scope.postMessage({ id, fault: { code, message: error instanceof Error ? error.message : "" } });
    }
  };
}
