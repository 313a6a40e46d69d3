const fence = /^```(\w*)\n([\s\S]*?)^```$/gm;

/** The fenced blocks of a Markdown text, in order. */
export function blocksOf(markdown) {
  return [...markdown.matchAll(fence)].map(([, language, text]) => ({ language, text }));
}
