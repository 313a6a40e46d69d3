import { randomUUID } from "node:crypto";
import { keepsVersions } from "./bucket.js";
import type { S3Connection } from "./connection.js";
import { retentionProbeMilliseconds } from "./defaults.js";
import { S3Error } from "./error-code.js";
import { listVersions } from "./listing.js";
import type { ObjectLock } from "./options.js";

/** The headers of a PUT under retention. S3 keeps whole seconds: rounded up, so that nothing is released early. */
export function lockHeaders(lock: ObjectLock, retainUntil: Date): Readonly<Record<string, string>> {
  const until = new Date(Math.ceil(retainUntil.getTime() / 1000) * 1000).toISOString().replace(".000Z", "Z");
  return { "x-amz-object-lock-mode": lock.toUpperCase(), "x-amz-object-lock-retain-until-date": until };
}

/**
 * Proves that this bucket keeps to a retention: it tells of it, and refuses to delete what lies under it. Stores are
 * known that take the headers, or answer that they set a retention, and protect nothing.
 *
 * @param base the store's prefix
 * @throws S3Error `STORE_UNSUITABLE`, or what the store answered
 */
export async function proveRetention(
  connection: S3Connection,
  base: string,
  lock: ObjectLock,
  signal: AbortSignal,
): Promise<void> {
  if (!(await keepsVersions(connection, signal))) throw unsuitable("the bucket keeps no versions");
  const place = `${base}.fogbound/probe/retention-`;
  await removeOld(connection, place, signal);
  const retainUntil = new Date(Date.now() + retentionProbeMilliseconds);
  const key = place + randomUUID();
  const versionId = await putRetained(connection, key, lockHeaders(lock, retainUntil), signal);
  const object = { key, query: { versionId } };
  await assertTold(connection, object, lock, retainUntil, signal);
  const isKept = await connection.sendAndDrain({ method: "DELETE", ...object }, [204], signal).then(
    () => false,
    (error: unknown) => error instanceof S3Error && error.storeCode === "STORE_REFUSED",
  );
  if (!isKept) throw unsuitable("an object under retention could be deleted");
  await assertTold(connection, object, lock, retainUntil, signal);
}

async function putRetained(
  connection: S3Connection,
  key: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<string> {
  const request = { method: "PUT", key, headers, body: new Uint8Array(1) } as const;
  const answer = await connection.sendAndDrain(request, [200], signal).catch((error: unknown) => {
    // A bucket that was made without object lock takes no such PUT; S3 says so with a 400, which names a bad request.
    if (error instanceof S3Error && error.status === 400) throw unsuitable("the bucket takes no retention", error);
    throw error;
  });
  const versionId = answer.headers["x-amz-version-id"];
  if (typeof versionId === "string" && versionId !== "" && versionId !== "null") return versionId;
  throw unsuitable("the store does not say which version it wrote");
}

async function assertTold(
  connection: S3Connection,
  object: { readonly key: string; readonly query: { readonly versionId: string } },
  lock: ObjectLock,
  retainUntil: Date,
  signal: AbortSignal,
): Promise<void> {
  const { headers } = await connection.sendAndDrain({ method: "HEAD", ...object }, [200], signal);
  const mode = String(headers["x-amz-object-lock-mode"]).toLowerCase();
  const until = new Date(String(headers["x-amz-object-lock-retain-until-date"]));
  if (mode === lock && until >= retainUntil) return;
  throw unsuitable("an object put under retention is not said to be");
}

/** Those of proofs that were made before; what cannot be deleted yet waits for the next one. */
async function removeOld(connection: S3Connection, place: string, signal: AbortSignal): Promise<void> {
  for await (const { versions } of listVersions(connection, place, "", 1000, signal))
    for (const { key, versionId } of versions)
      await connection
        .sendAndDrain({ method: "DELETE", key, query: { versionId } }, [204], signal)
        .catch(() => undefined);
}

function unsuitable(found: string, cause?: unknown): S3Error {
  const advice = "make the bucket with object lock, and allow GetObjectRetention; or leave objectLock out";
  return S3Error.found("STORE_UNSUITABLE", `objectLock was asked for, and ${found}; ${advice}`, cause);
}
