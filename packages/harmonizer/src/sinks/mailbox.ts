import { equalBytes } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import { type CapsuleId, layout, padded, prunedBundle, pushed, type Waiting } from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";
import { hasCode, readObject } from "../objects.js";
import type { Arrived, Sink } from "../sink.js";

/** A sink in an object store: `mailbox/<capsule>/<number>`, each created once. Its owner collects and may delete the older ones. */
export function mailbox(store: ObjectStore, name: string = "mailbox"): Sink {
  return {
    name,
    async push(bytes, waiting) {
      const { capsule, number } = pushed.decode(bytes);
      const key = layout.mailbox(capsule) + padded(number);
      try {
        await store.create(key, bytes, waiting);
      } catch (error) {
        if (!hasCode(error, "OBJECT_EXISTS")) throw error;
        const found = await readObject(store, key, waiting);
        if (found === null || !equalBytes(found, bytes)) throw error;
      }
    },
    arrived: (capsule, waiting) => newestIn(store, capsule, waiting),
  };
}

async function newestIn(store: ObjectStore, capsule: CapsuleId, waiting: Waiting): Promise<Arrived | null> {
  const prefix = layout.mailbox(capsule);
  let newest: string | null = null;
  for await (const { key } of store.list(prefix, waiting)) if (/^\d{8}$/.test(key.slice(prefix.length))) newest = key;
  const bytes = newest === null ? null : await readObject(store, newest, waiting);
  if (newest === null || bytes === null) return null;
  const { bundles, number, remaining, capsule: named } = pushed.decode(bytes);
  const last = bundles.at(-1);
  if (last === undefined || named !== capsule || newest !== prefix + padded(number)) throw misplaced(newest);
  return { number, bundle: prunedBundle.decode(last).number, remaining };
}

function misplaced(key: string): FogboundError {
  return new FogboundError(
    "FORMAT_INVALID",
    `Expected ${key} to be the push of its own name, got another. Remove it from the mailbox.`,
  );
}
