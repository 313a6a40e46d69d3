// `node merge-child.mjs FILE CAPSULE READ-KEY`: verifies one history in a process of its own, then what the signatures
// alone would have cost it.
import crypto from "node:crypto";
import { openAsBlob } from "node:fs";
import { syncBuiltinESMExports } from "node:module";

// Counted where Node takes them in: whatever is verified in this process passes here.
let signatures = 0;
const verify = crypto.verify;
crypto.verify = (...args) => {
  signatures++;
  return verify(...args);
};

syncBuiltinESMExports();

const { auditExport } = await import("fogbound");
const { generateSigningKey, sealingKeyFromSecret, signEd25519, verifyEd25519 } = await import("@fogbound/crypto");
const { mebibyte } = await import("./harness.mjs");

const [file, capsule, secret] = process.argv.slice(2);
const readKeys = [await sealingKeyFromSecret(Buffer.from(secret, "hex"))];
let most = 0;
const look = () => {
  most = Math.max(most, process.memoryUsage.rss());
};

const blob = await openAsBlob(file);
globalThis.gc?.();
const before = process.memoryUsage.rss();
const started = performance.now();
const audit = await auditExport(blob, { trust: capsule, readKeys });
let accesses = 0;
for await (const { outcome } of audit.accesses()) {
  if (outcome !== "permitted") throw new Error(`Expected permitted accesses only, got one ${outcome}.`);
  accesses++;
  if (accesses % 256 === 0) look();
}
const verdict = await audit.verdict();
const seconds = (performance.now() - started) / 1000;
look();
const open = verdict.findings.map(({ code, sentence }) => `${code}: ${sentence}`);
if (verdict.outcome !== "proved")
  throw new Error(`Expected a history that is proved, got ${verdict.outcome}. ${open.slice(0, 3)}`);

const verified = signatures;
const limit = await signatureSeconds(verified);
process.send({
  accesses,
  seconds,
  signatures: verified,
  limit,
  residentMebibytes: Math.max(0, most - before) / mebibyte,
});
process.disconnect();

/** Seconds that as many verifications take with nothing beside them, on all processors. */
async function signatureSeconds(count) {
  const key = generateSigningKey();
  const message = new Uint8Array(512).fill(7);
  const signature = await signEd25519(key, message);
  const work = async (share) => {
    for (let done = 0; done < share; done++)
      if (!(await verifyEd25519(key.publicKey, message, signature)))
        throw new Error("Expected a signature that holds.");
  };
  await work(200);
  const begun = performance.now();
  await Promise.all(Array.from({ length: 64 }, () => work(Math.ceil(count / 64))));
  return (performance.now() - begun) / 1000;
}
