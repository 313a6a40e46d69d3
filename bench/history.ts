// `history FILE RECORDS`: a capsule's whole history as a .fog file, with real keys and signatures: instances of a host in
// turn, 64 accesses to a batch, each asked, answered and delivered. Bundled for the measure that needs it.
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type AskedAccess, World } from "../packages/audit/test/kit/world.js";
import type { Draft } from "../packages/audit/test/kit/writer.js";
import { type ArchiveEntry, writeArchive } from "../packages/capsule/src/index.js";
import { randomBytes, utf8 } from "../packages/crypto/src/index.js";
import {
  type AnsweredBody,
  type AskedBody,
  type DeliveredBody,
  hashOf,
  layout,
  padded,
} from "../packages/protocol/src/index.js";

const accessesInBatch = 64;
const recordsOfAccess = 3;
const instances = 4;
const place = { address: "10.0.0.7", country: null };

async function history(records: number): Promise<World> {
  const world = await World.create();
  for (let more = 1; more < instances; more++) await world.start();
  const writers = [...world.writers];
  const batches = Math.ceil(records / recordsOfAccess / accessesInBatch);
  for (let at = 0; at < batches; at++) {
    const host = writers[at % writers.length];
    if (host === undefined) throw new TypeError("Expected an instance.");
    world.writers.push(host);
    await accesses(world);
    world.writers.pop();
  }
  await world.anchor();
  return world;
}

/** Records that came together, committed together, as under load. */
async function accesses(world: World): Promise<void> {
  const host = world.host;
  const time = world.tick();
  const opening = (): Uint8Array => randomBytes(32);
  const asked: AskedAccess[] = [];
  for (let count = 0; count < accessesInBatch; count++) asked.push(await world.ask({ unrecorded: true }));
  const askedBody = ({ request, session }: AskedAccess): AskedBody => {
    return { kind: "asked", time, opening: opening(), request, session, place };
  };
  const written = await host.write(
    asked.map((one) => draft(one, askedBody(one))),
    world.at(),
  );
  const receipts: Uint8Array[] = [];
  for (const index of asked.keys()) receipts.push(hashOf(await world.log.receiptFor(written.leaf + index)));
  const answered = asked.map((one, index): AnsweredBody => {
    const header = written.hashes[index] ?? new Uint8Array(32);
    const receipt = receipts[index] ?? null;
    const paper = { request: one.request, session: one.session, place, header, receipt };
    const ruling = {
      decision: "permit",
      reason: "policy0",
      leaseSeconds: 0,
      share: new Uint8Array(32).fill(2),
    } as const;
    return { kind: "answered", time, opening: opening(), ...paper, ...ruling, variant: world.capsule.content };
  });
  const journal = await world.journal.write(
    asked.map((one, index) => draft(one, answered[index] ?? askedBody(one))),
    world.at(),
  );
  const delivered: Draft[] = [];
  for (const [index, one] of asked.entries()) {
    const body = answered[index];
    if (body === undefined) continue;
    const paper = await world.signAnswer(body, one.hash, journal.hashes[index] ?? new Uint8Array(32));
    delivered.push(draft(one, deliveredBody(one, paper, time)));
  }
  await host.write(delivered, world.at());
}

function draft({ hash }: AskedAccess, body: Draft["body"]): Draft {
  return { body, requestHash: hash };
}

function deliveredBody({ hash }: AskedAccess, answer: Uint8Array, time: number): DeliveredBody {
  const what = { outcome: "delivered", ranges: [{ offset: 0, length: 10 }], bytes: 10, acknowledgement: null } as const;
  return { kind: "delivered", time, opening: randomBytes(32), request: hash, answers: [answer], ...what };
}

async function* entries(world: World): AsyncGenerator<ArchiveEntry> {
  const { id, authority } = world.capsule;
  yield entry("fogbound-export", utf8("fogbound export 1\n"));
  for (const [at, object] of world.manifests.entries())
    yield entry(layout.manifest(id, at + 1, world.current.hash), object);
  for (const [name, bytes] of inOrder(world.hostStore)) yield entry(layout.hostLog(id) + name, bytes);
  for (const [name, bytes] of inOrder(world.journalStore)) yield entry(layout.journal(authority, id) + name, bytes);
  yield entry("harmonizer/checkpoint", utf8(world.log.checkpoint ?? ""));
  for (const [at, bytes] of (await world.log.pull(id)).entries())
    yield entry(`harmonizer/bundles/${padded(at)}`, bytes);
}

function inOrder(store: ReadonlyMap<string, Uint8Array>): [string, Uint8Array][] {
  return [...store].sort(([one], [other]) => (one < other ? -1 : 1));
}

function entry(name: string, bytes: Uint8Array): ArchiveEntry {
  async function* body(): AsyncGenerator<Uint8Array> {
    yield bytes;
  }
  return { name, size: bytes.length, body: body() };
}

const [file = "", records = ""] = process.argv.slice(2);
const world = await history(Number(records));
await pipeline(Readable.from(writeArchive(entries(world))), createWriteStream(file));
process.send?.({ capsule: world.capsule.id, readKey: [...world.capsule.owner.secretKey] });
process.disconnect?.();
