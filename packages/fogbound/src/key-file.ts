import { mkdir, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { FogboundError } from "@fogbound/errors";
import { type KeyRing, openKeyFile, type PassphraseCost, sealKeyFile } from "@fogbound/identity";

const largestKeyFile = 256 * 1024;
const othersMayUse = 0o077;

/**
 * Opens a key file.
 * @returns null when there is no such file
 * @throws FogboundError `KEY_LOCKED` when others may read or write the file, or the passphrase does not open it;
 * `FORMAT_INVALID`, `FORMAT_TOO_NEW`; `STORE_REFUSED` when the system does not let it be read.
 */
export async function readKeyFile(path: string, passphrase: string): Promise<KeyRing | null> {
  const text = await readPrivately(path);
  return text === null ? null : openKeyFile(text, passphrase);
}

/**
 * Writes a new key file with mode 0600, its folder with 0700. What is there is never written over.
 * @throws FogboundError `OBJECT_EXISTS` when there is a file of this name; `STORE_REFUSED`, `STORE_FULL`.
 */
export async function writeKeyFile(
  path: string,
  ring: KeyRing,
  passphrase: string,
  cost: PassphraseCost = {},
): Promise<void> {
  const text = await sealKeyFile(ring, passphrase, cost);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 }).catch(storeError(path));
  const file = await open(path, "wx", 0o600).catch(storeError(path));
  try {
    await file.writeFile(text);
    await file.sync();
  } catch (error) {
    await rm(path, { force: true });
    return storeError(path)(error);
  } finally {
    await file.close();
  }
}

async function readPrivately(path: string): Promise<string | null> {
  const file = await open(path, "r").catch((error: unknown) =>
    codeOf(error) === "ENOENT" ? null : storeError(path)(error),
  );
  if (file === null) return null;
  try {
    const { mode, size } = await file.stat();
    // Windows has no such modes: there the folder's access list protects the file.
    if (process.platform !== "win32" && (mode & othersMayUse) !== 0)
      throw new FogboundError(
        "KEY_LOCKED",
        `The key file ${path} may be used by others (mode ${(mode & 0o777).toString(8)}). Make it yours alone: chmod 600 ${JSON.stringify(path)}`,
      );
    if (size > largestKeyFile)
      throw new FogboundError(
        "FORMAT_INVALID",
        `Expected a key file of at most ${largestKeyFile} bytes, got ${size}: ${path} is something else.`,
      );
    return await file.readFile("utf8");
  } catch (error) {
    if (FogboundError.isInstance(error)) throw error;
    return storeError(path)(error);
  } finally {
    await file.close();
  }
}

function storeError(path: string): (error: unknown) => never {
  return (cause) => {
    const code = codeOf(cause);
    if (code === "EEXIST")
      throw new FogboundError(
        "OBJECT_EXISTS",
        `There is a file at ${path} already, and a key is never written over. Name another file, or move that one away.`,
        { cause },
      );
    if (code === "ENOSPC" || code === "EDQUOT")
      throw new FogboundError("STORE_FULL", `There is no room for the key file ${path}.`, { cause });
    throw new FogboundError(
      "STORE_REFUSED",
      `The key file ${path} could not be used (${code ?? "unknown error"}). Check the path and its permissions.`,
      { cause },
    );
  };
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
