import { openContent } from "@fogbound/capsule";
import { type DeliveredBody, randomOpening, type Variant } from "@fogbound/protocol";
import type { ByteRange, ObjectStore } from "@fogbound/storage";
import type { Asked } from "./access.js";
import type { HostedCapsule } from "./hosted-capsule.js";
import { ServedRanges } from "./ranges.js";

/** So many separate ranges are written down together; beyond that a record is written in between. */
const mostRanges = 1000;

/** A permitted access while it is used: serves ranges, and writes *delivered* for what left. */
export class Served {
  readonly #hosted: HostedCapsule;
  readonly #asked: Asked;
  readonly #answers: readonly Uint8Array[];
  readonly #served: ServedRanges = new ServedRanges();
  readonly #store: ObjectStore;
  readonly #variant: Variant & { readonly number: number };
  readonly #key: Uint8Array;
  /** Those of which something is still to be written down. */
  readonly #inUse: Set<Served>;
  #recorded = false;
  #ended = false;

  constructor(
    store: ObjectStore,
    inUse: Set<Served>,
    hosted: HostedCapsule,
    asked: Asked,
    permit: {
      readonly answers: readonly Uint8Array[];
      readonly variant: Variant & { readonly number: number };
      readonly itemKey: Uint8Array;
    },
  ) {
    this.#store = store;
    this.#inUse = inUse;
    inUse.add(this);
    this.#hosted = hosted;
    this.#asked = asked;
    this.#answers = permit.answers;
    this.#variant = permit.variant;
    this.#key = permit.itemKey;
  }

  /**
   * The plaintext, or a range of it. When the last byte of the item has been handed over, *delivered* is durable before
   * the stream ends.
   * @throws RangeError for a range outside the item; TypeError after `end`.
   */
  read(range: ByteRange = { offset: 0, length: this.#asked.item.length }): ReadableStream<Uint8Array> {
    this.#requireUse();
    this.#inUse.add(this);
    const { capsule } = this.#hosted.version;
    const content = {
      capsule,
      item: this.#asked.item.id,
      variant: this.#variant.number,
      content: this.#variant.content,
      key: this.#key,
      length: this.#asked.item.length,
    };
    const source = openContent(this.#store, content, range)[Symbol.asyncIterator]();
    let offset = range.offset;
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          this.#requireUse();
          const next = await source.next().catch((error: unknown) => this.#brokenOff(error));
          this.#requireUse();
          if (next.done) {
            if (this.#served.covers(this.#asked.item.length)) await this.#deliver("delivered");
            return controller.close();
          }
          this.#served.add({ offset, length: next.value.length });
          offset += next.value.length;
          controller.enqueue(next.value);
          if (this.#served.count >= mostRanges) await this.#deliver("delivered");
        },
        // Whoever goes away does not wait for a store that does not answer.
        cancel: () => {
          source.return?.().catch(() => undefined);
        },
      },
      { highWaterMark: 0 },
    );
  }

  /** Writes down what left since the last time. Safe to call twice. @throws FogboundError `RECORD_NOT_DURABLE`, or `MANIFEST_STALE` for a host that was revoked. */
  async end(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#key.fill(0);
    this.#inUse.delete(this);
    if (!this.#recorded || this.#served.count > 0)
      await this.#deliver(this.#served.count > 0 ? "delivered" : "broken-off");
  }

  /** What leaves after the end would be in no record. */
  #requireUse(): void {
    if (this.#ended) throw new TypeError("Expected an access in use, got one that has ended. Ask again.");
  }

  async #brokenOff(error: unknown): Promise<never> {
    await this.#deliver("broken-off");
    throw error;
  }

  async #deliver(outcome: DeliveredBody["outcome"]): Promise<void> {
    this.#recorded = true;
    const { ranges, bytes } = this.#served.take();
    await writeDelivered(this.#hosted, this.#asked, { answers: this.#answers, outcome, ranges, bytes });
    if (outcome === "delivered") this.#inUse.delete(this);
  }
}

/** The *delivered* record: what left under which answer, or that nothing did. */
export async function writeDelivered(
  hosted: HostedCapsule,
  asked: Asked,
  what: Pick<DeliveredBody, "answers" | "outcome" | "ranges" | "bytes">,
): Promise<void> {
  const body: DeliveredBody = {
    kind: "delivered",
    time: hosted.now(),
    opening: randomOpening(),
    request: asked.hash,
    acknowledgement: null,
    ...what,
  };
  await hosted.ends.record(body, asked.hash);
}
