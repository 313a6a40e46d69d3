import { readFile, writeFile } from "node:fs/promises";
import { explain } from "@fogbound/audit";
import { bytesOf, keysIn } from "./objects.mjs";
import { count, say, show } from "./print.mjs";

/** Deletes batches of one host's log, behind everybody's back. @returns how many */
export async function destroyPartOf(store, instance) {
  const batches = await keysIn(store, (key) => key.includes(`/instances/${instance}/00000001/`) && isBatch(key));
  const gone = batches.slice(1, 3);
  for (const key of gone) await store.delete(key);
  if (gone.length === 0) throw new Error(`Expected batches in the log of ${instance}, found none.`);
  say(
    `Of the second host's log, ${gone.length} of ${count(batches.length, "batch", "batches")} are deleted in the store.`,
  );
}

/** Flips one bit in the second batch of a host's log. */
export async function tamperWithTheLog(store) {
  const [batch] = await keysIn(store, (key) => /\/instances\/[^/]+\/00000001\/00000002$/.test(key) && isBatch(key));
  if (batch === undefined) throw new Error("Expected a batch of the log in the store, found none.");
  const bytes = await bytesOf(store, batch);
  flipIn(bytes, 0, bytes.length);
  await store.replace(batch, bytes);
  say(`One bit is flipped in ${batch}`);
}

/** Takes away all that the harmonizer could restore a batch from. */
export async function deleteTheCopies(store) {
  const copies = await keysIn(store, (key) => /^harmonizer\/(open|parity)\//.test(key));
  for (const copy of copies) await store.delete(copy);
  say(`All that the harmonizer keeps to repair the log with is deleted: ${count(copies.length, "object")}.`);
}

/** Flips one bit of a batch inside an exported file. */
export async function tamperWithTheExport(file) {
  const bytes = await readFile(file);
  for (const { name, offset, size } of archived(bytes)) {
    if (!isBatch(name) || !name.endsWith("/00000001/00000002")) continue;
    flipIn(bytes, offset, size);
    await writeFile(file, bytes);
    say(`One bit is flipped in the copy of the file, inside ${name}`);
    return;
  }
  throw new Error(`Expected a batch of the log in ${file}, found none.`);
}

/** What an audit finds now, and what it no longer proves. */
export async function auditAgain(owner, capsule, { before, expected }) {
  const verdict = await (await owner.audit(capsule)).verdict();
  const lost = before.proved.filter((proof) => !verdict.proved.includes(proof) && proof !== "bytes-rehashed");
  show(shortened(explain(verdict)).join("\n"));
  say(lost.length === 0 ? "   All that was proved before is proved still." : `   No longer proved: ${lost.join(", ")}`);
  if (verdict.outcome !== expected) throw new Error(`Expected the verdict ${expected}, got ${verdict.outcome}.`);
}

const mostOfAKind = 3;

/** What was found, of each kind the first few. */
function shortened(lines) {
  const kinds = new Map();
  return lines.flatMap((line) => {
    const [, title = "", code] = /^([A-Z]*) +(?:([A-Z_]+): )?/.exec(line) ?? [];
    if (title === "VERDICT") return [line];
    if (code === undefined) return [];
    const seen = (kinds.get(code) ?? 0) + 1;
    kinds.set(code, seen);
    if (seen > mostOfAKind + 1) return [];
    return [seen > mostOfAKind ? `${" ".repeat(12)}${code}: … and more of these` : line];
  });
}

function isBatch(key) {
  return /^capsules\/[^/]+\/instances\/[^/]+\/\d{8}\/\d{8}$/.test(key);
}

function flipIn(bytes, offset, size) {
  bytes[offset + Math.floor(size / 2)] ^= 1;
}

/** A .fog file is a tar archive: `tar tf evidence.fog` lists it. */
function* archived(bytes) {
  for (let at = 0; bytes[at] !== 0; ) {
    const text = (offset, length) => bytes.toString("utf8", at + offset, at + offset + length).split("\0")[0];
    const name = [text(345, 155), text(0, 100)].filter((part) => part !== "").join("/");
    const size = Number.parseInt(text(124, 12), 8);
    yield { name, offset: at + 512, size };
    at += 512 + Math.ceil(size / 512) * 512;
  }
}
