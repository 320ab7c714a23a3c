/** Values for the places `{name}` of a text. */
export type Values = Readonly<Record<string, string | number>>;

/** A text with values in its places. */
export function filled(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : String(value);
  });
}
