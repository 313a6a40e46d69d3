import type { Faker } from "@faker-js/faker";
import { datePattern } from "./dates.js";
import type { Draws } from "./draws.js";
import type { MailHeader } from "./text-model.js";

const kinds: ReadonlyMap<string, MailHeader["kind"]> = new Map([
  ...["from", "to", "cc", "reply-to", "sender", "return-path", "delivered-to"].map(
    (name) => [name, "address"] as const,
  ),
  ["date", "date"],
  ...["message-id", "in-reply-to", "references"].map((name) => [name, "message-id"] as const),
  ["subject", "subject"],
  ...["mime-version", "content-type", "content-transfer-encoding", "content-language", "precedence", "importance"].map(
    (name) => [name, "as-it-is"] as const,
  ),
]);

const pattern = "EEE, dd MMM yyyy HH:mm:ss +0000";

/** Headers and body of a mail; `null` for one of several parts, or whose body is no plain text. */
export function readMail(text: string): { readonly headers: MailHeader[]; readonly body: string } | null {
  const end = /\r?\n\r?\n/.exec(text);
  if (end === null) return null;
  const unfolded = text.slice(0, end.index).replaceAll(/\r?\n[ \t]+/g, " ");
  const headers: MailHeader[] = [];
  for (const line of unfolded.split(/\r?\n/)) {
    const match = /^([!-9;-~]+):\s*(.*)$/.exec(line);
    if (match === null) return null;
    const [, name = "", value = ""] = match;
    const kind = kinds.get(name.toLowerCase());
    if (name.toLowerCase() === "content-type" && !/^text\/plain/i.test(value)) return null;
    if (name.toLowerCase() === "content-transfer-encoding" && !/^[78]bit|binary/i.test(value)) return null;
    if (kind !== undefined) headers.push({ name, kind, value: kind === "as-it-is" ? value : valueLeft(kind, value) });
  }
  return { headers, body: text.slice(end.index + end[0].length) };
}

/** All that stays of a value that is made anew: a date's year and month. */
function valueLeft(kind: MailHeader["kind"], value: string): string {
  const time = kind === "date" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? "" : new Date(time).toISOString().slice(0, 7);
}

/** @param subject - Makes the words of one. */
export function mailHeaders(
  headers: readonly MailHeader[],
  lineEnd: string,
  sources: { readonly draws: Draws; readonly faker: Faker },
  subject: () => string,
): string {
  const { draws, faker } = sources;
  const lines = headers.map(({ name, kind, value }) => {
    if (kind === "as-it-is") return `${name}: ${value}`;
    if (kind === "subject") return `${name}: ${subject()}`;
    if (kind === "message-id") return `${name}: <${faker.string.alphanumeric(24)}@${faker.internet.domainName()}>`;
    if (kind === "date") return `${name}: ${datePattern(pattern).write(momentIn(value, draws))}`;
    const [firstName, lastName] = [faker.person.firstName(), faker.person.lastName()];
    const address = faker.internet.email({ firstName, lastName }).toLowerCase();
    return /^(return-path|delivered-to)$/i.test(name)
      ? `${name}: <${address}>`
      : `${name}: ${firstName} ${lastName} <${address}>`;
  });
  return lines.map((line) => `${line}${lineEnd}`).join("") + lineEnd;
}

/** Any second of working hours in a month, as seconds since 1970. */
function momentIn(month: string, draws: Draws): number {
  const start = Date.parse(`${month === "" ? "2024-01" : month}-01T00:00:00Z`) / 1000;
  return start + 86_400 * draws.below(28) + 3600 * (7 + draws.below(12)) + draws.below(3600);
}
