/** Bytes for people, in the page's language. */
export function bytes(count: number): string {
  const [value, unit] = count < 2 ** 20 ? [count / 1024, "KB"] : [count / 2 ** 20, "MB"];
  return `${value.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 })} ${unit}`;
}
