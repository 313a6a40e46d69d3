/** One line of the story. */
export function say(text) {
  console.log(text);
}

export function title(text) {
  console.log(`\n=== ${text}`);
}

/** A block of text, set in. */
export function show(text) {
  for (const line of text.trimEnd().split("\n")) console.log(`   | ${line}`);
}

/** Rows under a heading, each column as wide as its widest cell. */
export function showTable(heading, rows) {
  const lines = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  for (const line of lines)
    say(
      `   ${line
        .map((cell, column) => cell.padEnd(widths[column]))
        .join("  ")
        .trimEnd()}`,
    );
}

export function count(number, one, more = `${one}s`) {
  return `${number} ${number === 1 ? one : more}`;
}
