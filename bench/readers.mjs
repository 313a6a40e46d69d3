import { Policy } from "fogbound";
import { assertBytes, percentile } from "./harness.mjs";

const itemBytes = 1024;
const itemName = "note.txt";
const issuer = "local";

/** So many readers as subjects, each signed in by the host. */
export function subjectsOf(readers) {
  return Array.from({ length: readers }, (_, index) => `${issuer}#reader-${index}`);
}

/** A capsule of one small item that all of them may view. */
export function sealSmall(owner, subjects, leaseSeconds) {
  const policy = Policy.allow({ readers: subjects, actions: ["view"] });
  const content = new Uint8Array(itemBytes).fill(7);
  return owner.seal({ items: [{ name: itemName, content }], policy, leaseSeconds });
}

/** One whole access: asked, answered, read to its end, *delivered* durable. */
export async function access(host, session, capsule) {
  const permitted = await host.access(session, { capsule: capsule.id, item: itemName, action: "view" });
  if (permitted.outcome !== "permitted") throw new Error(`Expected a permitted access, got ${permitted.outcome}.`);
  let length = 0;
  for await (const piece of permitted.read()) length += piece.length;
  assertBytes("a read item", length, itemBytes);
}

/**
 * Everybody goes through their own capsules over and over, one access after another, until the time is up.
 *
 * @param readers `{ session, capsules }` each
 * @returns {Promise<{ perSecond: number, p50: number, p99: number }>} full accesses, and milliseconds of one
 */
export async function accessAll(host, readers, seconds) {
  const start = performance.now();
  const end = start + seconds * 1000;
  const times = [];
  const readOn = async ({ session, capsules }) => {
    for (let turn = 0; performance.now() < end; turn++) {
      const began = performance.now();
      await access(host, session, capsules[turn % capsules.length]);
      times.push(performance.now() - began);
    }
  };
  await Promise.all(readers.map(readOn));
  const elapsed = (performance.now() - start) / 1000;
  return { perSecond: times.length / elapsed, p50: percentile(times, 50), p99: percentile(times, 99) };
}

/** Runs `work` over all values, a few at a time: set-up, which nobody measures. */
export async function inParallel(values, atOnce, work) {
  const rest = values.entries();
  const worker = async () => {
    for (const [index, value] of rest) await work(value, index);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
