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
