import { cheapStore, regrouped, storedPieceBytes } from "../cheap-store.mjs";
import { interleave, mebibyte, row } from "../harness.mjs";
import { withParties } from "../parties.mjs";
import { ageParty, openRaw, rawCiphertext, readBytes, sealBytes } from "../sealing.mjs";
import { sizeText } from "../settings.mjs";

export const names = ["open.vsRaw", "open.vsAge"];

export async function measure({ size, rounds }) {
  const seconds = await withParties(cheapStore({ keep: true }), async ({ owner }) => {
    const capsule = await sealBytes(owner, size);
    const raw = rawCiphertext(size);
    const rawStored = await kept(raw.source);
    const age = await ageParty();
    const ageStored = await kept(await age.encrypted(size));
    return interleave(
      {
        ours: () => readBytes(owner, capsule, size),
        raw: () => openRaw(served(rawStored), raw.opener(), size),
        age: () => age.decrypt(served(ageStored), size),
      },
      rounds,
    );
  });
  const speed = (name) => size / mebibyte / seconds[name];
  const what = `owner.read of one item of ${sizeText(size)} from a store in memory, in pieces of 256 KiB`;
  return [
    row(
      "open.vsRaw",
      speed("ours"),
      "MiB/s",
      `${what}; beside node:crypto AES-256-GCM of as many bytes in the same pieces: ${speed("raw").toFixed(0)} MiB/s`,
      speed("ours") / speed("raw"),
    ),
    row(
      "open.vsAge",
      speed("ours"),
      "MiB/s",
      `${what}; beside age-encryption, as a stream of the same pieces: ${speed("age").toFixed(0)} MiB/s`,
      speed("ours") / speed("age"),
    ),
  ];
}

async function kept(source) {
  const stored = [];
  for await (const piece of regrouped(source, storedPieceBytes)) stored.push(piece);
  return stored;
}

async function* served(stored) {
  yield* stored;
}
