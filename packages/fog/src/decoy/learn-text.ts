import type { Characters } from "./characters.js";
import { lineEndOf } from "./delimited.js";
import { readMail } from "./mail.js";
import { learnProse } from "./prose.js";
import { tokensOf } from "./symbols.js";
import type { Detail } from "./table-model.js";
import type { Block, TextModel } from "./text-model.js";

/** Shorter texts have no shape that could be kept. */
const fewestLetters = 40;

/** Reads a text or a mail; `null` for what is too short, or a mail of several parts. */
export function readText(characters: Characters, isMail: boolean): ((detail: Detail) => TextModel) | null {
  const lineEnd = lineEndOf(characters.head);
  const mail = isMail ? readMail(characters.head) : { headers: [], body: characters.head };
  if (mail === null) return null;
  const text = mail.body.replaceAll(/\r\n?/g, "\n").replaceAll("\u2028", "\n");
  if (text.replaceAll(/[^\p{L}]/gu, "").length < fewestLetters) return null;
  const lines = text.split("\n").map((line) => line.trimEnd());
  const width = widthOf(lines);
  const paragraphs = paragraphsOf(lines, width);
  const more = characters.pieces.flatMap((piece) => paragraphsOf(piece.split(/\r?\n/).slice(1, -1), width));
  const texts = [...paragraphs, ...more].map(({ text: one }) => one);
  return (detail) => ({
    kind: "text",
    encoding: characters.encoding,
    lineEnd,
    headers: mail.headers,
    width,
    blocks: paragraphs.slice(0, detail.mostPairs / 4).map(({ block }) => block),
    prose: learnProse(sentencesOf(texts), detail),
  });
}

/** What 95 in 100 of the lines stay within when most paragraphs have several; else 0. */
function widthOf(lines: readonly string[]): number {
  const filled = lines.filter((line) => line !== "").map(({ length }) => length);
  const sorted = [...filled].sort((left, right) => left - right);
  const width = sorted[Math.floor(0.95 * (sorted.length - 1))] ?? 0;
  const near = filled.filter((length) => length > 0.75 * width && length <= width + 4).length;
  return width > 30 && width < 160 && filled.length >= 3 && near > 0.3 * filled.length ? width : 0;
}

interface Paragraph {
  readonly text: string;
  readonly block: Block;
}

const leads = /^[\s>#*•-]*(?:\d{1,3}[.)]\s+)?/;

function paragraphsOf(lines: readonly string[], width: number): Paragraph[] {
  const paragraphs: { lead: string; text: string; gap: number }[] = [];
  let open = false;
  for (const line of lines) {
    const last = paragraphs.at(-1);
    if (line.trim() === "") {
      if (last !== undefined) last.gap += 1;
      open = false;
      continue;
    }
    const lead = (leads.exec(line)?.[0] ?? "").slice(0, 16);
    const text = line.slice(lead.length);
    if (open && last !== undefined) last.text += ` ${text}`;
    else paragraphs.push({ lead: lead.replaceAll(/\d/g, "1"), text, gap: 0 });
    open = width > 0 && line.length > 0.75 * width;
  }
  return paragraphs.map(({ lead, text, gap }) => ({ text, block: blockOf(lead, text, gap) }));
}

/** The shape of one paragraph, which stands in a document of its own accord and not between line ends. */
export function blockOfParagraph(text: string): Block {
  const lead = (leads.exec(text)?.[0] ?? "").slice(0, 16);
  return blockOf(lead.replaceAll(/\d/g, "1"), text.slice(lead.length), 0);
}

function blockOf(lead: string, text: string, gap: number): Block {
  const upper = /\p{Lu}{2}/u.test(text) && text === text.toUpperCase();
  const end = /[^\p{L}\p{N}\s]?$/u.exec(text)?.[0] ?? "";
  const sentences = Math.min(100_000, text.split(sentenceEnd).length);
  return { lead, size: Math.min(100_000, tokensOf(text).length), sentences, end, upper, gap: Math.min(20, gap) };
}

/** Not behind what a title or an initial is shortened to. */
const sentenceEnd = /(?<=(?<!\b(?:Mr|Mrs|Ms|Dr|St|No|\p{Lu}))[.!?]["”’]?)\s+(?=\p{Lu}|["“‘])/u;

/** Texts cut where a sentence ends: what begins one is learnt from all of them. Lines of capitals count as they stand. */
export function sentencesOf(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.split(sentenceEnd)).filter((text) => text !== "");
}
