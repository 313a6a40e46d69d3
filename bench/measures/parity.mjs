import { createHash, randomFillSync } from "node:crypto";
import { parityOf, reconstruct } from "@fogbound/crypto";
import { assertBytes, interleave, row } from "../harness.mjs";

export const names = ["parity.MBps", "parity.restore"];

const dataCount = 8;
const parityCount = 2;
const shardBytes = 256 * 2 ** 10;
/** So that a round takes long beside the clock: 64 MiB of data. */
const stripes = 32;

/** Beside SHA-256 of the same bytes, which whoever makes or uses parity computes anyway. */
export async function measure({ rounds }) {
  const data = Array.from({ length: dataCount }, () => randomFillSync(new Uint8Array(shardBytes)));
  const parity = parityOf(data, parityCount);
  assertBytes(
    "parity",
    parity.reduce((sum, shard) => sum + shard.length, 0),
    parityCount * shardBytes,
  );
  const lossy = [...data.map((shard, at) => (at < parityCount ? null : shard)), ...parity];
  assertSame(reconstruct(lossy, dataCount), data);
  const seconds = await interleave(
    {
      make: () => repeat(() => parityOf(data, parityCount)),
      restore: () => repeat(() => reconstruct(lossy, dataCount)),
      hash: () => repeat(() => data.map((shard) => createHash("sha256").update(shard).digest())),
    },
    rounds,
  );
  const speed = (name) => (stripes * dataCount * shardBytes) / 1e6 / seconds[name];
  const stripe = `a stripe of ${dataCount} batches of 256 KiB`;
  const beside = `beside node:crypto SHA-256 of the same bytes: ${speed("hash").toFixed(0)} MB/s`;
  const ratio = (name) => speed(name) / speed("hash");
  return [
    row("parity.MBps", speed("make"), "MB/s", `${parityCount} parity shards for ${stripe}; ${beside}`, ratio("make")),
    row("parity.restore", speed("restore"), "MB/s", `${parityCount} lost of ${stripe}; ${beside}`, ratio("restore")),
  ];
}

async function repeat(work) {
  for (let done = 0; done < stripes; done++) work();
}

function assertSame(restored, data) {
  if (restored.some((shard, at) => Buffer.compare(shard, data[at]) !== 0)) {
    throw new Error("Expected what was lost to come back bit for bit, got other bytes.");
  }
}
