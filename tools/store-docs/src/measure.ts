import { ObjectStore, readAll } from "@fogbound/storage";
import { FogboundError } from "fogbound";
import type { Fresh } from "./measured-stores.js";
import { type Requests, told } from "./requests.js";

export interface Measured {
  /** The row of the table of capabilities. */
  readonly capabilities: string;
  /** The table of what each call asks of the server; null where there is none. */
  readonly requests: string | null;
}

const writers = 16;
const small = new Uint8Array(1_000);
/** Two parts of S3's and a half; five blocks of Azure's. */
const large = new Uint8Array(40 * 1024 * 1024);

/** Opens the store, which probes it, and tries each of its promises. */
export async function measure(name: string, fresh: Fresh): Promise<Measured> {
  const store = await ObjectStore.open(fresh.driver);
  try {
    const { largeCreateOnly, enforcedRetention, conditionalDelete } = store.capabilities;
    const wins = await winners(store);
    const isUnderMarker = await survivesDeletion(store, fresh);
    const cells = [
      name,
      fresh.server,
      `${wins} of ${writers} wins`,
      ...[largeCreateOnly, enforcedRetention, conditionalDelete, isUnderMarker].map((can) => (can ? "yes" : "no")),
    ];
    // What opening asks is not in it: it lets writers race, and how many requests that takes is the server's choice.
    return {
      capabilities: rowOf(cells),
      requests: fresh.requests === null ? null : await requestsOf(store, fresh.requests),
    };
  } finally {
    await store.close();
  }
}

export function rowOf(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

async function winners(store: ObjectStore): Promise<number> {
  const creates = Array.from({ length: writers }, (_, writer) => store.create("race", Uint8Array.of(writer)));
  const outcomes = await Promise.allSettled(creates);
  for (const outcome of outcomes) if (outcome.status === "rejected" && !isTaken(outcome.reason)) throw outcome.reason;
  return outcomes.filter(({ status }) => status === "fulfilled").length;
}

function isTaken(error: unknown): boolean {
  return FogboundError.isInstance(error) && error.code === "OBJECT_EXISTS";
}

async function survivesDeletion(store: ObjectStore, fresh: Fresh): Promise<boolean> {
  await store.create("deleted-by-others", small);
  await fresh.deleteAsOthersDo("deleted-by-others");
  const found = await store.get("deleted-by-others");
  if (found === null) return false;
  return (await readAll(found, small.length)).length === small.length;
}

async function requestsOf(store: ObjectStore, requests: Requests): Promise<string> {
  const rows: string[][] = [];
  const ask = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    requests.take();
    await work().catch((error: unknown) => {
      if (!isTaken(error)) throw error;
    });
    rows.push([what, told(requests.take())]);
  };
  await ask("`create`", () => store.create("objects/1", small));
  await ask("`create`, and the key is taken", () => store.create("objects/1", large.subarray(0, 10)));
  await ask("`upload` of 1 KB", () => store.upload("objects/2", small));
  await ask("`upload` of 40 MiB", () => store.upload("objects/3", large));
  await ask("`replace`", () => store.replace("objects/2", small));
  await ask("`get`", () => read(store, "objects/1"));
  await ask("`get`, and nothing is there", () => store.get("objects/9"));
  await ask("`head`", () => store.head("objects/1"));
  await ask("`head`, and nothing is there", () => store.head("objects/9"));
  await ask("`list` of three", () => listed(store, "objects/"));
  await ask("`hidden`, where nothing is", () => hidden(store, "objects/"));
  await ask("`delete`", () => store.delete("objects/1"));
  return ["| call | requests |", "|---|---|", ...rows.map(rowOf)].join("\n");
}

async function read(store: ObjectStore, key: string): Promise<void> {
  const object = await store.get(key);
  if (object === null) throw new Error(`Expected ${key}.`);
  await readAll(object, object.size);
}

async function listed(store: ObjectStore, prefix: string): Promise<void> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  if (keys.length !== 3) throw new Error(`Expected three keys, got ${keys.length}.`);
}

async function hidden(store: ObjectStore, prefix: string): Promise<void> {
  for await (const { key } of store.hidden(prefix)) throw new Error(`Expected nothing hidden, got ${key}.`);
}
