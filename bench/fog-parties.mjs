import { createAuthorityGroup, openAuthority } from "@fogbound/authority";
import { Guard } from "@fogbound/fog";
import { openHarmonizer } from "@fogbound/harmonizer";
import { generateOwnerKeys, generateSigningKey, Host, hostEntry, Owner } from "fogbound";
import { memoryStore } from "fogbound/testing";

/**
 * An owner, a host, a harmonizer and an authority with a guard, each with a store of its own in memory.
 * @param watch sees every answer that the host gets, and how many seconds it took
 */
export async function fogParties(watch) {
  const [vault, log, journal] = [await memoryStore(), await memoryStore(), await memoryStore()];
  const [receiptKey, logKey, hostKey] = [generateSigningKey(), generateSigningKey(), generateSigningKey()];
  const clock = () => Date.now();
  const harmonizer = await openHarmonizer({ store: log, origin: "log.bench/fogbound", receiptKey, logKey, clock });
  const { group, keys } = await createAuthorityGroup(1, 1);
  const profiler = new Guard();
  const authority = await openAuthority({
    store: journal,
    keys: keys[0],
    harmonizer,
    clock,
    profiler,
    contents: vault,
  });
  const { keys: ownerKeys } = await generateOwnerKeys();
  const entry = hostEntry(hostKey);
  const defaults = { hosts: [entry], issuers: [{ id: "local", hosts: [entry.id], readers: [] }] };
  const shared = { store: vault, harmonizer, clock };
  const owner = await Owner.open({
    ...shared,
    keys: ownerKeys,
    authorityGroup: group,
    authorities: [authority],
    defaults,
  });
  const host = await Host.open({ ...shared, key: hostKey, authorities: [watched(authority, watch)] });
  const close = async () => {
    for (const party of [host, authority, harmonizer]) await party.close();
  };
  return { vault, owner, host, close };
}

/** The same authority, seen from where a host stands. */
function watched(authority, watch) {
  const answer = async (question, waiting) => {
    const start = performance.now();
    const answered = await authority.answer(question, waiting);
    watch(answered, (performance.now() - start) / 1000);
    return answered;
  };
  return new Proxy(authority, {
    get: (target, name) => (name === "answer" ? answer : bound(target, target[name])),
  });
}

function bound(target, value) {
  return typeof value === "function" ? value.bind(target) : value;
}
