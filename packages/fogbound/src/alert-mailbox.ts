import type { OwnerKeys } from "@fogbound/identity";
import {
  type AlertLetter,
  type Alerts,
  type CapsuleId,
  layout,
  openAlert,
  randomIdentifier,
  sealAlert,
  type Waiting,
} from "@fogbound/protocol";
import { type ObjectStore, readAll, smallObjectBytes } from "@fogbound/storage";

export interface AlertMailbox extends Alerts {
  /** When everything that was raised so far lies in the store. @throws the store's codes for what does not. */
  settled(): Promise<void>;
}

/**
 * Puts alerts into an object store, each sealed to one key and created once: `mailbox/<capsule>/alerts/<time>-<random>`.
 * @param to whose key it is that reads them: an owner's public read key
 */
export function alertMailbox(store: ObjectStore, to: Uint8Array): AlertMailbox {
  const writing = new Set<Promise<unknown>>();
  const failures: unknown[] = [];
  return {
    raise(alert) {
      const time = "time" in alert ? alert.time : alert.since;
      const key = `${layout.alerts(alert.capsule)}${String(time).padStart(16, "0")}-${randomIdentifier("acc").slice(4)}`;
      const written = sealAlert(alert, to).then((bytes) => store.create(key, bytes));
      const settled = written.catch((error: unknown) => failures.push(error)).finally(() => writing.delete(settled));
      writing.add(settled);
    },
    async settled() {
      await Promise.all(writing);
      const [failure] = failures.splice(0);
      if (failure !== undefined) throw failure;
    },
  };
}

/**
 * The alerts of one capsule that lie in a mailbox, oldest first. Anybody who may write there may have put one: an audit
 * shows what is true of it.
 * @throws FogboundError `VERIFICATION_FAILED` or `FORMAT_INVALID` for what is no alert to this key, and the store's codes.
 */
export async function* collectAlerts(
  store: ObjectStore,
  capsule: CapsuleId,
  keys: Pick<OwnerKeys, "read">,
  waiting: Waiting = {},
): AsyncGenerator<AlertLetter, void, undefined> {
  for await (const { key } of store.list(layout.alerts(capsule), waiting)) {
    const object = await store.get(key, waiting);
    if (object !== null) yield openAlert(await readAll(object, smallObjectBytes), capsule, keys.read);
  }
}
