/** A chosen file as text into the field that its input names (`data-into`); nothing leaves the device by that. */

const MOST = 2 ** 20;

/** Reads the chosen file, if the input names a field; a file that is too large is left to the service's own answer. */
export async function readInto(input: HTMLInputElement): Promise<void> {
  const field = document.getElementById(input.dataset.into ?? "");
  const file = input.files?.[0];
  if (!(field instanceof HTMLTextAreaElement) || file === undefined) return;
  field.value = (await file.slice(0, MOST + 1).text()).trim();
  field.focus();
}
