import {
  type Answer,
  answer,
  commitmentOf,
  type Delivery,
  delivery,
  type HeaderDraft,
  hashOf,
  type Recipient,
  type RecordBody,
  recipient,
  recordHeader,
  sealRecord,
} from "../../../packages/protocol/src/index.js";
import { authority, content, type Founded, start } from "./ids.js";
import { fixed, sealingKey, signingKey } from "./keys.js";
import type { Reading } from "./reading.js";
import type { Sample } from "./sample.js";

export interface Recorded {
  readonly headers: readonly Uint8Array[];
  readonly bodies: readonly Uint8Array[];
  readonly recipient: Uint8Array;
  readonly opening: Uint8Array;
  readonly samples: readonly Sample[];
}

/** One record of each kind, chained, and the signed papers that stand in them. */
export async function record(founded: Founded, reading: Reading, manifestHash: Uint8Array): Promise<Recorded> {
  const answerValue = answerOf(founded, reading);
  const deliveryValue: Delivery = {
    suite: 1,
    answer: fixed("answer hash"),
    ranges: [{ offset: 0, length: 65_600 }],
    digest: fixed("digest"),
  };
  const recipientValue: Recipient = {
    suite: 1,
    key: (await sealingKey("one-answer")).publicKey,
    request: hashOf(reading.request),
  };
  const papers = {
    answer: await answer.sign(answerValue, signingKey("answer")),
    delivery: await delivery.sign(deliveryValue, signingKey("session")),
    recipient: await recipient.sign(recipientValue, signingKey("instance")),
  };
  const chain = await sealChain(founded, reading, bodiesOf(reading, manifestHash, papers));
  const paper = (format: keyof typeof papers, signer: string, value: unknown): Sample => ({
    file: `${format}-v1.cbor`,
    format,
    bytes: papers[format],
    signer,
    value,
  });
  return {
    headers: chain.map(({ header }) => header),
    bodies: chain.map(({ body }) => body),
    recipient: papers.recipient,
    opening: fixed("opening asked"),
    samples: [
      paper("answer", "answer", answerValue),
      paper("delivery", "session", deliveryValue),
      paper("recipient", "instance", recipientValue),
      ...chain.flatMap(({ samples }) => samples),
    ],
  };
}

function answerOf({ capsule }: Founded, reading: Reading): Answer {
  return {
    suite: 1,
    authority,
    capsule,
    request: hashOf(reading.request),
    header: fixed("header hash"),
    receipt: fixed("receipt hash"),
    journal: fixed("journal hash"),
    decision: "permit",
    reason: null,
    question: null,
    variant: content,
    leaseSeconds: 0,
    share: fixed("share hash"),
    time: start + 2000,
  };
}

function bodiesOf(
  reading: Reading,
  manifest: Uint8Array,
  papers: { readonly answer: Uint8Array; readonly delivery: Uint8Array },
): RecordBody[] {
  const place = { address: "198.51.100.9", country: "AT" };
  const { request, session, registration } = reading;
  const opening = (kind: string): Uint8Array => fixed(`opening ${kind}`);
  return [
    { kind: "registered", time: start + 600, opening: opening("registered"), registration, manifest, released: true },
    { kind: "asked", time: start + 1100, opening: opening("asked"), request, session, place },
    {
      kind: "answered",
      time: start + 1900,
      opening: opening("answered"),
      request,
      session,
      place,
      header: fixed("header hash"),
      receipt: null,
      decision: "permit",
      reason: "policy0",
      variant: content,
      leaseSeconds: 0,
      share: fixed("share hash"),
    },
    {
      kind: "delivered",
      time: start + 3000,
      opening: opening("delivered"),
      request: hashOf(request),
      answers: [papers.answer],
      outcome: "delivered",
      ranges: [{ offset: 0, length: 65_600 }],
      bytes: 65_600,
      acknowledgement: papers.delivery,
    },
  ];
}

async function sealChain(
  { instance }: Founded,
  reading: Reading,
  bodies: readonly RecordBody[],
): Promise<{ header: Uint8Array; body: Uint8Array; samples: Sample[] }[]> {
  const chain: { header: Uint8Array; body: Uint8Array; samples: Sample[] }[] = [];
  for (const [index, value] of bodies.entries()) {
    const before = chain.at(-1);
    const draft: HeaderDraft = {
      suite: 1,
      instance,
      epoch: 1,
      number: index + 1,
      previous: before === undefined ? null : hashOf(before.header),
      kind: value.kind,
      commitment: commitmentOf(
        value.opening,
        hashOf(value.kind === "registered" ? reading.registration : reading.request),
      ),
      counts: value.kind === "asked" ? [fixed("count tag")] : [],
    };
    const key = fixed(`record key ${value.kind}`);
    const { header, body } = await sealRecord(draft, value, key);
    chain.push({ header, body, samples: samplesOf(value, header, body, key) });
  }
  return chain;
}

function samplesOf(value: RecordBody, header: Uint8Array, body: Uint8Array, key: Uint8Array): Sample[] {
  const named = { signer: null };
  return [
    {
      ...named,
      file: `record-${value.kind}-v1.cbor`,
      format: "record",
      bytes: header,
      value: recordHeader.decode(header),
    },
    {
      ...named,
      file: `record-body-${value.kind}-v1.bin`,
      format: "record-body",
      bytes: body,
      value,
      opens: { header: `record-${value.kind}-v1.cbor`, recordKey: key },
    },
  ];
}
