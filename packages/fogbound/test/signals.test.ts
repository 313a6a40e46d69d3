import { getEventListeners } from "node:events";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { CapsuleId } from "../src/index.js";
import { tamper } from "../src/testing.js";
import { type Scene, scene, textItem, viewers } from "./kit.js";

let on: Scene;
beforeEach(async () => {
  on = await scene();
});
afterEach(() => on.close());

/** A signal that tells how many listeners it had at most, and has now. */
function watched(): { readonly signal: AbortSignal; readonly listeners: () => { most: number; left: number } } {
  const { signal } = new AbortController();
  const count = (): number => getEventListeners(signal, "abort").length;
  const add = signal.addEventListener.bind(signal);
  let most = 0;
  signal.addEventListener = (...given: Parameters<typeof add>): void => {
    add(...given);
    most = Math.max(most, count());
  };
  return { signal, listeners: () => ({ most, left: count() }) };
}

async function access(capsule: CapsuleId, signal: AbortSignal): Promise<void> {
  const session = await on.host.sessionFor("local#reader", { address: "10.0.0.7" });
  const asked = await on.host.access(session, { capsule, item: "a.txt", action: "view" }, { signal });
  if (asked.outcome === "permitted") await new Response(asked.read()).text();
}

async function batches(): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of on.store.list("capsules/")) if (/\/\d{8}\/\d{8}$/.test(key)) keys.push(key);
  return keys;
}

it("one signal goes with everything that is done, however much of it at once, and none of it leaves a listener", async () => {
  const { signal, listeners } = watched();
  const items = [textItem("a.txt", "x"), textItem("b.txt", "y")] as const;
  const { id } = await on.owner.seal({ items, policy: viewers }, { signal });
  await access(id, signal);
  await Promise.all(Array.from({ length: 30 }, () => access(id, signal)));
  for (let turn = 0; turn < 12; turn++) await access(id, signal);
  await (await on.owner.audit(id, { signal, rehashContent: true })).verdict();
  await new Response(on.owner.export(id, { signal })).arrayBuffer();
  expect(listeners()).toEqual({ most: 1, left: 0 });

  // What is damaged is read in more ways than what is whole.
  const [first = "", second = "", ...rest] = await batches();
  await on.store.delete(first);
  await tamper(on.store, second, 300);
  await on.store.replace(rest[0] ?? "", new Uint8Array(17 * 1024));
  await on.store.replace(rest[1] ?? "", new Uint8Array(0));
  expect((await (await on.owner.audit(id, { signal })).verdict()).outcome).not.toBe("proved");
  await on.owner.repair(id, { signal });
  expect(listeners()).toEqual({ most: 1, left: 0 });
});
