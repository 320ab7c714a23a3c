/** The camera's life on the page: asks, watches for a code, gives up patience after a while, stops. */
import { Camera, CameraError } from "./camera.ts";
import { Codes } from "./codes.ts";
import { prepareReader, ReaderFault, readCodes } from "./reader.ts";
import { ReadingFault } from "./reading.ts";
import type { FaultName, Intake } from "./state.ts";
import { video } from "./view/intake.ts";

/** Milliseconds without a code after which the page says what may help. */
const PATIENCE = 8000;

/** Watches for codes. */
export class Viewfinder {
  private camera: Camera | null = null;
  private turn = 0;
  private lit = false;

  /**
   * @param shown draws the viewfinder
   * @param found is given the digits of a certificate's code, or a whole live code; the camera is stopped by then
   * @param failed is told what cannot be read
   * @param reader makes what reads the codes of one look-out
   */
  constructor(
    private readonly shown: (intake: Intake) => void,
    private readonly found: (digits: string) => void,
    private readonly failed: (fault: FaultName) => void,
    private readonly reader: () => Pick<Codes, "take" | "progress"> = () => new Codes(),
  ) {
    // A page in the background watches nobody.
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.stop();
    });
  }

  /** Opens the camera (`next`: another one) and watches. */
  async start(next: boolean): Promise<void> {
    this.camera?.stop();
    const turn = ++this.turn;
    this.shown({ kind: "asking" });
    const ready = prepareReader();
    ready.catch(() => undefined);
    let camera: Camera;
    try {
      camera = await Camera.open(video, next);
    } catch (error) {
      if (turn === this.turn) this.shown({ kind: "fault", fault: error instanceof CameraError ? error.kind : "busy" });
      return;
    }
    if (turn !== this.turn) {
      camera.stop();
      return;
    }
    this.camera = camera;
    this.lit = false;
    const codes = this.reader();
    const view: Intake = {
      kind: "viewing",
      cameras: camera.count,
      light: camera.hasLight,
      patience: false,
      parts: null,
    };
    this.shown(view);
    const timer = setTimeout(() => {
      if (turn === this.turn) this.shown({ ...view, patience: true });
    }, PATIENCE);
    try {
      await ready;
      await camera.watch((frame) => this.look(frame, turn, codes, view));
    } catch (error) {
      if (turn !== this.turn) return;
      this.stop();
      if (error instanceof ReadingFault) this.failed(error.kind);
      else if (error instanceof ReaderFault) this.failed("reader");
      else throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Switches the lamp. */
  async light(): Promise<void> {
    this.lit = !this.lit;
    await this.camera?.light(this.lit);
  }

  /** Gives the camera back. */
  stop(): void {
    this.turn += 1;
    if (this.camera === null) return;
    this.camera.stop();
    this.camera = null;
    this.shown({ kind: "rest" });
  }

  private async look(
    frame: ImageBitmap,
    turn: number,
    codes: Pick<Codes, "take" | "progress">,
    view: Intake & { readonly kind: "viewing" },
  ): Promise<boolean> {
    const texts = await readCodes(frame);
    if (turn !== this.turn) return true;
    const before = codes.progress?.have ?? 0;
    const found = codes.take(texts);
    if (found !== null) {
      this.found(found);
      return true;
    }
    const parts = codes.progress;
    if (parts !== null && parts.have !== before) this.shown({ ...view, parts });
    return false;
  }
}
