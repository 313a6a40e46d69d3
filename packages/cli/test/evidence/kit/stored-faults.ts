import { readAll } from "@fogbound/storage";
import { storeAt, type VaultPlace } from "./ground.js";

const mebibyte = 1_048_576;

/**
 * What there is to say against a store in which somebody was killed: what was told is there; whatever is there is whole;
 * what never ended is not there; and work goes on.
 */
export async function storedFaults(place: VaultPlace, told: readonly string[]): Promise<readonly string[]> {
  const store = await storeAt(place);
  const faults: string[] = [];
  const seen = new Set<string>();
  for (const kind of ["small/", "large/"])
    for await (const { key } of store.list(kind)) {
      seen.add(key);
      const object = await store.get(key);
      const bytes = object === null ? Buffer.alloc(0) : Buffer.from(await readAll(object, 16 * mebibyte));
      if (!bytes.equals(expected(key))) faults.push(`${key}: ${bytes.length} bytes that were not written so`);
    }
  for await (const { key } of store.list("endless/")) faults.push(`${key}: half of it`);
  for (const key of told) if (!seen.has(key)) faults.push(`${key}: gone`);
  const after = `small/${crypto.randomUUID()}`;
  await store.create(after, expected(after));
  const again = `large/${crypto.randomUUID()}`;
  await store.upload(again, new Blob([new Uint8Array(expected(again))]));
  await store.close();
  return faults;
}

/** As the process writes them. */
function expected(key: string): Buffer {
  if (key.startsWith("small/")) return Buffer.from(key.repeat(50));
  return Buffer.alloc(9 * mebibyte, key.slice(0, 32));
}
