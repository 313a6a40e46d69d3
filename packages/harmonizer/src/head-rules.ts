import { FogboundError } from "@fogbound/errors";
import { type EpochHead, hostIdOf, registration, sameBytes } from "@fogbound/protocol";
import { inForceIn, stale } from "./advance.js";
import type { Draft } from "./draft.js";
import type { ManifestFacts, Manifests } from "./manifest-facts.js";

/**
 * Who may begin an epoch. A host's instance: under the manifest in force, named by it and not revoked; after a
 * revocation of everything no new instance. An authority's journal: under any version that was in force and names its
 * key, as its records may come late.
 *
 * Only beginnings are refused. Batches of a chain that exists are taken whatever was revoked since: they are evidence
 * of who asked, and refusing them would hide it.
 */
export class HeadRules {
  readonly #manifests: Manifests;

  constructor(manifests: Manifests) {
    this.#manifests = manifests;
  }

  /** @throws FogboundError `HOST_UNPROVED`, `MANIFEST_STALE`, `VERIFICATION_FAILED`. */
  async assertAllowed(draft: Draft, head: EpochHead): Promise<void> {
    const inForce = inForceIn(draft.state, head.capsule);
    const facts = await this.#manifests.facts(head.capsule, inForce.version, inForce.hash);
    if (head.registration === null) return this.#assertJournal(draft, head, facts);
    if (head.version !== inForce.version || !sameBytes(head.manifest, inForce.hash))
      throw stale(head.capsule, inForce.version, head.version);
    return assertHost(head, head.registration, facts);
  }

  async #assertJournal(draft: Draft, head: EpochHead, inForce: ManifestFacts): Promise<void> {
    const { capsule, version, manifest, instance } = head;
    const isInForce = version === inForce.version && sameBytes(manifest, inForce.hash);
    if (!isInForce && !(await wasSequenced(draft, head))) throw stale(capsule, inForce.version, version);
    const named = isInForce ? inForce : await this.#manifests.facts(capsule, version, manifest);
    if (!named.journals.has(instance))
      throw unproved(head, `the journal of an authority that version ${version} of the manifest names`);
  }
}

async function assertHost(head: EpochHead, registrationBytes: Uint8Array, facts: ManifestFacts): Promise<void> {
  const claimed = registration.read(registrationBytes).value.host;
  const host = facts.hosts.find(({ id, key }) => id === claimed && hostIdOf(key) === id);
  if (host === undefined)
    throw unproved(head, `an instance of a host that the manifest in force names, not ${claimed}`);
  const registered = await registration.verify(registrationBytes, host.key);
  if (registered.capsule !== head.capsule || registered.instance !== head.instance || registered.host !== host.id)
    throw unproved(head, "the registration of this very instance");
  const { hosts, instances, everything } = facts.revoked;
  if (hosts.includes(host.id) || instances.includes(head.instance) || (everything && head.epoch === 1))
    throw unproved(head, "an instance that is not revoked");
}

async function wasSequenced(draft: Draft, { capsule, version, manifest }: EpochHead): Promise<boolean> {
  const bundle = draft.log.places.manifest(capsule, version);
  const entries = bundle === undefined ? draft.entries : (await draft.log.history.readKnown(bundle)).bundle.entries;
  return entries.some((one) => one.kind === "manifest" && one.capsule === capsule && sameBytes(one.hash, manifest));
}

function unproved(head: EpochHead, expected: string): FogboundError {
  return new FogboundError(
    "HOST_UNPROVED",
    `Expected ${expected}, got a head of ${head.instance} that is none. Read the manifest in force.`,
  );
}
