/**
 * Reads QR codes, beside the page: WebAssembly runs in this worker only, under a policy of its own, so that the page itself
 * needs no `wasm-unsafe-eval`. The decoder is ZXing-C++ (zxing-wasm), served by ourselves.
 */

import { prepareZXingModule, type ReaderOptions, readBarcodes } from "zxing-wasm/reader";
import wasm from "zxing-wasm/reader/zxing_reader.wasm";
import type { ReaderAnswer, ReaderQuestion } from "./reader.ts";

const OPTIONS: ReaderOptions = {
  formats: ["QRCode"],
  tryHarder: true,
  tryRotate: true,
  tryInvert: false,
  tryDownscale: true,
  maxNumberOfSymbols: 4,
};

/** Pixels of the longer side that a picture is brought down to; a whole A4 page at 300 dpi stays as it is. */
const LONGEST = 4000;

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<ReaderQuestion>) => void) | null;
  postMessage(answer: ReaderAnswer): void;
};

const ready = prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
let canvas: OffscreenCanvas | undefined;

scope.onmessage = async ({ data }) => {
  try {
    await ready;
  } catch {
    scope.postMessage({ id: data.id, fault: "reader" });
    return;
  }
  if (data.picture === null) {
    scope.postMessage({ id: data.id, texts: [] });
    return;
  }
  try {
    const bitmap = data.picture instanceof Blob ? await createImageBitmap(data.picture) : data.picture;
    const pixels = draw(bitmap);
    bitmap.close();
    const found = await readBarcodes(pixels, OPTIONS);
    const texts = found.filter((one) => one.isValid).map((one) => one.text);
    scope.postMessage({ id: data.id, texts: [...new Set(texts)] });
  } catch {
    scope.postMessage({ id: data.id, fault: "picture" });
  }
};

function draw(bitmap: ImageBitmap): ImageData {
  const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [Math.round(bitmap.width * scale), Math.round(bitmap.height * scale)];
  if (canvas === undefined || canvas.width !== width || canvas.height !== height)
    canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true, alpha: false });
  if (context === null) throw new Error("no canvas");
  context.drawImage(bitmap, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}
