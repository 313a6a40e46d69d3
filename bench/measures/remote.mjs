import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { bundled, told } from "../child.mjs";
import { mebibyte, row } from "../harness.mjs";
import { sizeText } from "../settings.mjs";

const ends = ["seal", "view", "viewByHand", "ranges", "rssMiB", "put", "get", "getStream", "accessesPerSecond"];
/** Only what starts the servers is in no build. */
const external = ["fogbound", "fogbound/*", "@fogbound/adapter-*", "@azure/storage-blob", "minio"];
const kinds = ["s3", "azure"];

export const names = kinds.flatMap((kind) => ends.map((end) => `${kind}.${end}`));

/** Over real servers on this machine, each beside the vendor's own client moving the same bytes. */
export async function measure(settings) {
  // As deep below the root as the sources of the servers, which look for what they brought from there.
  const folder = await mkdtemp(join(import.meta.dirname, "..", "out", "remote-"));
  try {
    const program = await bundled(join(import.meta.dirname, "..", "remote-child.mjs"), folder, external);
    const rows = [];
    for (const kind of kinds) rows.push(...(await rowsOf(kind, program, settings)));
    return rows;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function rowsOf(kind, program, { remoteSize, seconds, readers, rounds }) {
  const one = await told(program, [kind, remoteSize, seconds, readers, rounds].map(String), []);
  const on = `on ${one.server}, on the same machine`;
  const speed = (time) => remoteSize / mebibyte / time;
  const size = sizeText(remoteSize);
  const slower = (raw, crypto) => Math.min(speed(raw), speed(crypto));
  const throughput = (end, what, time, raw, crypto) =>
    row(
      `${kind}.${end}`,
      speed(time),
      "MiB/s",
      `${what} of ${size} ${on}, the sides taking turns; beside the lower of the vendor's client moving as much (${speed(raw).toFixed(0)} MiB/s) and raw encryption (${speed(crypto).toFixed(0)} MiB/s)`,
      speed(time) / slower(raw, crypto),
    );
  const call = (end, what, time, raw) =>
    row(
      `${kind}.${end}`,
      1e6 * time,
      "µs",
      `${what} of 4 KiB ${on}, one after another, the median; beside the vendor's client making the same request: ${(1e6 * raw).toFixed(0)} µs`,
      time / raw,
    );
  return [
    throughput("seal", "owner.seal", one.sealed, one.uploadedRaw, one.encryptedRaw),
    throughput("view", "a permitted view", one.viewed, one.downloadedRaw, one.decryptedRaw),
    row(
      `${kind}.viewByHand`,
      speed(one.viewed),
      "MiB/s",
      `the same view; beside a loop that has the vendor's client's bytes decrypted by node:crypto, and verifies nothing: ${speed(one.openedRaw).toFixed(0)} MiB/s`,
      one.openedRaw / one.viewed,
    ),
    row(
      `${kind}.ranges`,
      (1000 * one.ranged) / 64,
      "ms",
      `a range of 1 MiB out of ${size}, one of 64 in one access ${on}`,
      null,
    ),
    row(
      `${kind}.rssMiB`,
      one.residentMebibytes,
      "MiB",
      `most growth of resident memory while ${size} are sealed, viewed and read in ranges ${on}; beside the bound of 96 MiB`,
      one.residentMebibytes / 96,
    ),
    call("put", "ObjectStore.create", one.put, one.putRaw),
    call("get", "ObjectStore.get and its bytes", one.get, one.getRaw),
    call("getStream", "ObjectStore.get and its body as a stream", one.getStream, one.getRaw),
    row(
      `${kind}.accessesPerSecond`,
      one.accesses,
      "accesses/s",
      `full accesses of a small item under warm leases, ${readers} readers at a time ${on}; beside puts of 4 KiB by the vendor's client, as many at a time: ${one.puts.toFixed(0)} puts/s`,
      one.accesses / one.puts,
    ),
  ];
}
