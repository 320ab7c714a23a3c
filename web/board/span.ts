/** Spans of time in words, as the service writes them (api/tenders/pages/telling.py): the largest unit and the next one. */

const UNITS = [
  [86_400, "d", "天"],
  [3_600, "h", "小时"],
  [60, "min", "分"],
  [1, "s", "秒"],
] as const;

/** `3 d 4 h`, `3 d` where there are no hours; never below 0. */
export function spanIn(language: "zh" | "en", seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const first = UNITS.findIndex(([size]) => whole >= size);
  if (first < 0) return language === "zh" ? "0 秒" : "0 s";
  let left = whole;
  const parts: string[] = [];
  for (const [size, en, zh] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) parts.push(`${count} ${language === "zh" ? zh : en}`);
  }
  return parts.join(" ");
}
