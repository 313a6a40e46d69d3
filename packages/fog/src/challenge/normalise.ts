/** Longer replies are cut: what is hashed before anybody is known must stay small. */
const longestAnswer = 1024;

/**
 * An answer as it is compared: compatibility forms (NFKC), diacritics, case and blanks make no difference. Letters that
 * only look alike do, and a stroke through a letter is no diacritic to Unicode.
 */
export function normalAnswer(text: string): string {
  const plain = text.slice(0, longestAnswer).toWellFormed().normalize("NFKC").replace(/\s/gu, "");
  const folded = plain.toUpperCase().toLowerCase().replaceAll("ς", "σ");
  return folded.normalize("NFKD").replace(/\p{M}/gu, "").replace(/\s/gu, "").normalize("NFC");
}
