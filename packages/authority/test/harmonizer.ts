import { generateSigningKey, proveRange, rootOf, type SigningKey, toHex } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import {
  type Bundle,
  batch,
  batchStatement,
  bundleRoot,
  type CapsuleId,
  capsuleIdOf,
  epochHead,
  erased,
  type Harmonizer,
  type HarmonizerEntry,
  hashOf,
  type InForce,
  leafHashesOf,
  leafReceipt,
  leavesOf,
  manifest,
  type NoteKind,
  receipt,
  recordHeader,
  type SequenceEntry,
} from "@fogbound/protocol";

/** An honest harmonizer in memory: one bundle for each thing it is given, under real receipts. It checks nothing. */
export class TestHarmonizer implements Harmonizer {
  readonly entry: HarmonizerEntry;
  readonly sequenced: SequenceEntry[] = [];
  /** Throws from every submission while it is set. */
  away = false;
  time: () => number;
  readonly key: SigningKey = generateSigningKey();
  readonly #inForce = new Map<CapsuleId, InForce>();
  readonly #counted = new Map<string, number>();
  readonly #given = new Map<string, readonly Uint8Array[]>();
  #first = 0;

  constructor(time: () => number) {
    this.entry = {
      origin: "test.invalid/log",
      receiptKey: this.key.publicKey,
      logKey: generateSigningKey().publicKey,
    };
    this.time = time;
  }

  async submitManifest(signedManifest: Uint8Array): Promise<Uint8Array> {
    const { value } = manifest.read(signedManifest);
    const capsule = capsuleIdOf(value.genesis);
    const hash = hashOf(signedManifest);
    if (value.version > this.#version(capsule)) this.#inForce.set(capsule, { version: value.version, hash });
    return this.#one(signedManifest, { kind: "manifest", capsule, version: value.version, hash });
  }

  async submitHead(signedHead: Uint8Array): Promise<Uint8Array> {
    const { capsule } = epochHead.read(signedHead).value;
    return this.#one(signedHead, { kind: "head", capsule, version: this.#version(capsule), head: signedHead });
  }

  async parity(): Promise<readonly Uint8Array[]> {
    return [];
  }

  async submitNote(about: NoteKind, note: Uint8Array): Promise<Uint8Array> {
    const { capsule } = erased.read(note).value;
    return this.#one(note, { kind: "note", capsule, version: this.#version(capsule), about, note });
  }

  async submitBatch(bytes: Uint8Array): Promise<readonly Uint8Array[]> {
    const { statement, headers } = batch.decode(bytes);
    const { capsule } = batchStatement.read(statement).value;
    return this.#sequence(bytes, () => ({
      kind: "batch",
      capsule,
      version: this.#version(capsule),
      statement,
      headers,
      ordinals: headers.map((header) => recordHeader.decode(header).counts.map((tag) => this.#count(tag))),
    }));
  }

  async inForce(capsule: CapsuleId): Promise<InForce | null> {
    return this.#inForce.get(capsule) ?? null;
  }

  async anchor(): Promise<void> {}

  pull(): Promise<never> {
    return Promise.reject(new Error("not needed by these tests"));
  }

  async kept(): Promise<readonly never[]> {
    return [];
  }

  async batchCopy(): Promise<null> {
    return null;
  }

  async #one(bytes: Uint8Array, entry: SequenceEntry): Promise<Uint8Array> {
    const [only] = await this.#sequence(bytes, () => entry);
    return only ?? new Uint8Array();
  }

  async #sequence(bytes: Uint8Array, entryOf: () => SequenceEntry): Promise<readonly Uint8Array[]> {
    if (this.away) throw new FogboundError("HARMONIZER_UNREACHABLE", "The harmonizer is away.");
    const name = toHex(hashOf(bytes));
    const before = this.#given.get(name);
    if (before !== undefined) return before;
    const entry = entryOf();
    const number = this.sequenced.push(entry) - 1;
    const bundle: Bundle = {
      suite: 1,
      number,
      previous: null,
      first: this.#first,
      time: this.time(),
      entries: [entry],
    };
    const receipts = await this.#receipts(bundle, entry);
    this.#first += receipts.length;
    this.#given.set(name, receipts);
    return receipts;
  }

  async #receipts(bundle: Bundle, entry: SequenceEntry): Promise<readonly Uint8Array[]> {
    const hashes = leafHashesOf(bundle);
    const { number, first, time } = bundle;
    const signed = await receipt.sign(
      {
        suite: 1,
        origin: this.entry.origin,
        bundle: number,
        previous: null,
        first,
        count: hashes.length,
        root: bundleRoot(bundle),
        time,
      },
      this.key,
    );
    const hashOfRange = (low: number, high: number): Uint8Array => rootOf(hashes.slice(low, high));
    return Promise.all(
      leavesOf(entry, time).map(async ({ kind, version, ordinals }, place) =>
        leafReceipt.encode({
          suite: 1,
          receipt: signed,
          place,
          kind,
          version,
          ordinals,
          path: await proveRange(place, 1, hashes.length, hashOfRange),
        }),
      ),
    );
  }

  #version(capsule: CapsuleId): number {
    return this.#inForce.get(capsule)?.version ?? 0;
  }

  #count(tag: Uint8Array): number {
    const next = (this.#counted.get(toHex(tag)) ?? 0) + 1;
    this.#counted.set(toHex(tag), next);
    return next;
  }
}
