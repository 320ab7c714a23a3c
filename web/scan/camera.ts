/** The camera: opens one, switches between several, and hands out frames one at a time. */

/** Why there is no picture. */
export type CameraFault = "denied" | "none" | "busy" | "insecure";

/** The camera cannot be used; `kind` says why. */
export class CameraError extends Error {
  constructor(readonly kind: CameraFault) {
    super(`camera: ${kind}`);
  }
}

/** Milliseconds from the end of one look to the next. */
const PAUSE = 60;

const REMEMBERED = "yinxin.camera";

/** A running camera. */
export class Camera {
  private stopped = false;

  private constructor(
    private readonly video: HTMLVideoElement,
    private readonly stream: MediaStream,
    /** How many cameras the device has. */
    readonly count: number,
  ) {}

  /**
   * Opens a camera into a video element: the one used last, else the one that faces away from the user.
   * @param next take the camera after the one used last
   * Throws CameraError.
   */
  static async open(video: HTMLVideoElement, next = false): Promise<Camera> {
    if (!("mediaDevices" in navigator)) throw new CameraError("insecure");
    try {
      const wanted = next ? await following() : remembered();
      const stream = await openStream(wanted).catch((error: unknown) => {
        // The camera of last time is not plugged in any more: any other will do.
        if (wanted !== null && error instanceof DOMException && error.name === "OverconstrainedError") {
          return openStream(null);
        }
        throw error;
      });
      video.srcObject = stream;
      await video.play();
      const cameras = (await navigator.mediaDevices.enumerateDevices()).filter((one) => one.kind === "videoinput");
      const used = stream.getVideoTracks()[0]?.getSettings().deviceId;
      if (used !== undefined) remember(used);
      return new Camera(video, stream, cameras.length);
    } catch (error) {
      throw faultOf(error);
    }
  }

  /** The camera has a lamp that can be switched. */
  get hasLight(): boolean {
    const track = this.stream.getVideoTracks()[0];
    const able = track?.getCapabilities?.() as { torch?: boolean } | undefined;
    return able?.torch === true;
  }

  /** Switches the lamp. */
  async light(on: boolean): Promise<void> {
    const track = this.stream.getVideoTracks()[0];
    await track?.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] });
  }

  /** Looks at frame after frame until `look` says that it has seen enough, or the camera is stopped. */
  async watch(look: (frame: ImageBitmap) => Promise<boolean>): Promise<void> {
    while (!this.stopped) {
      if (this.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && this.video.videoWidth > 0) {
        if (await look(await createImageBitmap(this.video))) return;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }

  /** Gives the camera back. */
  stop(): void {
    this.stopped = true;
    for (const track of this.stream.getTracks()) track.stop();
    this.video.srcObject = null;
  }
}

function openStream(deviceId: string | null): Promise<MediaStream> {
  const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
  const which = deviceId === null ? { facingMode: { ideal: "environment" } } : { deviceId: { exact: deviceId } };
  return navigator.mediaDevices.getUserMedia({ audio: false, video: { ...size, ...which } });
}

async function following(): Promise<string | null> {
  const cameras = (await navigator.mediaDevices.enumerateDevices()).filter((one) => one.kind === "videoinput");
  const at = cameras.findIndex((one) => one.deviceId === remembered());
  return cameras[(at + 1) % Math.max(1, cameras.length)]?.deviceId ?? null;
}

function remembered(): string | null {
  try {
    return sessionStorage.getItem(REMEMBERED);
  } catch {
    return null;
  }
}

function remember(deviceId: string): void {
  try {
    sessionStorage.setItem(REMEMBERED, deviceId);
  } catch {
    // The browser stores nothing; it starts with the same camera again.
  }
}

function faultOf(error: unknown): CameraError {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return new CameraError("denied");
  if (name === "NotFoundError" || name === "OverconstrainedError") return new CameraError("none");
  return new CameraError("busy");
}
