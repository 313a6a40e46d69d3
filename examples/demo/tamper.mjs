import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { printAudit, verifyElsewhere } from "./evidence.mjs";
import { say } from "./print.mjs";

/** Flips one bit in a batch of the host's log; then takes the harmonizer's copy of it away as well. */
export async function tamperWithTheLog(vault, capsule, open) {
  const batch = await findFile(
    vault,
    (path) =>
      path.includes(`${sep}instances${sep}`) && path.includes(`${sep}capsules${sep}`) && /00000002[^/\\]*$/.test(path),
  );
  await flip(batch);
  say(`flipped one bit of ${batch.slice(vault.length + 1)}`);
  await auditAgain(capsule, open, "repaired");
  const copies = await findFiles(vault, (path) => path.includes(`${sep}harmonizer${sep}open${sep}`));
  for (const copy of copies) await rm(copy);
  say(`and deleted the harmonizer's ${copies.length} copies`);
  await auditAgain(capsule, open, "broken");
}

export async function tamperWithTheExport(file, capsule) {
  const bytes = await readFile(file);
  const at = bytes.indexOf(Buffer.from("/instances/")) + 700;
  bytes[at] ^= 1;
  await writeFile(file, bytes);
  say(`flipped one bit, at byte ${at}`);
  if ((await verifyElsewhere(file, capsule)) === 0) throw new Error("A changed file must not pass.");
}

async function auditAgain(capsule, open, expected) {
  const { owner, close } = await open();
  try {
    const { outcome } = await printAudit(await owner.audit(capsule));
    if (outcome !== expected) throw new Error(`Expected the audit to say ${expected}, it said ${outcome}.`);
  } finally {
    await close();
  }
}

async function flip(path) {
  const bytes = await readFile(path);
  bytes[Math.floor(bytes.length / 2)] ^= 1;
  await writeFile(path, bytes);
}

async function findFile(folder, accepts) {
  const [first] = await findFiles(folder, accepts);
  if (first === undefined) throw new Error(`Expected an object to tamper with in ${folder}, found none.`);
  return first;
}

async function findFiles(folder, accepts) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(accepts)
    .sort();
}
