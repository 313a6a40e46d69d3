import { leafHash, proveRange, rootOf, sha256 } from "../../../packages/crypto/src/index.js";
import {
  type BatchStatement,
  type Bundle,
  batch,
  batchStatement,
  bundle,
  bundleRoot,
  copies,
  type EpochHead,
  epochHead,
  epochSecretCommitment,
  erased,
  explained,
  hashOf,
  headersRoot,
  leafBytes,
  leafHashesOf,
  leafReceipt,
  leavesOf,
  type Outage,
  outage,
  type ParityShard,
  type Pin,
  type PrunedBundle,
  type Pushed,
  parityShard,
  pin,
  prunedBundle,
  pushed,
  type Receipt,
  receipt,
  received,
  sequenceObject,
  signCheckpoint,
  type Tips,
  tips,
} from "../../../packages/protocol/src/index.js";
import { type Founded, origin, start } from "./ids.js";
import { fixed, sealingKey, signingKey } from "./keys.js";
import type { Recorded } from "./records.js";
import type { Sample } from "./sample.js";

export interface Sequenced {
  readonly statement: Uint8Array;
  readonly leafReceipt: Uint8Array;
  readonly samples: readonly Sample[];
}

interface Paper {
  readonly bytes: Uint8Array;
  readonly sample: Sample;
}

function paper(
  format: string,
  bytes: Uint8Array,
  signer: string | null,
  value: unknown,
  opens?: Sample["opens"],
): Paper {
  const sample = { file: `${format}-v1.cbor`, format, bytes, signer, value };
  return { bytes, sample: opens === undefined ? sample : { ...sample, opens } };
}

/** Head, batch, bundle, receipts, tips and checkpoint over the records. */
export async function sequence(
  founded: Founded,
  recorded: Recorded,
  manifestHash: Uint8Array,
  registration: Uint8Array,
): Promise<Sequenced> {
  const head = await headOf(founded, manifestHash, registration);
  const statement = await statementOf(founded, recorded);
  const tipsPaper = await tipsOf(founded, recorded, manifestHash);
  const { headers, bodies } = recorded;
  const batchValue = { suite: 1 as const, statement: statement.bytes, headers, bodies };
  const bundleValue = bundleOf(founded, { head, statement, tips: tipsPaper }, headers, manifestHash);
  const signedReceipt = await receiptOf(bundleValue);
  const bundleBytes = bundle.encode(bundleValue);
  const sequenceValue = { suite: 1 as const, bundle: bundleBytes, receipt: signedReceipt.bytes };
  const leaf = await leafReceiptOf(bundleValue, signedReceipt.bytes);
  const pruned = prunedOf(bundleValue, signedReceipt.bytes);
  const papers = [
    head,
    statement,
    tipsPaper,
    signedReceipt,
    paper("batch-object", batch.encode(batchValue), null, batchValue),
    copiesOf(batch.encode(batchValue)),
    paper("bundle", bundleBytes, null, bundleValue),
    paper("sequence", sequenceObject.encode(sequenceValue), null, sequenceValue),
    leaf,
    paper("pruned-bundle", prunedBundle.encode(pruned), null, pruned),
  ];
  const more = [...(await notesOf(founded, recorded)), parityOf(founded), pinOf(founded, recorded, manifestHash)];
  const checkpoint = await checkpointOf(bundleValue);
  const bytes = [prunedBundle.encode(pruned), batch.encode(batchValue)] as const;
  const pushes = [pushedOf(founded, checkpoint, ...bytes), await outageOf(founded)];
  const samples = [...[...papers, ...more, ...pushes].map(({ sample }) => sample), checkpoint];
  return { statement: statement.bytes, leafReceipt: leaf.bytes, samples };
}

async function headOf({ capsule, instance }: Founded, manifest: Uint8Array, registration: Uint8Array): Promise<Paper> {
  const value: EpochHead = {
    suite: 1,
    capsule,
    instance,
    epoch: 1,
    first: 1,
    previous: null,
    version: 1,
    manifest,
    registration,
    secret: epochSecretCommitment(fixed("epoch secret")),
    recipients: [
      { key: (await sealingKey("read")).publicKey, wrap: fixed("wrap to read") },
      { key: (await sealingKey("recovery")).publicKey, wrap: fixed("wrap to recovery") },
    ],
  };
  return paper("head", await epochHead.sign(value, signingKey("instance")), "instance", value);
}

async function statementOf({ capsule, instance }: Founded, { headers }: Recorded): Promise<Paper> {
  const value: BatchStatement = {
    suite: 1,
    capsule,
    instance,
    epoch: 1,
    batch: 1,
    first: 1,
    last: headers.length,
    lastHeader: hashOf(headers.at(-1) ?? new Uint8Array()),
    root: headersRoot(headers),
  };
  return paper("batch", await batchStatement.sign(value, signingKey("instance")), "instance", value);
}

async function tipsOf({ capsule, instance }: Founded, { headers }: Recorded, manifest: Uint8Array): Promise<Paper> {
  const hash = hashOf(headers.at(-1) ?? new Uint8Array());
  const value: Tips = {
    suite: 1,
    origin,
    capsule,
    version: 1,
    manifest,
    chains: [{ instance, epoch: 1, number: headers.length, hash }],
    time: start + 5000,
  };
  return paper("tips", await tips.sign(value, signingKey("receipt")), "receipt", value);
}

function bundleOf(
  { capsule }: Founded,
  papers: { readonly head: Paper; readonly statement: Paper; readonly tips: Paper },
  headers: readonly Uint8Array[],
  manifestHash: Uint8Array,
): Bundle {
  const of = { capsule, version: 1 };
  const ordinals = headers.map((_, index) => (index === 1 ? [1] : []));
  return {
    suite: 1,
    number: 7,
    previous: fixed("bundle before"),
    first: 20,
    time: start + 6000,
    entries: [
      { kind: "manifest", ...of, hash: manifestHash },
      { kind: "head", ...of, head: papers.head.bytes },
      { kind: "batch", ...of, statement: papers.statement.bytes, headers, ordinals },
      { kind: "tips", ...of, tips: papers.tips.bytes },
    ],
  };
}

async function notesOf({ capsule, instance }: Founded, { headers }: Recorded): Promise<Paper[]> {
  const of = { suite: 1 as const, capsule, time: start + 7000 };
  const whole = { instance, epoch: 2, numbers: null };
  const taken = { ...of, records: [{ instance, epoch: 1, numbers: [2, 3] }, whole], because: "asked by the reader" };
  const hash = hashOf(headers.at(-1) ?? new Uint8Array());
  const pushed = { ...of, chains: [{ instance, epoch: 1, number: headers.length, hash }] };
  const restored = {
    ...of,
    code: "CHAIN_INCOMPLETE" as const,
    finding: fixed("finding"),
    because: "a backup was restored",
  };
  return [
    paper("erased", await erased.sign(taken, signingKey("root")), "root", taken),
    paper("ack", await received.sign(pushed, signingKey("auditor-signing")), "auditor-signing", pushed),
    paper("explained", await explained.sign(restored, signingKey("root")), "root", restored),
  ];
}

function copiesOf(batchBytes: Uint8Array): Paper {
  const value = { suite: 1 as const, batches: [batchBytes, null] };
  return paper("copies", copies.encode(value), null, value);
}

function parityOf({ capsule, instance }: Founded): Paper {
  const shard = fixed("shard");
  const place = { epoch: 1, first: 1, lengths: [32, 20, 31], parity: 2, index: 1 };
  const value: ParityShard = { suite: 1, capsule, instance, ...place, shard, digest: sha256(shard) };
  return paper("parity", parityShard.encode(value), null, value);
}

function pushedOf({ capsule }: Founded, { bytes }: Sample, bundleBytes: Uint8Array, batchBytes: Uint8Array): Paper {
  const value: Pushed = {
    suite: 1,
    capsule,
    number: 2,
    checkpoint: new TextDecoder().decode(bytes),
    bundles: [bundleBytes],
    batches: [batchBytes, null],
    remaining: 1,
  };
  return paper("pushed", pushed.encode(value), null, value);
}

async function outageOf({ capsule }: Founded): Promise<Paper> {
  const release = { kind: "release" as const, release: 2, request: fixed("request") };
  const value: Outage = { suite: 1, capsule, outage: 3, ...release, time: start + 9000 };
  return paper("outage", await outage.sign(value, signingKey("answer")), "answer", value);
}

function pinOf({ capsule, instance }: Founded, { headers }: Recorded, manifest: Uint8Array): Paper {
  const hash = hashOf(headers.at(-1) ?? new Uint8Array());
  const value: Pin = {
    suite: 1,
    capsule,
    version: 1,
    manifest,
    size: 27,
    root: fixed("root"),
    chains: [{ instance, epoch: 1, number: headers.length, hash }],
    time: start + 5000,
  };
  return paper("pin", pin.encode(value), null, value);
}

async function receiptOf(value: Bundle): Promise<Paper> {
  const stated: Receipt = {
    suite: 1,
    origin,
    bundle: value.number,
    previous: value.previous,
    first: value.first,
    count: leafHashesOf(value).length,
    root: bundleRoot(value),
    time: value.time,
  };
  return paper("receipt", await receipt.sign(stated, signingKey("receipt")), "receipt", stated);
}

/** For the asked record, which is the fourth leaf: after the manifest, the head and the registered record. */
async function leafReceiptOf(value: Bundle, signedReceipt: Uint8Array): Promise<Paper> {
  const hashes = leafHashesOf(value);
  const place = 3;
  const leaf = value.entries.flatMap((entry) => leavesOf(entry, value.time))[place];
  if (leaf === undefined) throw new Error("Expected a fourth leaf.");
  const hashOfRange = async (low: number, high: number): Promise<Uint8Array> => rootOf(hashes.slice(low, high));
  const stated = {
    suite: 1 as const,
    receipt: signedReceipt,
    place,
    kind: leaf.kind,
    version: leaf.version,
    ordinals: leaf.ordinals,
    path: await proveRange(place, 1, hashes.length, hashOfRange),
  };
  return paper("leaf-receipt", leafReceipt.encode(stated), null, stated, {
    hash: leaf.hash,
    leafHash: leafHash(leafBytes(leaf)),
    index: value.first + place,
  });
}

function prunedOf(value: Bundle, signedReceipt: Uint8Array): PrunedBundle {
  const [manifest, head, batchEntry, last] = value.entries;
  if (!manifest || !head || !batchEntry || !last) throw new Error("Expected four entries.");
  const leafHashes = leavesOf(last, value.time).map((leaf) => leafHash(leafBytes(leaf)));
  const inclusion = { size: 64, proof: [fixed("proof 1"), fixed("proof 2")] };
  const entries = [manifest, head, batchEntry, { kind: "other" as const, leafHashes }];
  return { ...value, entries, receipt: signedReceipt, inclusion };
}

async function checkpointOf(value: Bundle): Promise<Sample> {
  const checkpoint = { origin, size: 27, root: bundleRoot(value) };
  const note = await signCheckpoint(checkpoint, signingKey("log"));
  return {
    file: "checkpoint-v1.txt",
    format: "checkpoint",
    bytes: new TextEncoder().encode(note),
    signer: "log",
    value: checkpoint,
  };
}
