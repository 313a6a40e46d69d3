import { checkBundle } from "../../src/bundles.js";
import { type Context, newUnread, Readable } from "../../src/context.js";
import type { Evidence } from "../../src/evidence.js";
import { Findings } from "../../src/findings.js";
import { Losses } from "../../src/losses.js";
import { RememberedPapers } from "../../src/papers.js";
import { type OpenedRecord, openBatch } from "../../src/records.js";
import { judged } from "../../src/restorable.js";
import { Sequence } from "../../src/sequence.js";
import type { World } from "./world.js";

export interface Opened {
  readonly context: Context;
  /** In the log's order. */
  readonly records: readonly OpenedRecord[];
}

/** Every record of a world, opened with the owner's key, and a context in which nothing has been found yet. */
export async function openedIn(world: World, changes: Partial<Evidence> = {}): Promise<Opened> {
  await world.anchor();
  const evidence = await world.evidence(changes);
  const keys = { readKeys: [world.capsule.owner] };
  const fresh = { findings: new Findings(), losses: new Losses(), papers: new RememberedPapers(), unread: newUnread() };
  const { context: whole } = await judged(evidence, {});
  const context = { ...whole, ...fresh, keys, readable: new Readable(evidence, keys) };
  const sequence = new Sequence(context);
  const records: OpenedRecord[] = [];
  for await (const bytes of evidence.bundles())
    for (const batch of sequence.read(await checkBundle(context, bytes)))
      records.push(...(await openBatch(context, batch)));
  return { context, records };
}

type Kind = OpenedRecord["kind"];
type Of<One extends Kind> = Extract<OpenedRecord, { kind: One }>;

/** Those of one kind. */
export function ofKind<One extends Kind>(records: readonly OpenedRecord[], kind: One): Of<One>[] {
  return records.filter((one): one is Of<One> => one.kind === kind);
}

/** The only one of its kind. */
export function theOnly<One extends Kind>(records: readonly OpenedRecord[], kind: One): Of<One> {
  const [one, ...more] = ofKind(records, kind);
  if (one === undefined || more.length > 0) throw new TypeError(`Expected one record of kind ${kind}.`);
  return one;
}
