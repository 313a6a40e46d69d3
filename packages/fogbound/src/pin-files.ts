import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { FogboundError } from "@fogbound/errors";
import { type CapsuleId, hashOf, type Pin, pin as pinFormat } from "@fogbound/protocol";
import type { Pins } from "./pins.js";

const title = "fogbound pin";
const version = "1";

/**
 * Pins as files of a directory, one for each capsule, of mode 0600. The directory is made with the first pin.
 *
 * `read` and `write` throw FogboundError `FORMAT_INVALID` for a file that is damaged or of another capsule,
 * `FORMAT_TOO_NEW` for one that a later release wrote, `STORE_REFUSED` and `STORE_FULL` when the system refuses.
 */
export function pinFiles(directory: string): Pins {
  const pathOf = (capsule: CapsuleId): string => join(directory, `${capsule}.pin`);
  return {
    keptAt: directory,
    async read(capsule) {
      const path = pathOf(capsule);
      const text = await readFile(path, "utf8").catch((error: unknown) =>
        isMissing(error) ? null : refused(path, error),
      );
      return text === null ? null : parse(text, capsule, path);
    },
    async write(value) {
      const path = pathOf(value.capsule);
      await mkdir(directory, { recursive: true, mode: 0o700 }).catch((error: unknown) => refused(path, error));
      await replaceWhole(path, format(pinFormat.encode(value)));
    },
  };
}

/** The digest is against rot alone: one flipped bit in a hash would else read as an attack on the vault. */
function format(bytes: Uint8Array): string {
  return `${title} ${version}\n${base64(bytes)}\n${base64(hashOf(bytes))}\n`;
}

function parse(text: string, capsule: CapsuleId, path: string): Pin {
  const [first = "", body = "", digest = "", ...rest] = text.split("\n");
  if (first.startsWith(`${title} `) && first !== `${title} ${version}`)
    throw new FogboundError(
      "FORMAT_TOO_NEW",
      `Expected a pin of version ${version}, got ${JSON.stringify(first.slice(0, 40))} in ${path}. A later release of Fogbound reads it.`,
    );
  const bytes = new Uint8Array(Buffer.from(body, "base64"));
  const isWhole = first === `${title} ${version}` && base64(bytes) === body && base64(hashOf(bytes)) === digest;
  if (!isWhole || rest.join("") !== "") throw damaged(path);
  const value = pinFormat.decode(bytes);
  if (value.capsule === capsule) return value;
  throw damaged(path);
}

function damaged(path: string): FogboundError {
  return new FogboundError(
    "FORMAT_INVALID",
    `Expected the pin that an audit wrote, got other bytes in ${path}: it is damaged. Put it back from a copy; removing it gives up the proof that no older vault was restored.`,
  );
}

async function replaceWhole(path: string, text: string): Promise<void> {
  const beside = `${path}.${randomUUID()}`;
  try {
    const file = await open(beside, "wx", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    refused(path, error);
  }
}

function refused(path: string, cause: unknown): never {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown error";
  const isFull = code === "ENOSPC" || code === "EDQUOT";
  throw new FogboundError(
    isFull ? "STORE_FULL" : "STORE_REFUSED",
    `The pin ${path} could not be ${isFull ? "written: there is no room" : "used"} (${code}). Check the path and its permissions.`,
    { cause },
  );
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
