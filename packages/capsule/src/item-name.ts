const longestName = 1024;

/** Each also with an extension, and with COM and LPT in superscript digits. */
const deviceName = /^(con|prn|aux|nul|conin\$|conout\$|com[\d¹²³]|lpt[\d¹²³])(\.|$)/i;

/**
 * A name that means one file below the folder it is written to, on every system that can write it at all.
 * Any script, folders with `/`. @throws TypeError that says what is wrong with it.
 */
export function checkItemName(name: string): void {
  const problem = problemWith(name);
  if (problem === null) return;
  throw new TypeError(
    `The item name ${JSON.stringify(name.slice(0, 120))} ${problem}. Use a relative name such as "report.pdf" or "2026/report.pdf".`,
  );
}

function problemWith(name: string): string | null {
  if (name === "") return "is empty";
  if (name.length > longestName) return `has more than ${longestName} characters`;
  if (!name.isWellFormed()) return "is not well-formed Unicode";
  if (/\p{Cc}/u.test(name)) return "holds a control character";
  if (name.startsWith("\u{feff}")) return "begins with a byte order mark";
  // A backslash parts folders on Windows: "..\x" would climb out there.
  if (name.includes("\\")) return "holds a backslash";
  // There "C:x" lies in the current folder of drive C, and "a.pdf:x" in a stream that no listing shows.
  if (name.includes(":")) return "holds a colon";
  for (const segment of name.split("/")) {
    if (segment === "" || segment === "." || segment === "..") return 'has an empty, "." or ".." part';
    // Windows drops them: "a.pdf." would write over "a.pdf", and ".. " climb out.
    if (/[. ]$/.test(segment)) return "has a part that ends in a dot or a space";
    if (deviceName.test(segment)) return "has a part that is the name of a device on Windows";
  }
  return null;
}

/** @throws TypeError when two names are one: also when they differ only in how Unicode spells them. */
export function checkDistinct(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    const canonical = name.normalize("NFC");
    if (seen.has(canonical))
      throw new TypeError(
        `The item name ${JSON.stringify(name.slice(0, 120))} is given twice. Every item needs a name of its own.`,
      );
    seen.add(canonical);
  }
}
