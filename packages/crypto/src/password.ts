import { type ScryptCost, scryptKey } from "#platform";

export type { ScryptCost };

/** The most memory one derivation may take. A key file is read before it is trusted, and it states the cost. */
const mostMemory = 2 ** 30;

/**
 * scrypt (RFC 7914) to 32 bytes. Memory taken is about 128 * cost * blockSize bytes.
 *
 * @throws RangeError unless cost is a power of two from 2, the other two are whole numbers from 1 to 32, and the memory
 * is at most 1 GiB. Cost parameters that come out of a file are checked by whoever reads the file.
 */
export async function derivePasswordKey(
  passphrase: Uint8Array,
  salt: Uint8Array,
  parameters: ScryptCost,
): Promise<Uint8Array> {
  const { cost, blockSize, parallelism } = parameters;
  const whole = [blockSize, parallelism].every((value) => Number.isInteger(value) && value >= 1 && value <= 32);
  const power = Number.isInteger(cost) && cost >= 2 && Number.isInteger(Math.log2(cost));
  if (whole && power && 128 * cost * blockSize <= mostMemory) return scryptKey(passphrase, salt, parameters);
  throw new RangeError(
    `Expected scrypt parameters within 1 GiB of memory, got cost ${cost}, block size ${blockSize}, parallelism ${parallelism}.`,
  );
}
