import { FogboundError } from "@fogbound/errors";
import { Policy } from "@fogbound/policy";
import type { Alert, BreakGlass, Manifest, Question } from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";
import { describe, expect, it } from "vitest";
import { type EmbeddedAuthority, openAuthority } from "../src/index.js";
import { ask, newStore, reader, TestHost, type Version, World } from "./kit.js";

const allowing: Policy = Policy.allow({ readers: [reader], actions: ["view"] });

interface Bench {
  readonly world: World;
  readonly version: Version;
  readonly store: ObjectStore;
  readonly authority: EmbeddedAuthority;
  readonly host: TestHost;
  readonly alerts: Alert[];
  /** Asks, without a receipt, for something new. */
  release(): Promise<Awaited<ReturnType<typeof ask>>["answer"]>;
}

async function bench(breakGlass: BreakGlass | null, policy = allowing): Promise<Bench> {
  const world = await World.create();
  const changes: Partial<Manifest> = { breakGlass };
  const version = await world.seal(policy, null, { manifest: changes });
  const store = await newStore();
  const alerts: Alert[] = [];
  const [keys] = world.keys;
  if (keys === undefined) throw new Error("one authority");
  const { harmonizer, clock } = world;
  const raising = { raise: (alert: Alert) => void alerts.push(alert) };
  const later = () => () => undefined;
  const authority = await openAuthority({ store, keys, harmonizer, clock, alerts: raising, later });
  await world.publish(version, authority);
  const host = await TestHost.register(world, version, [authority]);
  const withoutReceipt: Partial<Question> = { receipt: null };
  const release = async () => (await ask(authority, await host.papers(), withoutReceipt)).answer;
  return { world, version, store, authority, host, alerts, release };
}

/** The host's records still get there; this authority's question does not. */
function cut({ world }: Bench): void {
  world.harmonizer.inForce = () => Promise.reject(new FogboundError("HARMONIZER_UNREACHABLE", "the wire is cut"));
}

describe("Without a receipt an authority", () => {
  it("answers nothing where the manifest does not allow it, whoever is away", async () => {
    const one = await bench(null);
    await expect(one.release()).rejects.toMatchObject({ code: "VERIFICATION_FAILED" });
    cut(one);
    await expect(one.release()).rejects.toMatchObject({ code: "VERIFICATION_FAILED" });
    await one.authority.close();
  });

  it("answers nothing while it reaches the harmonizer itself", async () => {
    const one = await bench({ releases: 3, seconds: 60 });
    await expect(one.release()).rejects.toMatchObject({ code: "RECORD_NOT_DURABLE", retryable: true });
    expect(one.alerts).toEqual([]);
    await one.authority.close();
  });

  it("releases so often and no more, without a lease, and says each time that it did", async () => {
    const one = await bench({ releases: 2, seconds: 60 });
    cut(one);
    for (let turn = 1; turn <= 2; turn++)
      expect(await one.release()).toMatchObject({ decision: "permit", receipt: null, leaseSeconds: 0 });
    await expect(one.release()).rejects.toMatchObject({ code: "HARMONIZER_UNREACHABLE", retryable: true });
    expect(one.alerts.map(({ kind }) => kind)).toEqual([
      "harmonizer-unreachable",
      "break-glass-granted",
      "break-glass-granted",
      "break-glass-refused",
    ]);
    await one.authority.close();
  });

  it("of as many requests at once releases no more either", async () => {
    const one = await bench({ releases: 3, seconds: 60 });
    cut(one);
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => one.release()));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
    await one.authority.close();
  });

  it("releases nothing later than the manifest says after the outage began", async () => {
    const one = await bench({ releases: 9, seconds: 60 });
    cut(one);
    await one.release();
    one.world.now += 60_000;
    await one.release();
    one.world.now += 1;
    await expect(one.release()).rejects.toMatchObject({ code: "HARMONIZER_UNREACHABLE" });
    await one.authority.close();
  });

  it("counts what another process of its key has released, before a restart or beside it", async () => {
    const one = await bench({ releases: 2, seconds: 60 });
    cut(one);
    await one.release();
    const names: string[] = [];
    for await (const { key } of one.store.list("authority/")) if (key.includes("/outages/")) names.push(key);
    expect(names.map((key) => key.split("/").at(-1))).toEqual(["00000001", "began"]);
    const taken = (names[0] ?? "").replace(/1$/, "2");
    await one.store.create(taken, new Uint8Array([1]));
    await expect(one.release()).rejects.toMatchObject({ code: "HARMONIZER_UNREACHABLE" });
    await one.authority.close();
  });

  it("releases nothing that a rule counts, and a denial takes nothing from the allowance", async () => {
    const counted = await bench(
      { releases: 2, seconds: 60 },
      Policy.allow({ readers: [reader], actions: ["view"], uses: 5 }),
    );
    cut(counted);
    await expect(counted.release()).rejects.toMatchObject({ code: "HARMONIZER_UNREACHABLE" });
    await counted.authority.close();
    const denying = await bench(
      { releases: 1, seconds: 60 },
      Policy.allow({ readers: ["local#else"], actions: ["view"] }),
    );
    cut(denying);
    expect(await denying.release()).toMatchObject({ decision: "deny", receipt: null });
    for await (const { key } of denying.store.list("authority/")) expect(key).not.toContain("/outages/");
    await denying.authority.close();
  });
});
