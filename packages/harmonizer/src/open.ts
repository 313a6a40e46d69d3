import { byTimer, type CapsuleId, type HarmonizerEntry, quietly } from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";
import { Admission } from "./admit.js";
import type { Step } from "./advance.js";
import { Cadence } from "./cadence.js";
import { Checkpoints } from "./checkpoints.js";
import type { CourierParts } from "./courier.js";
import { StoreHarmonizer } from "./harmonizer.js";
import { HeadRules } from "./head-rules.js";
import { History, type SequencedBundle } from "./history.js";
import { Intake } from "./intake.js";
import { LogReader } from "./log-reader.js";
import { Manifests } from "./manifest-facts.js";
import { readObject } from "./objects.js";
import { OpenCopies } from "./open-copies.js";
import { assertOptions, type EmbeddedHarmonizer, type HarmonizerOptions } from "./options.js";
import { Outbox } from "./outbox.js";
import { Sequence } from "./sequence.js";
import { type StripeParts, Stripes } from "./stripes.js";
import { TileReader } from "./tile-reader.js";
import { TipsWriter } from "./tips.js";

const defaultCheckpointSeconds = 10;

/**
 * Reads the whole log in the store and takes it up. Any number of processes may do so over one store, with the same
 * keys: there is no leader.
 *
 * @throws FogboundError `FORMAT_INVALID` or `VERIFICATION_FAILED` when a bundle is missing, does not hold under these
 *   keys, does not follow the one before, or is covered by a checkpoint and gone; and what the store throws. TypeError or
 *   RangeError for options that are none.
 */
export async function openHarmonizer(options: HarmonizerOptions): Promise<EmbeddedHarmonizer> {
  assertOptions(options);
  const { store, origin, receiptKey, logKey, clock } = options;
  const entry: HarmonizerEntry = { origin, receiptKey: receiptKey.publicKey, logKey: logKey.publicKey };
  const log = new LogReader(new History(store, entry));
  const manifests = new Manifests(store);
  const admission = new Admission(new HeadRules(manifests), new TipsWriter(origin, receiptKey, clock));
  const cadence = new Cadence(() => checkpoints.make());
  const onCapsules = cadenceOf(cadence, log, manifests, options.checkpointSeconds ?? defaultCheckpointSeconds);
  const copies = new OpenCopies(store, log);
  const keeps: StripeParts["keeps"] = (...batch) => outbox.keeps(...batch);
  const stripes = new Stripes({ store, log, manifests, copies, keeps, refresh: () => sequence.refresh() });
  const onSequenced = (sequenced: SequencedBundle, steps: readonly Step[]): void => {
    onCapsules(new Set(steps.map(({ capsule }) => capsule)));
    stripes.take(sequenced, steps);
    outbox.take(steps);
  };
  const sequence = new Sequence({ store, log, admission, copies, origin, receiptKey, clock, onSequenced });
  const refresh = () => sequence.refresh();
  const checkpoints = new Checkpoints({ store, origin, logKey, log, refresh });
  const tiles = new TileReader({
    read: (name) => readObject(store, name),
    list: (prefix) => namesUnder(store, prefix),
  });
  const { sinks = [], later = byTimer } = options;
  const alerts = quietly(options.alerts);
  const anchor: CourierParts["anchor"] = async (capsule) => {
    await sequence.submit({ kind: "tips", capsule });
    await checkpoints.make();
    return checkpoints.newest();
  };
  const taken: CourierParts["taken"] = (capsule) => stripes.close(capsule);
  const outbox = new Outbox({ sinks, copies, log, tiles, manifests, clock, later, alerts, anchor, taken });
  await checkpoints.load();
  await log.replay(store, (sequenced) => checkpoints.feed(sequenced));
  checkpoints.assertCovered();
  if (log.position.size > checkpoints.size && !store.readOnly) onCapsules(new Set());
  stripes.recover();
  if (!store.readOnly) outbox.recover();
  const intake = new Intake({ store, entry, log, manifests, refresh });
  const parts = { store, entry, log, manifests, intake, sequence, checkpoints, tiles, copies, stripes, cadence };
  return new StoreHarmonizer({ ...parts, outbox, alerts, clock });
}

/** A checkpoint follows within the shortest time that a manifest of the capsules in a bundle asks for. */
function cadenceOf(
  cadence: Cadence,
  log: LogReader,
  manifests: Manifests,
  most: number,
): (capsules: ReadonlySet<CapsuleId>) => void {
  const shorten = async (capsule: CapsuleId): Promise<void> => {
    const inForce = log.state.capsule(capsule);
    if (inForce === undefined) return;
    const { checkpointSeconds } = await manifests.terms(capsule, inForce.version, inForce.hash);
    if (checkpointSeconds < most) cadence.within(checkpointSeconds * 1000);
  };
  return (capsules) => {
    cadence.within(most * 1000);
    for (const capsule of capsules) shorten(capsule).catch(() => undefined);
  };
}

async function* namesUnder(store: ObjectStore, prefix: string): AsyncGenerator<string, void, undefined> {
  for await (const { key } of store.list(prefix)) yield key;
}
