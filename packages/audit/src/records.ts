import { toHex } from "@fogbound/crypto";
import {
  type Answer,
  type AnsweredBody,
  type AskedBody,
  type AuthorityId,
  answer,
  commitmentOf,
  type DeliveredBody,
  delivery,
  type FindingCode,
  hashOf,
  openRecord,
  type RecordBody,
  type RecordHeader,
  type RegisteredBody,
  sameBytes,
} from "@fogbound/protocol";
import { ifItHolds, ifItReads } from "./attempt.js";
import type { Chain } from "./chains.js";
import { type Context, countUnread, epochName } from "./context.js";
import { hash } from "./findings.js";
import { mapInOrder } from "./in-order.js";
import type { Papers } from "./papers.js";
import type { SequencedBatch } from "./sequence.js";

/** Where a record stands. */
interface Stand {
  readonly chain: Chain;
  readonly leaf: number;
  /** Manifest in force at its leaf. */
  readonly version: number;
  readonly time: number;
  readonly header: RecordHeader;
  /** Hash of the header, in hex. */
  readonly hash: string;
}

/** An answer that a host shows. */
export interface ShownAnswer {
  readonly bytes: Uint8Array;
  readonly value: Answer;
  readonly signer: Uint8Array;
  /** Whether the authority's own answer key signed it. */
  readonly genuine: boolean;
}

interface Opened {
  /** Hash of the request (of the registration), in hex. */
  readonly id: string;
  readonly stand: Stand;
}

export type OpenedRecord =
  | (Opened & {
      readonly kind: "asked";
      readonly body: AskedBody;
      readonly papers: Papers | null;
      /** Hash of its receipt, in hex; null where its bundle cannot be read. */
      readonly receipt: string | null;
    })
  | (Opened & {
      readonly kind: "answered";
      readonly body: AnsweredBody;
      readonly papers: Papers | null;
      readonly authority: AuthorityId;
    })
  | (Opened & {
      readonly kind: "delivered";
      readonly body: DeliveredBody;
      /** null for one that cannot be read. */
      readonly answers: readonly (ShownAnswer | null)[];
      /** Whose key signed that it arrived, under which of the answers; null without one, or where it does not hold. */
      readonly arrived: { readonly signer: Uint8Array; readonly answer: Uint8Array } | null;
    })
  | (Opened & { readonly kind: "registered"; readonly body: RegisteredBody });

const atOnce = 16;

/** Opens every record of a batch and verifies the papers in it. */
export async function openBatch(context: Context, batch: SequencedBatch): Promise<OpenedRecord[]> {
  context.signal?.throwIfAborted();
  const keys = await batch.keys;
  const opened = await mapInOrder(batch.headers, atOnce, async (header, index) => {
    const name = toHex(batch.hashes[index] ?? new Uint8Array(0));
    const { chain, version, time } = batch;
    const body = batch.bodies[index] ?? null;
    const key = keys?.[index] ?? null;
    const record = header === null || body === null || key === null ? null : await open(context, header, body, key);
    if (header === null || record === null) {
      const epoch = epochName(chain.instance, header?.epoch ?? chain.position.epoch);
      if (chain.authority !== null) context.unseen.bodiless.add(name);
      countUnread(context.unread, { journal: chain.authority !== null, epoch, kind: header?.kind ?? null }, name);
      return null;
    }
    const receiptOf = (): Promise<string | null> => batch.receiptOf(index);
    return check(context, { chain, leaf: batch.leaf + index, version, time, header, hash: name }, record, receiptOf);
  });
  return opened.filter((one) => one !== null);
}

async function open(
  context: Context,
  header: RecordHeader,
  body: Uint8Array,
  key: Uint8Array,
): Promise<RecordBody | null> {
  const record = await ifItHolds(() => openRecord(header, body, key));
  key.fill(0);
  if (record !== null) return record;
  const sentence = `Record ${header.number} of ${header.instance} is not sealed under its epoch's secret.`;
  context.findings.add("BODY_ALTERED", "broken", sentence, [hash(body)]);
  return null;
}

const codes: { readonly [Kind in RecordBody["kind"]]: FindingCode } = {
  asked: "REQUEST_FORGED",
  answered: "ANSWER_FORGED",
  delivered: "DELIVERY_UNASKED",
  registered: "INSTANCE_UNREGISTERED",
};

async function check(
  context: Context,
  stand: Stand,
  body: RecordBody,
  receiptOf: () => Promise<string | null>,
): Promise<OpenedRecord | null> {
  const { chain, header } = stand;
  const of = boundTo(body);
  const refuse = (sentence: string): null => {
    const what = `Record ${header.number} (${body.kind}) of ${chain.instance} ${sentence}`;
    context.findings.add(codes[body.kind], "broken", what, [`header sha256 ${stand.hash}`]);
    return null;
  };
  if (!sameBytes(commitmentOf(body.opening, of), header.commitment))
    return refuse("is not about the request that its header commits to.");
  const { authority } = chain;
  const id = toHex(of);
  if (body.kind === "delivered")
    return authority === null
      ? {
          kind: "delivered",
          id,
          stand,
          body,
          answers: await readAnswers(context, body),
          arrived: await arrivedBy(body),
        }
      : refuse("stands in a journal.");
  if (body.kind === "registered")
    return authority === null ? refuse("stands in a host's chain.") : { kind: "registered", id, stand, body };
  const papers = await context.papers.check(context, id, body.request, body.session);
  if (body.kind === "asked")
    return authority === null
      ? { kind: "asked", id, stand, body, papers, receipt: await receiptOf() }
      : refuse("stands in a journal.");
  return authority === null
    ? refuse("stands in a host's chain.")
    : { kind: "answered", id, stand, body, papers, authority };
}

function boundTo(body: RecordBody): Uint8Array {
  if (body.kind === "delivered") return body.request;
  return hashOf(body.kind === "registered" ? body.registration : body.request);
}

async function arrivedBy({
  acknowledgement,
}: DeliveredBody): Promise<{ signer: Uint8Array; answer: Uint8Array } | null> {
  const claim = acknowledgement === null ? null : ifItReads(() => delivery.read(acknowledgement));
  const held = claim === null ? null : await ifItHolds(() => claim.verify(claim.signer));
  return claim === null || held === null ? null : { signer: claim.signer, answer: held.answer };
}

function readAnswers(context: Context, body: DeliveredBody): Promise<(ShownAnswer | null)[]> {
  return mapInOrder(body.answers, atOnce, async (bytes) => {
    const claim = ifItReads(() => answer.read(bytes));
    if (claim === null) return null;
    const { value, signer } = claim;
    const isAnswerKey = [...context.manifests.byHash.values()].some((known) =>
      known.value.authorities.members.some(
        (member) => member.id === value.authority && sameBytes(member.answerKey, signer),
      ),
    );
    const held = isAnswerKey ? await ifItHolds(() => claim.verify(signer)) : null;
    return { bytes, value, signer, genuine: held !== null && value.capsule === context.evidence.capsule };
  });
}
