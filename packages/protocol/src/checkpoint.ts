import {
  concatBytes,
  equalBytes,
  fromBase64,
  type SigningKey,
  sha256,
  signEd25519,
  toBase64,
  utf8,
  verifyEd25519,
} from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";

/** The signed head of the harmonizer's Merkle log, as a C2SP tlog-checkpoint: a signed note any witness can read. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  /** RFC 6962 root over the first `size` leaves. */
  readonly root: Uint8Array;
}

const ed25519 = Uint8Array.of(1); // C2SP signed-note, signature type

export async function signCheckpoint(checkpoint: Checkpoint, logKey: SigningKey): Promise<string> {
  const text = noteText(checkpoint);
  const signature = concatBytes(keyHash(checkpoint.origin, logKey.publicKey), await signEd25519(logKey, utf8(text)));
  return `${text}\n— ${checkpoint.origin} ${toBase64(signature)}\n`;
}

/**
 * The checkpoint in a signed note, once the log's own signature holds. Lines of other signers are left alone: witnesses
 * add theirs.
 * @throws FogboundError `FORMAT_INVALID` or `VERIFICATION_FAILED`.
 */
export async function openCheckpoint(
  note: string,
  log: { readonly origin: string; readonly logKey: Uint8Array },
): Promise<Checkpoint> {
  const split = note.lastIndexOf("\n\n");
  if (split < 0 || !note.endsWith("\n") || note.length > 65_536) throw unreadable();
  const text = note.slice(0, split + 1);
  const checkpoint = parseText(text);
  if (checkpoint.origin !== log.origin) throw FogboundError.verificationFailed();
  const expected = keyHash(log.origin, log.logKey);
  for (const line of note.slice(split + 2, -1).split("\n")) {
    const signature = ownSignature(line, log.origin, expected);
    if (signature !== null && (await verifyEd25519(log.logKey, utf8(text), signature))) return checkpoint;
  }
  throw FogboundError.verificationFailed();
}

function noteText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

function parseText(text: string): Checkpoint {
  const [origin, size, root, ...extensions] = text.split("\n");
  if (origin === undefined || origin === "" || root === undefined || !/^(0|[1-9]\d{0,15})$/.test(size ?? ""))
    throw unreadable();
  if (extensions.length === 0 || extensions.at(-1) !== "") throw unreadable();
  const hash = fromBase64(root);
  if (hash.length !== 32 || !Number.isSafeInteger(Number(size))) throw unreadable();
  return { origin, size: Number(size), root: hash };
}

function ownSignature(line: string, origin: string, hash: Uint8Array): Uint8Array | null {
  const match = /^— (\S+) (\S+)$/.exec(line);
  if (match === null) throw unreadable();
  if (match[1] !== origin) return null;
  const signature = fromBase64(match[2] ?? "");
  return signature.length === 68 && equalBytes(signature.slice(0, 4), hash) ? signature.slice(4) : null;
}

function keyHash(name: string, publicKey: Uint8Array): Uint8Array {
  return sha256(utf8(name), utf8("\n"), ed25519, publicKey).slice(0, 4);
}

function unreadable(): FogboundError {
  return new FogboundError(
    "FORMAT_INVALID",
    "Expected a C2SP checkpoint (origin, size, root, signatures), got text of another shape.",
  );
}
