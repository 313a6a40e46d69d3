import { cheapStore } from "../cheap-store.mjs";
import { interleave, mebibyte, row } from "../harness.mjs";
import { withParties } from "../parties.mjs";
import { ageParty, lengthOf, sealBytes, sealRaw } from "../sealing.mjs";
import { sizeText } from "../settings.mjs";

export const names = ["seal.vsRaw", "seal.vsAge"];

export async function measure({ size, rounds }) {
  const age = await ageParty();
  const seconds = await withParties(cheapStore({ keep: false }), ({ owner }) =>
    interleave(
      {
        ours: () => sealBytes(owner, size),
        raw: () => sealRaw(size),
        age: async () => void (await lengthOf(await age.encrypted(size))),
      },
      rounds,
    ),
  );
  const speed = (name) => size / mebibyte / seconds[name];
  const what = `owner.seal of one item of ${sizeText(size)}, published, into a store that drops content`;
  return [
    row(
      "seal.vsRaw",
      speed("ours"),
      "MiB/s",
      `${what}; beside node:crypto AES-256-GCM + SHA-256 of the same pieces: ${speed("raw").toFixed(0)} MiB/s`,
      speed("ours") / speed("raw"),
    ),
    row(
      "seal.vsAge",
      speed("ours"),
      "MiB/s",
      `${what}; beside age-encryption to one X25519 recipient, as a stream: ${speed("age").toFixed(0)} MiB/s`,
      speed("ours") / speed("age"),
    ),
  ];
}
