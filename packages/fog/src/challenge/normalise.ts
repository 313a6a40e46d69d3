/** Longer replies are cut: what is hashed before anybody is known must stay small. */
const longestAnswer = 1024;

/**
 * An answer as it is compared: compatibility forms (NFKC), diacritics, case and blanks make no difference. Letters that
 * only look alike do, and a stroke through a letter is no diacritic to Unicode.
 */
export function normalAnswer(text: string): string {
  // Twice, as the capital ẞ becomes ß first, and that becomes ss.
  return folded(folded(text.slice(0, longestAnswer).toWellFormed()));
}

/** An iota below a Greek letter is written out, as capitals have it. */
function folded(text: string): string {
  const plain = text
    .normalize("NFKD")
    .replaceAll("\u{345}", "ι")
    .replace(/[\p{M}\s]/gu, "");
  return plain.toUpperCase().toLowerCase().replaceAll("ς", "σ").normalize("NFKC");
}
