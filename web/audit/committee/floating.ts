/** The float point of a lot's reference price: one of the notice's, by the key holders' signature; nothing of it is chosen. */
import { millionths } from "../../sheet/points.ts";
import { sameLot } from "../forms.ts";
import { drawPoint, seedOf } from "./draw.ts";
import { type Result, readFloat } from "./papers.ts";
import { isDrawn, lotOf, type Panel, wrong } from "./turns.ts";

/** The one right float point in a paper. Throws InvalidInput. */
export function checkFloat(panel: Panel, data: Uint8Array): Result {
  const found = readFloat(data);
  const { floats } = panel.rules;
  if (floats === null) throw wrong("the notice has no reference price, so no float point is drawn");
  if (!sameLot(found, lotOf(panel)) || found.subject !== panel.noticeDigest || found.counter !== 1)
    throw wrong("it is the float point of something else");
  if (!isDrawn(panel, "float", found)) throw wrong("the signature is not the key holders' over it");
  if (millionths(found.point) !== millionths(drawPoint(floats, seedOf(found.signature))))
    throw wrong("the signature gives another point");
  return found;
}
