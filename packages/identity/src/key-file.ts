import {
  derivePasswordKey,
  fromBase64,
  label,
  openAead,
  randomBytes,
  sealAead,
  toBase64,
  utf8,
} from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import { type KeyFile, keyFile, keyRing } from "@fogbound/protocol";
import type { KeyRing } from "./key-ring.js";

export interface PassphraseCost {
  /** scrypt's N, a power of two from 2^10 to 2^20. Default 2^17: 128 MiB and about half a second for each guess. */
  readonly cost?: number;
}

const defaultCost = 2 ** 17;
const first = "-----BEGIN FOGBOUND KEY-----";
const last = "-----END FOGBOUND KEY-----";
const nonce = new Uint8Array(12); // the salt makes the key fresh for each file

/**
 * The text of a key file: the ring's secrets under a key made of the passphrase.
 * @throws TypeError for an empty passphrase. @throws RangeError for a cost outside its bounds.
 */
export async function sealKeyFile(ring: KeyRing, passphrase: string, options: PassphraseCost = {}): Promise<string> {
  if (passphrase === "") throw new TypeError("Expected a passphrase, got an empty one.");
  const cost = options.cost ?? defaultCost;
  if (!Number.isInteger(Math.log2(cost)) || cost < 2 ** 10 || cost > 2 ** 20)
    throw new RangeError(`Expected a scrypt cost that is a power of two from 2^10 to 2^20, got ${cost}.`);
  const header: Omit<KeyFile, "sealed"> = {
    suite: 1,
    kind: ring.kind,
    salt: randomBytes(32),
    cost,
    blockSize: 8,
    parallelism: 1,
  };
  const plain = keyRing.encode({ suite: 1, secrets: [...ring.secrets].map(([name, secret]) => ({ name, secret })) });
  const sealed = await sealAead(await passwordKey(passphrase, header), nonce, plain, label(`key-file/${ring.kind}`));
  plain.fill(0);
  return armor(keyFile.encode({ ...header, sealed }));
}

/** @throws FogboundError `FORMAT_INVALID`, `FORMAT_TOO_NEW`, or `KEY_LOCKED` when the passphrase does not open it. */
export async function openKeyFile(text: string, passphrase: string): Promise<KeyRing> {
  const file = keyFile.decode(unarmor(text));
  const plain = await openAead(
    await passwordKey(passphrase, file),
    nonce,
    file.sealed,
    label(`key-file/${file.kind}`),
  ).catch((cause: unknown) => {
    throw new FogboundError(
      "KEY_LOCKED",
      "The passphrase does not open this key file, or the file is damaged. Check the passphrase and try again.",
      { cause },
    );
  });
  const { secrets } = keyRing.decode(plain);
  const ring = new Map(secrets.map(({ name, secret }) => [name, secret]));
  if (ring.size === secrets.length) return { kind: file.kind, secrets: ring };
  throw new FogboundError("FORMAT_INVALID", "Expected a key file that names each secret once, got a name twice.");
}

function passwordKey(
  passphrase: string,
  { salt, cost, blockSize, parallelism }: Omit<KeyFile, "sealed">,
): Promise<Uint8Array> {
  // NFKC, as SASLprep (RFC 4013) has it: the same keys pressed on two systems must give the same bytes.
  return derivePasswordKey(utf8(passphrase.normalize("NFKC")), salt, { cost, blockSize, parallelism });
}

function armor(bytes: Uint8Array): string {
  const lines = toBase64(bytes).match(/.{1,64}/g) ?? [];
  return [first, ...lines, last, ""].join("\n");
}

function unarmor(text: string): Uint8Array {
  const lines = text.trim().split(/\r?\n/);
  if (lines[0] === first && lines.at(-1) === last) return fromBase64(lines.slice(1, -1).join(""));
  throw new FogboundError(
    "FORMAT_INVALID",
    `Expected a key file that begins with "${first}", got something else. Name a file made by "fogbound init" or "fogbound key new".`,
  );
}
