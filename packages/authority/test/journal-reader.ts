import { epochChainKey, label, openSealed, Ratchet } from "@fogbound/crypto";
import {
  batch,
  batchStatement,
  epochBinding,
  epochHead,
  hashOf,
  instanceIdOf,
  layout,
  openRecord,
  type RecordBody,
  recipientName,
  recordHeader,
} from "@fogbound/protocol";
import { expect } from "vitest";
import type { EmbeddedAuthority } from "../src/index.js";
import type { World } from "./kit.js";

/** The journal as the owner reads it: through `LogObjects`, every link checked. */
export async function readJournal(
  world: World,
  authority: EmbeddedAuthority,
): Promise<{ readonly hash: Uint8Array; readonly body: RecordBody }[]> {
  const { journalKey } = authority.member;
  const objects = authority.journal(world.capsule);
  const instance = instanceIdOf(journalKey, world.capsule);
  const read = async (name: string): Promise<Uint8Array | null> => objects.read(name);
  const records: { hash: Uint8Array; body: RecordBody }[] = [];
  for (let epoch = 1; ; epoch++) {
    const headBytes = await read(layout.head(instance, epoch));
    if (headBytes === null) return records;
    const head = await epochHead.verify(headBytes, journalKey);
    expect(head).toMatchObject({ first: records.length + 1, previous: records.at(-1)?.hash ?? null });
    const wrap = await read(layout.epochKey(instance, epoch, recipientName(world.owner.read.publicKey)));
    const binding = epochBinding(instance, epoch);
    const secret = await openSealed(world.owner.read, label("epoch-secret"), wrap ?? new Uint8Array(), binding);
    const ratchet = new Ratchet(epochChainKey(secret));
    for (let number = 1; ; number++) {
      const bytes = await read(layout.batch(instance, epoch, number));
      if (bytes === null) break;
      const { statement, headers, bodies } = batch.decode(bytes);
      await batchStatement.verify(statement, journalKey);
      for (const [at, headerBytes] of headers.entries()) {
        const header = recordHeader.decode(headerBytes);
        expect(header.previous).toEqual(records.at(-1)?.hash ?? null);
        const body = await openRecord(header, bodies[at] ?? new Uint8Array(), ratchet.next().recordKey);
        records.push({ hash: hashOf(headerBytes), body });
      }
    }
  }
}
