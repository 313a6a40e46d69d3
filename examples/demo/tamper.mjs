import { readFile, rm, writeFile } from "node:fs/promises";
import { sep } from "node:path";
import { explain } from "@fogbound/audit";
import { filesBelow } from "./files.mjs";
import { count, say, show } from "./print.mjs";

/** Flips one bit in the second batch of the host's log. */
export async function tamperWithTheLog(vault) {
  const [batch] = await filesBelow(vault, (path) => isBatch(path.split(sep).join("/")));
  if (batch === undefined) throw new Error(`Expected a batch of the log in ${vault}, found none.`);
  const bytes = await readFile(batch);
  flipIn(bytes, 0, bytes.length);
  await writeFile(batch, bytes);
  say(`One bit is flipped in ${batch.slice(vault.length + 1)}`);
}

/** Takes away all that the harmonizer could restore a batch from. */
export async function deleteTheCopies(vault) {
  const kept = ["open", "parity"].map((folder) => `${sep}harmonizer${sep}${folder}${sep}`);
  const copies = await filesBelow(vault, (path) => kept.some((folder) => path.includes(folder)));
  for (const copy of copies) await rm(copy);
  say(
    `The harmonizer's ${count(copies.length, "copy", "copies")} of the log ${copies.length === 1 ? "is" : "are"} deleted.`,
  );
}

/** Flips one bit of the same batch inside an exported file. */
export async function tamperWithTheExport(file) {
  const bytes = await readFile(file);
  for (const { name, offset, size } of archived(bytes)) {
    if (!isBatch(name)) continue;
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
  show(
    explain(verdict)
      .filter((line) => /^(VERDICT|REPAIRED|INCOMPLETE|BROKEN) /.test(line))
      .join("\n"),
  );
  say(lost.length === 0 ? "   All that was proved before is proved still." : `   No longer proved: ${lost.join(", ")}`);
  if (verdict.outcome !== expected) throw new Error(`Expected the verdict ${expected}, got ${verdict.outcome}.`);
}

function isBatch(path) {
  return /capsules\/[^/]+\/instances\/[^/]+\/00000001\/00000002(\.object)?$/.test(path);
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
