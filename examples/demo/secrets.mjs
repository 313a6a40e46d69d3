import { readFile } from "node:fs/promises";
import { readKeyFile } from "fogbound";
import { filesBelow } from "./files.mjs";
import { objectsIn } from "./objects.mjs";
import { count, say } from "./print.mjs";

/** Looks into every file and every object of the run for every secret of the run, as bytes and as text. @throws Error when one is found */
export async function searchForSecrets(folder, store, { keyFile, passphrase, recoveryKey }) {
  const ring = await readKeyFile(keyFile, passphrase);
  if (ring === null) throw new Error(`Expected a key file at ${keyFile}, found none.`);
  const secrets = new Map([
    ["passphrase", Buffer.from(passphrase)],
    ["recovery key", Buffer.from(recoveryKey)],
    ...secretKeys(ring),
  ]);
  const files = await filesBelow(folder);
  const search = (where, bytes) => {
    for (const [name, secret] of secrets)
      if (formsOf(secret).some((form) => bytes.includes(form))) throw new Error(`The secret ${name} lies in ${where}.`);
  };
  for (const file of files) search(file, await readFile(file));
  let objects = 0;
  for await (const { key, bytes } of objectsIn(store)) {
    search(key, await bytes());
    objects++;
  }
  say(
    `${count(files.length, "file")} and ${count(objects, "object")} searched for ${count(secrets.size, "secret")}, as bytes, hex and base64: none found.`,
  );
  say("The key file is one of them: it holds the keys sealed under the passphrase.");
}

/** The recovery key's public half also stands in the key file, and in every manifest: it is no secret. */
function* secretKeys({ secrets }) {
  for (const [name, bytes] of secrets) {
    if (name.startsWith("recovery-public-")) continue;
    if (bytes.length === 32) yield [name, Buffer.from(bytes)];
    else for (const [index, key] of keysWithin(Buffer.from(bytes)).entries()) yield [`${name} ${index}`, key];
  }
}

/** The 32-byte strings of a flat CBOR array (RFC 8949): an authority's four secrets are written together. */
function keysWithin(bytes) {
  const keys = [];
  for (let at = 0; at < bytes.length; ) {
    const type = bytes[at] >> 5;
    const isLong = (bytes[at] & 31) === 24;
    const value = isLong ? bytes[at + 1] : bytes[at] & 31;
    const start = at + (isLong ? 2 : 1);
    const length = type === 2 || type === 3 ? value : 0;
    if (type === 2 && length === 32) keys.push(bytes.subarray(start, start + length));
    at = start + length;
  }
  if (keys.length === 0) throw new Error("Expected keys in the key file, found none that could be searched for.");
  return keys;
}

function formsOf(secret) {
  return [secret, ...["hex", "base64", "base64url"].map((encoding) => Buffer.from(secret.toString(encoding)))];
}
