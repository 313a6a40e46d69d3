import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { assertBytes } from "./harness.mjs";
import { pieces, streamOf } from "./synthetic.mjs";

const itemName = "content";

/** Seals synthetic bytes as the only item of a new capsule. */
export function sealBytes(owner, bytes, source = pieces(bytes)) {
  return owner.seal({ items: [{ name: itemName, content: source }], policy: "record-only" });
}

/** Reads the item to its end with the owner's key. `through` sees the plaintext pass. */
export async function readBytes(owner, capsule, bytes, through = (source) => source) {
  assertBytes("an opened item", await lengthOf(through(owner.read(capsule.id, itemName))), bytes);
}

/** AES-256-GCM and a SHA-256 over what comes out, by OpenSSL through node:crypto: the least that sealing has to do. */
export async function sealRaw(bytes) {
  const cipher = createCipheriv("aes-256-gcm", randomBytes(32), randomBytes(12));
  const hash = createHash("sha256");
  let length = 0;
  for await (const piece of pieces(bytes)) {
    const sealed = cipher.update(piece);
    hash.update(sealed);
    length += sealed.length;
  }
  cipher.final();
  cipher.getAuthTag();
  hash.digest();
  assertBytes("a raw ciphertext", length, bytes);
}

/** What `openRaw` opens. */
export function rawCiphertext(bytes) {
  const [key, nonce] = [randomBytes(32), randomBytes(12)];
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  async function* encrypted() {
    for await (const piece of pieces(bytes)) yield cipher.update(piece);
    cipher.final();
  }
  return { source: encrypted(), opener: () => openerOf(key, nonce, cipher.getAuthTag()) };
}

function openerOf(key, nonce, tag) {
  return createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: 16 }).setAuthTag(tag);
}

export async function openRaw(stored, decipher, bytes) {
  let length = 0;
  for await (const piece of stored) length += decipher.update(piece).length;
  decipher.final();
  assertBytes("a raw plaintext", length, bytes);
}

/** An age identity, and both directions with it. */
export async function ageParty() {
  const identity = await generateX25519Identity();
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(identity));
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return {
    encrypted: (bytes) => encrypter.encrypt(streamOf(bytes)),
    async decrypt(stored, bytes) {
      assertBytes("an age plaintext", await lengthOf(await decrypter.decrypt(ReadableStream.from(stored))), bytes);
    },
  };
}

export async function lengthOf(stream) {
  let length = 0;
  for await (const piece of stream) length += piece.length;
  return length;
}
