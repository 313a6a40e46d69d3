import { ObjectStore } from "@fogbound/storage";
import { expect, test } from "vitest";
import { azureBlob } from "../src/index.js";
import { inChunks, patternBytes, rawBytes, rawNames, utf8 } from "./bytes.js";
import { smallBlockDriver } from "./driver-of.js";
import { type FreshContainer, freshContainer } from "./fresh-container.js";

const writers = 16;
const rounds = 50;

async function race(
  { raw }: FreshContainer,
  contentOf: (writer: number, round: number) => Uint8Array,
  write: (writer: number, key: string, bytes: Uint8Array) => Promise<unknown>,
): Promise<number[]> {
  const winnersByRound: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const contents = Array.from({ length: writers }, (_, writer) => contentOf(writer, round));
    const key = `race/${round}`;
    const outcomes = await Promise.allSettled(contents.map((bytes, writer) => write(writer, key, bytes)));
    const winners = contents.filter((_, writer) => outcomes[writer]?.status === "fulfilled");
    for (const outcome of outcomes)
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "OBJECT_EXISTS" });
    expect(await rawBytes(raw, key)).toEqual(winners[0]);
    winnersByRound.push(winners.length);
  }
  expect(await rawNames(raw, "race/")).toHaveLength(rounds);
  return winnersByRound;
}

test("of sixteen connections that create one key at the same time exactly one wins, fifty rounds", async () => {
  const container = await freshContainer();
  const open = () => ObjectStore.open(azureBlob(container.options));
  const stores = await Promise.all(Array.from({ length: writers }, open));
  const winners = await race(
    container,
    (writer, round) => utf8(`writer ${writer} in round ${round}`),
    async (writer, key, bytes) => stores[writer]?.create(key, bytes),
  );
  expect(winners).toEqual(Array.from({ length: rounds }, () => 1));
  await container.stop();
});

test("of sixteen connections that upload one key in blocks at the same time exactly one wins, fifty rounds", async () => {
  const container = await freshContainer();
  const open = () => ObjectStore.open(smallBlockDriver(container.options, 4_096));
  const stores = await Promise.all(Array.from({ length: writers }, open));
  const winners = await race(
    container,
    (writer, round) => patternBytes(10_000 + writer, writer * rounds + round),
    async (writer, key, bytes) => stores[writer]?.upload(key, inChunks(bytes, 3_000)),
  );
  expect(winners).toEqual(Array.from({ length: rounds }, () => 1));
  await container.stop();
});
