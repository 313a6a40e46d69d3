import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ObjectStore } from "fogbound";
import { openEmbedded } from "fogbound/embedded";

/**
 * A new owner, host, authority and harmonizer over a store, as `openEmbedded` sets them up, for as long as `use` runs.
 *
 * @template T
 * @param {import("fogbound").StoreDriver} driver
 * @param {(parties: import("fogbound/embedded").Embedded) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function withParties(driver, use) {
  const keys = await mkdtemp(join(tmpdir(), "fogbound-bench-keys-"));
  const store = await ObjectStore.open(driver);
  try {
    // The passphrase is forgotten at the end, and guessing it is no part of any measure.
    const passphraseCost = { cost: 2 ** 10 };
    const passphrase = randomBytes(24).toString("base64");
    const parties = await openEmbedded({ store, keyFile: join(keys, "key"), passphrase, passphraseCost });
    try {
      return await use(parties);
    } finally {
      await parties.close();
    }
  } finally {
    await store.close();
    await rm(keys, { recursive: true, force: true });
  }
}
