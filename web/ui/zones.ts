/** A second as date and time in a zone, without words: for every page, whatever list of words it has. */

const PARTS: Intl.DateTimeFormatOptions = {
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
};

/** `2026-01-31 09:05:00` in the reader's zone (or in `zone`). */
export function dateTime(seconds: number, zone?: string): string {
  const options = zone === undefined ? PARTS : { ...PARTS, timeZone: zone };
  // Swedish writes ISO 8601.
  return new Intl.DateTimeFormat("sv-SE", options).format(new Date(seconds * 1000));
}

/** The reader's zone at that time: `UTC+8`. */
export function zoneName(seconds: number): string {
  const format = new Intl.DateTimeFormat("en-US", { timeZoneName: "shortOffset" });
  const found = format.formatToParts(new Date(seconds * 1000)).find((part) => part.type === "timeZoneName");
  return (found?.value ?? "UTC").replace("GMT", "UTC");
}
