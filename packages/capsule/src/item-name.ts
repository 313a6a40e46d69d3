const longestName = 1024;

/**
 * A name an item can be written to disk under, on any system, without leaving the folder it is written to.
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
  // "C:x" lies in the current folder of drive C there, wherever it is unpacked.
  if (/^[a-z]:/i.test(name)) return "begins with a drive letter";
  if (name.split("/").some((segment) => segment === "" || segment === "." || segment === ".."))
    return 'has an empty, "." or ".." part';
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
