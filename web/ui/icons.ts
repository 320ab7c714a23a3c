/**
 * Drawings of 24 by 24 units. Verdicts differ by their outline (circle, octagon, square, clock, triangle, broken ring), so
 * that they are told apart in grey and from a distance.
 */

const SPACE = "http://www.w3.org/2000/svg";

/** Paths by name; all are filled, holes by the even-odd rule. */
const SHAPES = {
  check: "M12 1a11 11 0 1 0 0 22 11 11 0 0 0 0-22Zm5.9 8.2-7.2 7.9a1 1 0 0 1-1.5 0l-3.3-3.5 1.8-1.7 2.3 2.5 6.1-6.9Z",
  cross:
    "M7.4 1h9.2L23 7.4v9.2L16.6 23H7.4L1 16.6V7.4Zm1.3 5.8L6.8 8.7l3.3 3.3-3.3 3.3 1.9 1.9 3.3-3.3 3.3 3.3 1.9-1.9-3.3-3.3 3.3-3.3-1.9-1.9-3.3 3.3Z",
  pause: "M4 1h16a3 3 0 0 1 3 3v16a3 3 0 0 1-3 3H4a3 3 0 0 1-3-3V4a3 3 0 0 1 3-3Zm4 6v10h2.8V7Zm5.2 0v10H16V7Z",
  arrow:
    "M4 1h16a3 3 0 0 1 3 3v16a3 3 0 0 1-3 3H4a3 3 0 0 1-3-3V4a3 3 0 0 1 3-3Zm8.6 5.2-1.9 1.9 2.6 2.6H5.5v2.7h7.8l-2.6 2.6 1.9 1.9 5.9-5.9Z",
  clock: "M12 1a11 11 0 1 0 0 22 11 11 0 0 0 0-22Zm-1.4 5h2.8v5.4l4 4-2 2-4.8-4.8Z",
  warning:
    "M10.3 2.5a2 2 0 0 1 3.4 0l9.6 17a2 2 0 0 1-1.7 3H2.4a2 2 0 0 1-1.7-3Zm.3 6.2.3 7h2.2l.3-7Zm1.4 8.2a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2Z",
  question:
    "M12 6c2.5 0 4.2 1.4 4.2 3.5 0 1.6-.8 2.4-1.9 3.2-.8.6-1 .9-1 1.5v.6h-2.6v-.8c0-1.600.7-2.3 1.7-3.100.8-.6 1-.9 1-1.4 0-.7-.5-1.1-1.4-1.1-1 0-1.600.5-1.7 1.5l-2.6-.3c.3-2.2 1.9-3.6 4.3-3.6Zm0 9.9a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2Z",
  dash: "M12 1a11 11 0 1 0 0 22 11 11 0 0 0 0-22ZM6.5 10.6h11v2.8h-11Z",
  camera:
    "M8.6 3h6.8l1.6 2.6H21a2 2 0 0 1 2 2V19a2 2 0 0 1-2 2H3a2 2 0 0 1-2-2V7.6a2 2 0 0 1 2-2h4ZM12 8.2a4.9 4.9 0 1 0 0 9.8 4.9 4.9 0 0 0 0-9.8Zm0 2.2a2.7 2.7 0 1 1 0 5.4 2.7 2.7 0 0 1 0-5.4Z",
  turn: "M12 3.5a8.5 8.5 0 0 1 7.4 4.3L21.5 6v6.5H15l2.6-2.6a6 6 0 0 0-11.3.6l-2.4-.7A8.5 8.5 0 0 1 12 3.5Zm-9.5 8H9l-2.6 2.6a6 6 0 0 0 11.3-.6l2.4.7a8.5 8.5 0 0 1-15.5 2L2.5 18Z",
  file: "M5 1h9.5L20 6.5V21a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V2a1 1 0 0 1 1-1Zm1.4 2.4v17.2h11.2V8.5H12.5V3.4Z",
  paste:
    "M9 1h6v2h4a1 1 0 0 1 1 1v18a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1h4Zm-2.6 4.4v15.2h11.2V5.4H15.5V7h-7V5.4ZM8.5 10.5h7v2h-7Zm0 4h7v2h-7Z",
  keyboard:
    "M3 5h18a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H3a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2Zm.4 2.4v9.2h17.2V7.4ZM5 9h2v2H5Zm4 0h2v2H9Zm4 0h2v2h-2Zm4 0h2v2h-2ZM7.5 13h9v2h-9Z",
  list: "M3 4h3v3H3Zm5.5.3H21v2.4H8.5ZM3 10.5h3v3H3Zm5.5.3H21v2.4H8.5ZM3 17h3v3H3Zm5.5.3H21v2.4H8.5Z",
  online:
    "M12 19.8a2.2 2.2 0 1 1 0-4.4 2.2 2.2 0 0 1 0 4.4ZM12 10.8c2.5 0 4.8 1 6.4 2.7l-1.8 1.8a6.5 6.5 0 0 0-9.2 0l-1.8-1.8a9 9 0 0 1 6.4-2.7Zm0-6.3c4.2 0 8 1.7 10.8 4.5L21 10.8a12.7 12.7 0 0 0-18 0L1.2 9A15.2 15.2 0 0 1 12 4.5Z",
  offline:
    "m3.7 2 18.3 18.3-1.7 1.7-7-7a2.2 2.2 0 1 1-2.6-2.6l-1.5-1.5a6.5 6.5 0 0 0-1.8 4.2l-1.8-1.8a9 9 0 0 1 1.7-4.3L5.7 7.6A12.7 12.7 0 0 0 3 10.8L1.2 9a15.2 15.2 0 0 1 2.6-3.3L2 3.7Zm8.3 2.5c4.2 0 8 1.7 10.8 4.5L21 10.8a12.7 12.7 0 0 0-9.6-3.7L9 4.8a15.3 15.3 0 0 1 3-.3Z",
  person:
    "M12 1.5a5.25 5.25 0 1 1 0 10.5 5.25 5.25 0 0 1 0-10.5Zm0 12c5.5 0 9.5 3.3 9.5 7.5v1.5h-19V21c0-4.2 4-7.5 9.5-7.5Z",
  device:
    "M6 1h12a2 2 0 0 1 2 2v18a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V3a2 2 0 0 1 2-2Zm.4 3.4v12.8h11.2V4.4ZM12 18.6a1.4 1.4 0 1 0 0 2.8 1.4 1.4 0 0 0 0-2.8Z",
  save: "M10.8 2h2.4v10.3l3.4-3.4 1.7 1.7L12 16.9l-6.3-6.3 1.7-1.7 3.4 3.4ZM3 18.5h18V22H3Z",
  hand: "M14 3.5 22.5 12 14 20.5l-1.8-1.8 5.4-5.4H1.5v-2.6h16.1l-5.4-5.4Z",
  bin: "M9 1h6l1 2h5v2.4H3V3h5Zm-4 6h14l-1 16H6Zm3.5 2.5.5 11h1.8l-.4-11Zm4.8 0-.4 11H15l.5-11Z",
  next: "m9 4 8 8-8 8-1.8-1.8 6.2-6.2-6.2-6.2Z",
  light: "M13.5 1 4 13.5h6L9 23l10-13.5h-6.5Z",
  lock: "M12 1a6 6 0 0 1 6 6v3h2v13H4V10h2V7a6 6 0 0 1 6-6Zm0 2.400a3.600 3.600 0 0 0-3.600 3.600v3h7.200V7A3.600 3.600 0 0 0 12 3.400Zm0 9.600a2 2 0 0 0-1.200 3.600V19.500h2.400v-2.900A2 2 0 0 0 12 13Z",
  close: "m5.7 4 6.3 6.3L18.3 4 20 5.7 13.7 12l6.3 6.3-1.7 1.7-6.3-6.3L5.7 20 4 18.3l6.3-6.3L4 5.7Z",
  scan: "M2 2h7v2.4H4.4V9H2Zm13 0h7v7h-2.4V4.4H15ZM2 15h2.4v4.6H9V22H2Zm17.6 0H22v7h-7v-2.4h4.6ZM7 7h4v4H7Zm6 0h4v4h-4Zm-6 6h4v4H7Zm6 0h4v4h-4Z",
} as const;

/** Drawings inside a broken ring: what they stand for is open. */
const BROKEN: ReadonlySet<string> = new Set(["question"]);

/** Name of a drawing. */
export type IconName = keyof typeof SHAPES;

/** A drawing; it is decoration, the words beside it say the same. */
export function icon(name: IconName): SVGSVGElement {
  const drawing = document.createElementNS(SPACE, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  drawing.setAttribute("focusable", "false");
  drawing.dataset.icon = name;
  const path = document.createElementNS(SPACE, "path");
  path.setAttribute("d", SHAPES[name]);
  path.setAttribute("fill-rule", "evenodd");
  drawing.append(path);
  if (BROKEN.has(name)) drawing.append(brokenRing());
  return drawing;
}

function brokenRing(): SVGCircleElement {
  const ring = document.createElementNS(SPACE, "circle");
  const drawn = {
    cx: 12,
    cy: 12,
    r: 9.9,
    fill: "none",
    stroke: "currentColor",
    "stroke-width": 2.2,
    "stroke-dasharray": "3.9 2.32",
  };
  for (const [name, value] of Object.entries(drawn)) ring.setAttribute(name, String(value));
  return ring;
}
