import { ObjectStore, readAll } from "@fogbound/storage";
import { expect, test } from "vitest";
import { type MinioOptions, minio } from "../src/index.js";
import { type FreshS3, freshS3, s3Server } from "./fresh-s3.js";

const connections = 16;
const rounds = 50;
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Each writer has a driver of its own, so that no two share a connection. */
async function race({ options }: FreshS3, name: string): Promise<void> {
  const stores = await Promise.all(Array.from({ length: connections }, () => ObjectStore.open(minio(options))));
  const winnersByRound: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const key = `race/${round}`;
    const outcomes = await Promise.allSettled(stores.map((store, writer) => store.create(key, utf8(`${writer}`))));
    const winners = outcomes.flatMap(({ status }, writer) => (status === "fulfilled" ? [writer] : []));
    winnersByRound.push(winners.length);
    for (const outcome of outcomes)
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "OBJECT_EXISTS" });
    for (const store of stores) expect(await textUnder(store, key)).toBe(`${winners[0]}`);
  }
  const single = winnersByRound.filter((count) => count === 1).length;
  process.stdout.write(`${name} race: ${connections} connections, ${rounds} rounds, one winner in ${single}\n`);
  expect(winnersByRound).toEqual(Array.from({ length: rounds }, () => 1));
  for (const store of stores) await store.close();
}

async function textUnder(store: ObjectStore, key: string): Promise<string | null> {
  const object = await store.get(key);
  return object === null ? null : new TextDecoder().decode(await readAll(object, 100));
}

test("of sixteen connections that create one key at the same time exactly one wins, fifty rounds", async () => {
  await race(await freshS3(), (await s3Server()).name);
});

const differences: Partial<MinioOptions> = (await s3Server()).hasObjectLock
  ? { objectLock: "compliance" }
  : { prefix: "a/prefix" };

test(`and with ${JSON.stringify(differences)}, where writers that lose may have written`, async () => {
  await race(await freshS3(differences), `${(await s3Server()).name}, ${JSON.stringify(differences)}`);
});
