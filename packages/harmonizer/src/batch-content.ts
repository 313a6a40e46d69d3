import { sha256 } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import {
  type Batch,
  type BatchStatement,
  batch as batchFormat,
  batchStatement,
  type Claim,
  hashOf,
  headersRoot,
  instanceIdOf,
  type RecordHeader,
  recordHeader,
  sameBytes,
} from "@fogbound/protocol";
import type { Erasures } from "./erasures.js";

/** A batch without its bodies, found to agree with itself: every header follows the one before, and the statement. */
export interface BatchContent {
  readonly statement: BatchStatement;
  readonly statementBytes: Uint8Array;
  readonly headers: readonly Uint8Array[];
  /** What the first header says of the header before it. */
  readonly previous: Uint8Array | null;
  /** For each record, its count tags as map keys. */
  readonly tags: readonly (readonly string[])[];
  /** What each body must hash to. */
  readonly bodyHashes: readonly Uint8Array[];
}

/**
 * The statement's signature is not checked here.
 * @throws FogboundError `FORMAT_INVALID`, or `VERIFICATION_FAILED` when statement and headers disagree.
 */
export function readBatchContent(statementBytes: Uint8Array, headers: readonly Uint8Array[]): BatchContent {
  return contentOf(batchStatement.read(statementBytes).value, statementBytes, headers);
}

function contentOf(
  statement: BatchStatement,
  statementBytes: Uint8Array,
  headers: readonly Uint8Array[],
): BatchContent {
  const decoded = headers.map((header) => recordHeader.decode(header));
  const [first] = decoded;
  if (first === undefined || !agrees(statement, decoded, headers)) throw FogboundError.verificationFailed();
  const tags = decoded.map((header) => header.counts.map(tagKey));
  const bodyHashes = decoded.map((header) => header.body);
  return { statement, statementBytes, headers, previous: first.previous, tags, bodyHashes };
}

/** A whole batch, read and not verified. */
export interface ReadBatch {
  readonly bytes: Uint8Array;
  readonly batch: Batch;
  readonly statement: BatchStatement;
  readonly claim: Claim<BatchStatement>;
}

export function readBatch(bytes: Uint8Array): ReadBatch {
  const batch = batchFormat.decode(bytes);
  const claim = batchStatement.read(batch.statement);
  return { bytes, batch, statement: claim.value, claim };
}

/**
 * A whole batch with everything it can be held to on its own: content, every body against its header, and the
 * signature, by the key that the instance's id is the hash of.
 * @param erasures the bodies that may be missing; default: none
 * @throws FogboundError `FORMAT_INVALID` or `VERIFICATION_FAILED`.
 */
export async function verifyBatch(
  { batch, statement, claim }: ReadBatch,
  erasures: Erasures | null = null,
): Promise<BatchContent> {
  if (instanceIdOf(claim.signer, statement.capsule) !== statement.instance) throw FogboundError.verificationFailed();
  await claim.verify(claim.signer);
  const content = contentOf(statement, batch.statement, batch.headers);
  const { instance, epoch, first } = statement;
  const isWhole = (body: Uint8Array | null, index: number): boolean =>
    body === null
      ? erasures?.isErased(instance, epoch, first + index) === true
      : sameBytes(sha256(body), content.bodyHashes[index] ?? null);
  if (batch.bodies.length !== batch.headers.length || !batch.bodies.every(isWhole))
    throw FogboundError.verificationFailed();
  return content;
}

/** The whole batch less the bodies that were erased since; the very same bytes when none was. */
export function withoutErased({ bytes, batch, statement }: ReadBatch, erasures: Erasures): Uint8Array {
  const { instance, epoch, first } = statement;
  const isErased = batch.bodies.map((body, at) => body !== null && erasures.isErased(instance, epoch, first + at));
  if (!isErased.includes(true)) return bytes;
  const bodies = batch.bodies.map((body, at) => (isErased[at] ? null : body));
  return batchFormat.encode({ ...batch, bodies });
}

/** Whether two hold the same records: one statement may be signed twice. */
export function sameContent(left: BatchContent, right: BatchContent): boolean {
  return (
    left.statement.instance === right.statement.instance &&
    left.statement.batch === right.statement.batch &&
    left.statement.epoch === right.statement.epoch &&
    sameBytes(left.statement.root, right.statement.root)
  );
}

function agrees(statement: BatchStatement, decoded: readonly RecordHeader[], headers: readonly Uint8Array[]): boolean {
  if (statement.first < 1 || statement.last - statement.first + 1 !== decoded.length) return false;
  let previous = decoded[0]?.previous ?? null;
  for (const [index, header] of decoded.entries()) {
    const numbered = header.number === statement.first + index && header.epoch === statement.epoch;
    if (!numbered || header.instance !== statement.instance || !sameBytes(header.previous, previous)) return false;
    previous = hashOf(headers[index] ?? new Uint8Array());
  }
  return sameBytes(previous, statement.lastHeader) && sameBytes(headersRoot(headers), statement.root);
}

/** Each byte as one character: half the memory of hexadecimal, for maps that hold one for every tag there is. */
function tagKey(tag: Uint8Array): string {
  return String.fromCharCode(...tag);
}
