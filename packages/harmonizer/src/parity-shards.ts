import { parityOf } from "@fogbound/crypto";
import { smallObjectBytes } from "@fogbound/storage";

/** What a shard's own object leaves beside its names and lengths. */
export const mostShardBytes: number = smallObjectBytes - 4096;

/** The shards over batches, each padded with zeros to the longest. */
export function parityShards(batches: readonly Uint8Array[], parity: number): Uint8Array[] {
  if (parity === 0) return [];
  const size = Math.max(...batches.map(({ length }) => length));
  const shards = batches.map((bytes) => {
    const shard = new Uint8Array(size);
    shard.set(bytes);
    return shard;
  });
  return parityOf(shards, parity);
}

/** Numbers that follow one another without a gap. */
export function runsOf(numbers: Iterable<number>): number[][] {
  const runs: number[][] = [];
  for (const number of [...numbers].sort((one, other) => one - other)) {
    const run = runs.at(-1);
    if (run?.at(-1) === number - 1) run.push(number);
    else runs.push([number]);
  }
  return runs;
}
