import { sealContent, wrapperFor } from "@fogbound/capsule";
import { label, openSealed, randomBytes, utf8 } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import {
  type Alerts,
  challengeReply,
  type FogHands,
  type FogSettings,
  familiar,
  type ItemId,
  type Judged,
  onDemandVariant,
  ownerIdOf,
  type ProfiledAccess,
  type Profiler,
  type ReplyText,
  randomIdentifier,
  replyText,
  sameBytes,
  type Variant,
} from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";
import type { Case } from "./decision.js";
import { fogMemory } from "./fog-memory.js";
import type { HeldManifest } from "./held-manifest.js";
import type { AuthorityKeys } from "./keys.js";
import type { WatchedClock } from "./time.js";

/** What an authority asks a guard with. */
export interface GuardParts {
  readonly profiler: Profiler;
  /** The authority's own store. */
  readonly store: ObjectStore;
  /** Where decoys are put beside the contents; null: only those are served that were sealed with the capsule. */
  readonly contents: ObjectStore | null;
  readonly keys: AuthorityKeys;
  readonly alerts: Alerts;
  readonly clock: WatchedClock;
}

/** A case whose record is proved. */
export interface GuardedCase extends Case {
  readonly requestHash: Uint8Array;
}

/** Asks the guard about what the policy permits. null where the capsule wants no fog, and where nothing is refused. */
export async function judged(parts: GuardParts | null, one: GuardedCase): Promise<Judged | null> {
  const { held } = one;
  if (held.fog === null || held.policy === null) return null;
  if (parts === null) throw withoutGuard(held);
  const access = await profiled(parts.keys, one, held.fog);
  return parts.profiler.judge(access, handsFor(parts, held, one.item.id));
}

/** The owner's word that a reader was himself. @throws FogboundError as `Authority.trust`. */
export async function trusted(parts: GuardParts | null, held: HeldManifest, bytes: Uint8Array): Promise<void> {
  if (parts === null) throw withoutGuard(held);
  const { capsule, reader, time } = await familiar.verify(bytes, held.genesis.root);
  if (capsule !== held.capsule) throw FogboundError.verificationFailed();
  parts.clock.requireFresh("request", time, parts.clock.now());
  const [first] = held.manifest.items;
  if (first === undefined) throw FogboundError.verificationFailed();
  await parts.profiler.trust(ownerIdOf(held.genesis.root), reader, time, handsFor(parts, held, first.id));
}

/** Fail closed: a wish for fog that nobody can fulfil must not become a permission. */
export function withoutGuard({ capsule }: Pick<HeldManifest, "capsule">): FogboundError {
  return new FogboundError(
    "POLICY_INVALID",
    `The manifest of ${capsule} wants a guard over its readers, and this authority was opened without one. Open it with a profiler, or seal without fog.`,
  );
}

async function profiled(keys: AuthorityKeys, one: GuardedCase, settings: FogSettings): Promise<ProfiledAccess> {
  const { held, proved, item, asked, now, requestHash } = one;
  const at = held.manifest.items.findIndex(({ id }) => id === item.id);
  return {
    owner: ownerIdOf(held.genesis.root),
    capsule: held.capsule,
    settings,
    reader: proved.session.subject,
    action: proved.request.action,
    item,
    at,
    variants: held.manifest.items[at]?.variants ?? [],
    real: held.part.real[at] ?? -1,
    request: requestHash,
    reply: await openReply(keys, one),
    time: now,
    place: { address: asked.address, country: asked.country },
  };
}

/** What is no reply to this authority is a wrong one: saying which it was would say more than the reader may know. */
async function openReply(keys: AuthorityKeys, { proved, held }: Case): Promise<ReplyText | null> {
  const bytes = proved.request.challengeReply;
  if (bytes === null) return null;
  try {
    const { sealed } = challengeReply.decode(bytes);
    const own = sealed.find(({ recipient }) => sameBytes(recipient, keys.partKey.publicKey));
    if (own === undefined) return noReply;
    return replyText.decode(
      await openSealed(keys.partKey, label("challenge-reply"), own.ciphertext, utf8(held.capsule)),
    );
  } catch (error) {
    if (FogboundError.isInstance(error)) return noReply;
    throw error;
  }
}

const noReply: ReplyText = { suite: 1, challenge: new Uint8Array(32), answer: " " };

function handsFor(parts: GuardParts, held: HeldManifest, item: ItemId): FogHands {
  const { store, keys, contents, alerts, clock } = parts;
  const owner = ownerIdOf(held.genesis.root);
  const onDamage = (): void =>
    alerts.raise({ kind: "memory-damaged", authority: keys.id, capsule: held.capsule, time: clock.now() });
  return {
    memory: fogMemory({ store, keys, owner, ownerKey: held.genesis.read, onDamage }),
    seal: contents === null ? null : (content) => sealDecoy(contents, held, item, content),
  };
}

/** Sealed like content, under a key of its own, to the same authorities: a host asks for its share as for any. */
async function sealDecoy(
  store: ObjectStore,
  { capsule, manifest }: HeldManifest,
  item: ItemId,
  decoy: AsyncIterable<Uint8Array>,
): Promise<Variant> {
  const key = randomBytes(32);
  const content = randomIdentifier("cnt");
  const place = { capsule, item, variant: onDemandVariant, content };
  const { chunks, root } = await sealContent(store, place, key, decoy);
  const wrapper = await wrapperFor(manifest.authorities, capsule, manifest.keyVersion);
  return { content, chunks, root, wrap: wrapper.wrap(key) };
}
