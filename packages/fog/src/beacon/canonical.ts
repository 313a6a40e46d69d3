/** What is left of a text when it was copied, quoted, and set in another case: its letters and digits of ASCII, in lower case. */
export function canonical(text: string): string {
  return text.replace(/[^A-Za-z0-9]/g, "").toLowerCase();
}
