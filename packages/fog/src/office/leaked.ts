import { utf8 } from "@fogbound/crypto";
import { orNothing } from "./or-nothing.js";
import { readXml } from "./xml.js";
import { readZip, type ZipEntry } from "./zip-reader.js";

/** The text of a package's parts; of what is none, the bytes as they are. */
export function* unpacked(bytes: Uint8Array): Generator<Uint8Array> {
  const entries = orNothing(() => readZip(bytes));
  if (entries === null) return yield bytes;
  for (const entry of entries) yield* textOf(entry);
}

function* textOf(entry: ZipEntry): Generator<Uint8Array> {
  const content = orNothing(() => entry.read());
  if (content === null) return;
  const text = /\.(?:xml|rels)$/.test(entry.name) ? orNothing(() => textOfXml(content)) : null;
  yield text === null ? content : utf8(text);
}

/** Text within one of these is one, however many pieces a program cut it into; behind it another begins. */
const wholes: ReadonlySet<string> = new Set(["p", "si", "c", "is", "v", "lpstr", "creator", "title"]);
const identifier = /^[{\w-]{16,48}\}?$/;

function textOfXml(content: Uint8Array): string {
  const found: string[] = [];
  readXml(content, {
    open({ local, attributes }) {
      if (local === "tab" || local === "br" || local === "cr") found.push(" ");
      for (const value of Object.values(attributes)) if (identifier.test(value)) found.push("\n", value, "\n");
    },
    text: (text) => void found.push(text),
    close({ local }) {
      if (wholes.has(local)) found.push("\n");
    },
  });
  return found.join("");
}
