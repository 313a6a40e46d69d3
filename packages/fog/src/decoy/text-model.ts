import type { Encoding } from "./characters.js";
import type { LineEnd } from "./delimited.js";
import type { Prose } from "./prose.js";

/**
 * A paragraph, or a line that stands for itself, such as a heading: what it begins with, how it is indented, and how many
 * words and signs are in it.
 */
export interface Block {
  /** Marks in front, such as `# `, `- ` or `> `; digits of a number in them are made anew. */
  readonly lead: string;
  readonly size: number;
  readonly sentences: number;
  /** The sign it ends with, such as a full stop or the comma of a greeting; nothing where there is none. */
  readonly end: string;
  /** Whether it is of capitals. */
  readonly upper: boolean;
  /** Empty lines behind it. */
  readonly gap: number;
}

/** A head of mail (RFC 5322): what is known by name is made anew, the rest is left out. */
export interface MailHeader {
  readonly name: string;
  readonly kind: "address" | "date" | "message-id" | "subject" | "as-it-is";
  /** The value of what stays as it is, such as the media type. */
  readonly value: string;
}

export interface TextModel {
  readonly kind: "text";
  readonly encoding: Encoding;
  readonly lineEnd: LineEnd;
  /** Of mail; empty for any other text. */
  readonly headers: readonly MailHeader[];
  /** Characters a line is wrapped at; 0 where paragraphs are single lines. */
  readonly width: number;
  /** In the order of the original, and over again for a longer decoy. */
  readonly blocks: readonly Block[];
  readonly prose: Prose;
}
