import type { LogObjects } from "@fogbound/protocol";
import { type ObjectStore, readAll, smallObjectBytes } from "@fogbound/storage";

/** What of a log lies under `root`, by name relative to it. */
export function logObjects(store: ObjectStore, root: string): LogObjects {
  return {
    async *list(waiting = {}) {
      for await (const { key } of store.list(`${root}instances/`, waiting)) yield key.slice(root.length);
    },
    async read(name, waiting = {}) {
      if (!name.startsWith("instances/")) return null;
      const found = await store.get(root + name, waiting);
      return found === null ? null : readAll(found, smallObjectBytes);
    },
    async *hidden(waiting = {}) {
      for await (const { key, deleted, refilled, retainUntil } of store.hidden(`${root}instances/`, waiting))
        yield { name: key.slice(root.length), deleted, refilled, retainUntil };
    },
  };
}
