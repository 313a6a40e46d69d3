import { fork } from "node:child_process";
import { once } from "node:events";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { withFolder } from "../disk.mjs";
import { mebibyte, row, secondsOf } from "../harness.mjs";
import { sizeText } from "../settings.mjs";
import { pieces } from "../synthetic.mjs";

export const names = ["seal.rssMiB", "open.rssMiB", "seal.localDisk", "open.localDisk"];

const sixteenth = 16;

/** Memory and time of sealing to a local disk and opening from it, each in a process of its own. */
export function measure({ size, directory }) {
  const small = Math.max(mebibyte, size / sixteenth);
  return withFolder(directory, async (folder) => {
    const [sealedSmall, sealed] = [await inChild("seal", folder, small), await inChild("seal", folder, size)];
    const openedSmall = await inChild("open", folder, small, sealedSmall.capsule);
    const opened = await inChild("open", folder, size, sealed.capsule);
    const file = join(folder, "raw");
    const write = size / mebibyte / (await secondsOf(() => writeRaw(file, size)));
    const read = size / mebibyte / (await secondsOf(() => readRaw(file)));
    return [
      memoryRow("seal.rssMiB", "owner.seal", sealed, sealedSmall, size, small),
      memoryRow("open.rssMiB", "owner.read", opened, openedSmall, size, small),
      speedRow(
        "seal.localDisk",
        `owner.seal of ${sizeText(size)} to a local disk, fsync included`,
        sealed,
        size,
        "writing as many bytes to a file, and an fsync",
        write,
      ),
      speedRow(
        "open.localDisk",
        `owner.read of ${sizeText(size)} from a local disk, most of it in the page cache`,
        opened,
        size,
        "reading as many from a file",
        read,
      ),
    ];
  });
}

async function inChild(direction, folder, bytes, capsule = "") {
  const child = fork(join(import.meta.dirname, "..", "resident-child.mjs"), [
    direction,
    folder,
    String(bytes),
    capsule,
  ]);
  const reported = once(child, "message").then(([report]) => report);
  const ended = once(child, "exit").then(([code]) => {
    if (code !== 0) throw new Error(`Expected the child that was to ${direction} to end with 0, got ${code}.`);
  });
  const [report] = await Promise.all([reported, ended]);
  return report;
}

function memoryRow(name, what, { residentMebibytes: value }, { residentMebibytes: ofSmall }, size, small) {
  const beside = `most growth of resident memory in ${what} of ${sizeText(size)} on a local disk, in a new process; beside ${sizeText(small)}: ${ofSmall.toFixed(1)} MiB`;
  return row(name, value, "MiB", beside, ofSmall === 0 ? null : value / ofSmall);
}

function speedRow(name, what, { seconds }, size, other, otherSpeed) {
  const speed = size / mebibyte / seconds;
  return row(name, speed, "MiB/s", `${what}; beside ${other}: ${otherSpeed.toFixed(0)} MiB/s`, speed / otherSpeed);
}

async function writeRaw(path, bytes) {
  const file = await open(path, "wx");
  try {
    for await (const piece of pieces(bytes)) await file.write(piece);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function readRaw(path) {
  const file = await open(path);
  const buffer = new Uint8Array(256 * 1024);
  try {
    while ((await file.read(buffer)).bytesRead > 0);
  } finally {
    await file.close();
  }
}
