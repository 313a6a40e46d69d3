import type { Clock } from "@fogbound/protocol";
import { memoryDriver, ObjectStore } from "@fogbound/storage";

export { type MemoryDriverOptions, memoryDriver } from "@fogbound/storage";

/** A store in memory, gone with the process. */
export function memoryStore(): Promise<ObjectStore> {
  return ObjectStore.open(memoryDriver());
}

/** A clock that stands until it is turned. */
export interface TestClock {
  readonly now: Clock;
  /** Forward, or with a negative number back. */
  turn(milliseconds: number): void;
}

/** @param start what it shows at first. Default: 2026-01-01, midnight UTC */
export function testClock(start: Date = new Date("2026-01-01T00:00:00Z")): TestClock {
  let time = start.getTime();
  return {
    now: () => time,
    turn: (milliseconds) => {
      time += milliseconds;
    },
  };
}

/** Changes one byte of an object behind everybody's back, as a store that lies would. @throws TypeError when there is no such byte. */
export async function tamper(store: ObjectStore, key: string, at: number): Promise<void> {
  const object = await store.get(key);
  const bytes = (await object?.bytes()) ?? new Uint8Array();
  const byte = bytes[at];
  if (byte === undefined)
    throw new TypeError(`Expected an object ${key} of more than ${at} bytes, got ${bytes.length}.`);
  bytes[at] = byte ^ 1;
  await store.replace(key, bytes);
}
