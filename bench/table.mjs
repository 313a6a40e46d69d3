const wide = 60;

/** Name, value, unit and ratio in columns; what stands beside it below, as that is a sentence. */
export function printTable(rows) {
  const cells = rows.map(({ name, value, unit, ratio }) => [
    name,
    String(value),
    unit,
    ratio === null ? "-" : `${ratio}x`,
  ]);
  const all = [["NAME", "VALUE", "UNIT", "RATIO"], ...cells];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((line) => line[column].length)));
  const lineOf = (line) => line.map((cell, column) => cell.padEnd(widths[column])).join("  ");
  console.log(`${lineOf(all[0])}  BESIDE`);
  const indent = " ".repeat(lineOf(all[0]).length + 2);
  for (const [index, { beside }] of rows.entries())
    console.log(`${lineOf(cells[index])}  ${folded(beside).join(`\n${indent}`)}`);
}

function folded(text) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line.length + word.length > wide) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines;
}
