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

/** @throws TypeError for an origin that cannot name a key: empty, or with white space, a plus or a control character. */
export async function signCheckpoint(checkpoint: Checkpoint, logKey: SigningKey): Promise<string> {
  if (!isKeyName(checkpoint.origin))
    throw new TypeError(
      `Expected an origin such as "example.com/log", without white space or plus, got ${JSON.stringify(checkpoint.origin.slice(0, 80))}.`,
    );
  const text = noteText(checkpoint);
  const signature = concatBytes(keyHash(checkpoint.origin, logKey.publicKey), await signEd25519(logKey, utf8(text)));
  return `${text}\n— ${checkpoint.origin} ${toBase64(signature)}\n`;
}

/**
 * The checkpoint in a signed note, once the log's own signature holds: the first line under its name and key id, and no
 * later one. Lines of other signers are read and left alone: witnesses add theirs.
 * @throws FogboundError `FORMAT_INVALID` or `VERIFICATION_FAILED`.
 */
export async function openCheckpoint(
  note: string,
  log: { readonly origin: string; readonly logKey: Uint8Array },
): Promise<Checkpoint> {
  const split = note.lastIndexOf("\n\n");
  if (split < 0 || !note.endsWith("\n") || note.length > 65_536 || !isNoteText(note)) throw unreadable();
  const text = note.slice(0, split + 1);
  const checkpoint = parseText(text);
  if (checkpoint.origin !== log.origin) throw FogboundError.verificationFailed();
  const expected = keyHash(log.origin, log.logKey);
  const own = signaturesOf(note.slice(split + 2, -1)).find(
    ({ name, signature }) => name === log.origin && equalBytes(signature.slice(0, 4), expected),
  );
  if (own !== undefined && (await verifyEd25519(log.logKey, utf8(text), own.signature.slice(4)))) return checkpoint;
  throw FogboundError.verificationFailed();
}

function noteText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

function parseText(text: string): Checkpoint {
  const [origin, size, root, ...extensions] = text.split("\n");
  if (origin === undefined || origin === "" || root === undefined || !/^(0|[1-9]\d{0,15})$/.test(size ?? ""))
    throw unreadable();
  if (extensions.indexOf("") !== extensions.length - 1) throw unreadable();
  const hash = fromBase64(root);
  if (hash.length !== 32 || !Number.isSafeInteger(Number(size))) throw unreadable();
  return { origin, size: Number(size), root: hash };
}

interface SignatureLine {
  readonly name: string;
  /** Four bytes of key id, and the signature. */
  readonly signature: Uint8Array;
}

function signaturesOf(lines: string): SignatureLine[] {
  return lines.split("\n").map((line) => {
    const [, name = "", encoded = ""] = /^— (\S+) (\S+)$/.exec(line) ?? [];
    if (!isKeyName(name)) throw unreadable();
    const signature = fromBase64(encoded);
    if (signature.length < 5) throw unreadable();
    return { name, signature };
  });
}

function isKeyName(name: string): boolean {
  return /^[^\s+]+$/u.test(name) && isNoteText(name);
}

/** No control character but the newline. */
function isNoteText(text: string): boolean {
  return text.isWellFormed() && !/[^\P{Cc}\n]/u.test(text);
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
