import { memoryDriver, type StoreDriver } from "@fogbound/storage";
import type { EmbeddedHarmonizer } from "../src/index.js";
import { aroundCreate, Owner, type World } from "./kit.js";

/** A store that holds a bundle back until whatever is to go into the next one is pending. */
export class HeldBack {
  readonly driver: StoreDriver;
  #held: Promise<void> = Promise.resolve();
  #reached: () => void = () => undefined;

  constructor(driver: StoreDriver = memoryDriver()) {
    this.driver = aroundCreate(driver, async (key, create) => {
      if (key.startsWith("harmonizer/sequence/")) {
        this.#reached();
        await this.#held;
      }
      return create();
    });
  }

  /** Submits these batches so that they get into one bundle, as far as they fit. */
  async submitTogether(world: World, harmonizer: EmbeddedHarmonizer, batches: readonly Uint8Array[]): Promise<void> {
    let release: () => void = () => undefined;
    this.#held = new Promise((resolve) => {
      release = resolve;
    });
    const reached = new Promise<void>((resolve) => {
      this.#reached = resolve;
    });
    const before = harmonizer.submitManifest((await new Owner(world.entry).manifest()).bytes);
    await reached;
    const sent = batches.map((bytes) => {
      const { signal, listened } = listenedTo();
      return { receipts: harmonizer.submitBatch(bytes, { signal }), listened };
    });
    await Promise.all(sent.map(({ listened }) => listened));
    release();
    await Promise.all([before, ...sent.map(({ receipts }) => receipts)]);
  }
}

/** A signal that tells when somebody waits with it: a submission does once it is pending. */
function listenedTo(): { signal: AbortSignal; listened: Promise<void> } {
  const { signal } = new AbortController();
  const listened = new Promise<void>((resolve) => {
    const listen = signal.addEventListener.bind(signal);
    signal.addEventListener = (...all: Parameters<typeof listen>) => {
      resolve();
      listen(...all);
    };
  });
  return { signal, listened };
}
