import {
  type AccessRequest,
  hashOf,
  type Registration,
  registration,
  request,
  type Session,
  session,
} from "../../../packages/protocol/src/index.js";
import { authority, type Founded, host, item, reader, start } from "./ids.js";
import { fixed, sealingKey, signingKey } from "./keys.js";
import type { Sample } from "./sample.js";

export interface Reading {
  readonly session: Uint8Array;
  readonly request: Uint8Array;
  readonly registration: Uint8Array;
  readonly samples: readonly Sample[];
}

/** What a reader and a host sign before anything is asked. */
export async function signReading(founded: Founded, manifestHash: Uint8Array): Promise<Reading> {
  const sessionValue: Session = {
    suite: 1,
    key: signingKey("session").publicKey,
    subject: reader,
    heldBy: "reader",
    host: null,
    audience: [authority],
    time: start,
    expires: start + 43_200_000,
  };
  const requestValue = requestOf(founded, manifestHash);
  const registrationValue = await registrationOf(founded);
  const papers = {
    session: await session.sign(sessionValue, signingKey("reader")),
    request: await request.sign(requestValue, signingKey("session")),
    registration: await registration.sign(registrationValue, signingKey("instance"), signingKey("host")),
  };
  const sample = (format: keyof typeof papers, signer: string, value: unknown): Sample => ({
    file: `${format}-v1.cbor`,
    format,
    bytes: papers[format],
    signer,
    value,
  });
  return {
    ...papers,
    samples: [
      sample("session", "reader", sessionValue),
      sample("request", "session", requestValue),
      sample("registration", "host", registrationValue),
    ],
  };
}

function requestOf(founded: Founded, manifestHash: Uint8Array): AccessRequest {
  return {
    suite: 1,
    capsule: founded.capsule,
    manifest: manifestHash,
    item,
    action: "view",
    purpose: "research",
    instance: founded.instance,
    nonce: fixed("nonce").slice(0, 16),
    time: start + 1000,
    place: { address: "2001:db8::7", country: "DE" },
    counter: 2,
    last: hashOf(fixed("request before")),
    challengeReply: null,
  };
}

async function registrationOf(founded: Founded): Promise<Registration> {
  return {
    suite: 1,
    capsule: founded.capsule,
    host,
    instance: founded.instance,
    instanceKey: signingKey("instance").publicKey,
    recipient: (await sealingKey("registration")).publicKey,
    nonce: fixed("authority nonce"),
    time: start + 500,
    place: { address: "192.0.2.1", country: null },
    previous: { instance: founded.journal, epoch: 3, number: 41, hash: fixed("last header before") },
  };
}
