import { createAuthorityGroup, openAuthority } from "@fogbound/authority";
import { openHarmonizer } from "@fogbound/harmonizer";
import {
  Auditor,
  auditorEntryOf,
  auditorKeysOf,
  type CapsuleId,
  generateAuditorRing,
  generateOwnerKeys,
  generateSigningKey,
  Host,
  hostEntry,
  type ObjectStore,
  Owner,
  Policy,
  type Verdict,
} from "fogbound";
import { expect } from "vitest";
import type { PartyName } from "../src/least-rights.js";

export type Stores = { readonly [Party in PartyName]: ObjectStore };

/** Five parties, each over the store it was opened with and no other. */
export interface Scenario {
  readonly capsule: CapsuleId;
  readonly owner: Owner;
  /** A view of the item, from end to end. @returns what the reader got to see, or why he did not */
  view(): Promise<string>;
  /** Another process of the same host, after the one before ended. */
  restartHost(): Promise<void>;
  auditorsVerdict(): Promise<Verdict>;
  close(): Promise<void>;
}

export const text = "what only readers see";
const items = [{ name: "report.txt", content: new TextEncoder().encode(text) }] as const;

export async function scenario(stores: Stores): Promise<Scenario> {
  const harmonizer = await openHarmonizer({
    store: stores.harmonizer,
    origin: "log.test/least-rights",
    receiptKey: generateSigningKey(),
    logKey: generateSigningKey(),
    clock: Date.now,
  });
  const { group, keys } = await createAuthorityGroup(1, 1);
  const [authorityKeys] = keys;
  if (authorityKeys === undefined) throw new Error("Expected one authority.");
  const authority = await openAuthority({ store: stores.authority, keys: authorityKeys, harmonizer, clock: Date.now });
  const shared = { harmonizer, authorities: [authority] };
  const key = generateSigningKey();
  const entry = hostEntry(key);
  const openHost = (): Promise<Host> => Host.open({ ...shared, store: stores.host, key });
  let host = await openHost();
  const { keys: ownerKeys } = await generateOwnerKeys();
  const owner = await Owner.open({
    ...shared,
    store: stores.owner,
    keys: ownerKeys,
    authorityGroup: group,
    defaults: { hosts: [entry], issuers: [{ id: "local", hosts: [entry.id], readers: [] }] },
    journals: new Map([[authority.member.id, authority]]),
  });
  const auditorKeys = await auditorKeysOf(await generateAuditorRing());
  const policy = Policy.allow({ readers: ["local#reader"], actions: ["view"] });
  const { id: capsule } = await owner.seal({ items, policy, auditors: [auditorEntryOf(auditorKeys)] });
  const auditor = await Auditor.open({ ...shared, store: stores.auditor, keys: auditorKeys, trust: [capsule] });
  return {
    capsule,
    owner,
    async view() {
      const session = await host.sessionFor("local#reader", { address: "10.0.0.7" });
      const access = await host.access(session, { capsule, item: "report.txt", action: "view" });
      if (access.outcome !== "permitted") return access.outcome;
      const seen = await new Response(access.read()).text();
      await access.end();
      return seen;
    },
    async restartHost() {
      await host.close();
      host = await openHost();
    },
    auditorsVerdict: async () => (await auditor.audit(capsule)).verdict(),
    async close() {
      await host.close();
      await authority.close();
      await harmonizer.close();
    },
  };
}

/** Everything each party has to do, one thing after the other. */
export async function expectEverythingToWork({ owner, capsule, ...all }: Scenario): Promise<void> {
  const views = [await all.view(), await all.view()];
  await all.restartHost();
  views.push(await all.view());
  await owner.setPolicy(capsule, Policy.allow({ readers: ["local#another"], actions: ["view"] }));
  views.push(await all.view());
  await owner.reseal(capsule);
  await owner.setPolicy(capsule, Policy.allow({ readers: ["local#reader"], actions: ["view"] }));
  views.push(await all.view());
  expect(views).toEqual([text, text, text, "denied", text]);
  const verdict = await (await owner.audit(capsule, { rehashContent: true })).verdict();
  expect(verdict).toMatchObject({ outcome: "proved", findings: [] });
  expect(verdict.proved).toContain("bytes-rehashed");
  // Who vouches for readers is sealed to owner and authorities: that alone an auditor cannot prove.
  const auditors = await all.auditorsVerdict();
  expect(auditors.findings).toEqual([]);
  const optional = ["bytes-rehashed", "witnessed", "time-trusted"];
  expect(auditors.notProved.filter((proof) => !optional.includes(proof))).toEqual(["signed-by-readers"]);
}
