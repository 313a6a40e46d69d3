import { batch, batchStatement, type InstanceId, isIdentifier } from "@fogbound/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CapsuleId, Host, type ObjectStore, type Repair, type Verdict } from "../src/index.js";
import { tamper } from "../src/testing.js";
import { type Scene, scene, textItem, viewers } from "./kit.js";

let on: Scene;
let capsule: CapsuleId;

beforeEach(async () => {
  on = await scene();
  capsule = (await on.owner.seal({ items: [textItem("a.txt", "x")], policy: viewers, retainDays: 30 })).id;
});
afterEach(() => on.close());

async function access(times = 1, host = on.host): Promise<void> {
  for (let at = 0; at < times; at++) {
    const asked = await host.access(await host.sessionFor("local#reader", { address: "10.0.0.7" }), {
      capsule,
      item: "a.txt",
      action: "view",
    });
    if (asked.outcome === "permitted") await new Response(asked.read()).text();
  }
}

async function verdict(): Promise<Verdict> {
  return (await on.owner.audit(capsule)).verdict();
}

async function keys(prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of on.store.list(prefix)) found.push(key);
  return found;
}

/** Names of the hosts' batches. */
async function batches(root = `capsules/${capsule}/`): Promise<string[]> {
  return (await keys(`${root}instances/`)).filter((key) => /\/\d{8}\/\d{8}$/.test(key));
}

async function bytesOf(key: string, store: ObjectStore = on.store): Promise<Uint8Array> {
  const object = await store.get(key);
  if (object === null) throw new Error(`${key} is gone`);
  return new Uint8Array(await new Response(object.body).arrayBuffer());
}

async function everything(prefix: string): Promise<Map<string, string>> {
  const all = new Map<string, string>();
  for (const key of await keys(prefix)) all.set(key, Buffer.from(await bytesOf(key)).toString("base64"));
  return all;
}

async function journalRoot(): Promise<string> {
  return `authority/${on.authorityIds[0]}/${capsule}/`;
}

const nothing: Repair = { restored: [], lost: [], outOfReach: [], spared: 0, shown: 0 };

/** The instance, epoch and record numbers that a batch holds. */
async function within(key: string): Promise<{ instance: InstanceId; epoch: number; numbers: number[] }> {
  const { instance, epoch, first, last } = batchStatement.read(batch.decode(await bytesOf(key)).statement).value;
  return { instance, epoch, numbers: Array.from({ length: last - first + 1 }, (_, at) => first + at) };
}

describe("owner.repair", () => {
  it("finds nothing to do in what is whole", async () => {
    await access(6);
    expect(await on.owner.repair(capsule)).toEqual(nothing);
  });

  it("puts back lost and rotten batches and heads of vault and journal, bit for bit; then the audit is proved", async () => {
    await access(6);
    await verdict();
    const before = new Map([...(await everything("capsules/")), ...(await everything("authority/"))]);
    for (const root of [`capsules/${capsule}/`, await journalRoot()]) {
      const all = await batches(root);
      const [first = "", second = ""] = all;
      await on.store.delete(first);
      await tamper(on.store, second, 300);
      await on.store.replace(all.at(-1) ?? "", new Uint8Array([1, 2, 3]));
      for (const key of await keys(`${root}instances/`)) if (key.endsWith("/head")) await on.store.delete(key);
    }
    expect((await verdict()).outcome).toBe("repaired");
    const repair = await on.owner.repair(capsule);
    expect(repair).toMatchObject({ lost: [], outOfReach: [] });
    expect(repair.restored).toHaveLength(8);
    expect(new Set(repair.restored.map(({ log }) => log))).toEqual(new Set(["hosts", on.authorityIds[0]]));
    expect(new Map([...(await everything("capsules/")), ...(await everything("authority/"))])).toEqual(before);
    expect(await verdict()).toMatchObject({ outcome: "proved", findings: [] });
    expect(await on.owner.repair(capsule)).toEqual(nothing);
  });

  it("tells by number what nothing has any more", async () => {
    await access(2);
    await on.stop();
    const [lost = ""] = await batches();
    const { numbers } = await within(lost);
    await on.store.delete(lost);
    for (const key of [...(await keys("harmonizer/open/")), ...(await keys("harmonizer/parity/"))])
      await on.store.delete(key);
    const again = await on.again();
    const repair = await again.owner.repair(capsule);
    expect(repair.lost).toEqual([{ log: "hosts", name: lost.slice(`capsules/${capsule}/`.length), records: numbers }]);
    expect(repair.restored).toEqual([]);
    // What is whole in the vault, the harmonizer keeps again.
    expect(repair.spared).toBeGreaterThan(2);
    await again.close();
  });

  it("gives the harmonizer anew the copies and the parity that it lost", async () => {
    await access(7);
    await on.stop();
    const again = await on.again();
    const audited = async (): Promise<Verdict> => (await again.owner.audit(capsule)).verdict();
    const parity = await keys("harmonizer/parity/");
    expect(parity.length).toBeGreaterThan(0);
    const [copy = ""] = await keys("harmonizer/open/");
    await tamper(on.store, parity[0] ?? "", 200);
    await on.store.delete(copy);
    const damaged = await audited();
    expect(new Set(damaged.findings.map(({ code }) => code))).toEqual(new Set(["COPY_ALTERED", "PARITY_ALTERED"]));
    expect((await again.owner.repair(capsule)).spared).toBeGreaterThan(7);
    expect(await audited()).toMatchObject({ outcome: "proved", findings: [] });
    await again.close();
  });

  it("stops when it is told to", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(on.owner.repair(capsule, { signal })).rejects.toThrow("enough");
  });
});

describe("owner.erase", () => {
  const because = "A reader asked for it.";

  it("takes bodies out of the vault, the copies and the parity: nothing brings them back, and the audit is proved", async () => {
    await access(7);
    const [first = ""] = await batches();
    const { instance, epoch, numbers } = await within(first);
    const body = Buffer.from(batch.decode(await bytesOf(first)).bodies[0] ?? new Uint8Array(0));
    const { elsewhere } = await on.owner.erase(capsule, { records: [{ instance, epoch, numbers }] }, because);
    expect(elsewhere).toEqual([]);
    for (const key of await keys("")) expect(Buffer.from(await bytesOf(key)).includes(body), key).toBe(false);
    expect(batch.decode(await bytesOf(first)).bodies).toEqual(numbers.map(() => null));
    expect(await verdict()).toMatchObject({ outcome: "proved", erased: numbers.length, findings: [] });

    const left = await bytesOf(first);
    await on.store.delete(first);
    await on.owner.repair(capsule);
    expect(await bytesOf(first)).toEqual(left);
    // The same once more says it once.
    const bundles = (await keys("harmonizer/sequence/")).length;
    await on.owner.erase(capsule, { records: [{ instance, epoch, numbers }] }, because);
    const added = (await keys("harmonizer/sequence/")).length - bundles;
    expect(added).toBeLessThan(3);
    expect(await verdict()).toMatchObject({ outcome: "proved", erased: numbers.length, findings: [] });
  });

  it("takes records out of an authority's journal too", async () => {
    await access(3);
    const own = await batches(await journalRoot());
    const { instance, epoch, numbers } = await within(own.at(-1) ?? "");
    await on.owner.erase(capsule, { records: [{ instance, epoch, numbers }] }, because);
    expect(batch.decode(await bytesOf(own.at(-1) ?? "")).bodies).toEqual(numbers.map(() => null));
    expect(await verdict()).toMatchObject({ outcome: "proved", erased: numbers.length, findings: [] });
    await access();
    expect(await verdict()).toMatchObject({ outcome: "proved", erased: numbers.length, findings: [] });
  });

  it("takes an epoch that ended by its wraps, and refuses one that may be running", async () => {
    await access(2);
    const { instance, epoch } = await within((await batches())[0] ?? "");
    await expect(on.owner.erase(capsule, { instance, epoch }, because)).rejects.toThrow(/which may be running/);
    await on.owner.setPolicy(capsule, viewers);
    await access();
    await on.owner.erase(capsule, { instance, epoch }, because);
    const own = await keys(`capsules/${capsule}/instances/${instance}/`);
    expect(own.filter((key) => key.includes("/keys/"))).toEqual([]);
    expect(own.length).toBeGreaterThan(2);
    const all = (await keys(`capsules/${capsule}/instances/`)).filter((key) => key.includes("/keys/"));
    expect(all.length).toBeGreaterThan(0);
    expect(await verdict()).toMatchObject({ outcome: "proved", erased: 5, findings: [] });
    const accesses = [];
    for await (const entry of (await on.owner.audit(capsule)).accesses()) accesses.push(entry.outcome);
    expect(accesses).toHaveLength(3);
    const [journal = ""] = await batches(await journalRoot());
    const other = await within(journal);
    await on.owner.erase(capsule, { instance: other.instance, epoch: 1 }, because);
    expect((await keys(await journalRoot())).filter((key) => key.includes("/00000001/keys/"))).toEqual([]);
    expect(await verdict()).toMatchObject({ outcome: "proved", findings: [] });
  });

  it("is ended by the same call again when it broke off after the note", async () => {
    await access(2);
    const [first = ""] = await batches();
    const place = await within(first);
    const whole = await bytesOf(first);
    await on.owner.erase(capsule, { records: [place] }, because);
    await on.store.replace(first, whole);
    await on.owner.erase(capsule, { records: [place] }, because);
    expect(batch.decode(await bytesOf(first)).bodies).toEqual(place.numbers.map(() => null));
  });

  it("lists what was acknowledged before, and reaches none of it", async () => {
    await access(2);
    const place = await within((await batches())[0] ?? "");
    await on.owner.acknowledge(capsule);
    const { elsewhere } = await on.owner.erase(capsule, { records: [place] }, because);
    expect(elsewhere).toHaveLength(1);
    expect(elsewhere[0]?.time).toEqual(new Date(on.clock.now()));
  });

  it("signs nothing about records that are not there, or without a reason", async () => {
    await access();
    const { instance, epoch, numbers } = await within((await batches())[0] ?? "");
    const refused = async (what: Parameters<typeof on.owner.erase>[1], why = because): Promise<void> => {
      const failure: unknown = await on.owner.erase(capsule, what, why).catch((error: unknown) => error);
      expect(failure instanceof TypeError || failure instanceof RangeError, String(failure)).toBe(true);
    };
    const [other] = on.authorityIds.map(() => `ins_${"a".repeat(26)}`);
    if (!isIdentifier("ins", other)) throw new Error("no instance");
    await refused({ records: [] });
    await refused({ records: [{ instance, epoch, numbers: [] }] });
    await refused({ records: [{ instance, epoch, numbers: [0] }] });
    await refused({ records: [{ instance, epoch, numbers: [99] }] });
    await refused({ records: [{ instance: other, epoch, numbers: [1] }] });
    await refused({ instance, epoch: 9 });
    await refused({ instance, epoch: 0 });
    await refused({ records: [{ instance, epoch, numbers }] }, " ");
    expect(await verdict()).toMatchObject({ outcome: "proved", erased: 0 });
  });
});

describe("dropping what is past its retention", () => {
  const day = 86_400_000;

  /** An epoch of two accesses that has ended, and another that runs. @returns a batch of the first */
  async function aged(days: number): Promise<string> {
    await access(2);
    const [old = ""] = await batches();
    await on.owner.setPolicy(capsule, viewers);
    await access();
    on.clock.turn(days * day);
    return old;
  }

  it("takes whole epochs that ended, are old enough and were acknowledged, with what the harmonizer kept of them", async () => {
    const old = await aged(31);
    await on.owner.acknowledge(capsule);
    const journal = (/ins_[a-z2-7]+/.exec((await batches(await journalRoot()))[0] ?? "") ?? [])[0] ?? "none";
    const { dropped, kept } = await on.owner.dropExpired(capsule);
    expect(kept).toEqual([]);
    expect(dropped.map(({ log, epoch, records }) => [log === "hosts", epoch, records])).toEqual(
      expect.arrayContaining([
        [true, 1, 5],
        [false, 1, 3],
      ]),
    );
    const [host = ""] = /ins_[a-z2-7]+/.exec(old) ?? [];
    const left = (await keys("")).filter((key) => key.includes(`${host}/`) || key.includes(`${journal}/00000001/`));
    expect(left).toEqual([]);
    expect(await verdict()).toMatchObject({ outcome: "proved", dropped: 8, findings: [] });
    expect(await on.owner.repair(capsule)).toEqual(nothing);
    expect(await on.owner.dropExpired(capsule)).toEqual({ dropped: [], kept: [] });
    await access();
    expect(await verdict()).toMatchObject({ outcome: "proved", dropped: 8, findings: [] });
  });

  it("keeps what nobody acknowledged, what is too young, and the epoch that runs", async () => {
    await aged(31);
    const { dropped, kept } = await on.owner.dropExpired(capsule);
    expect(dropped).toEqual([]);
    expect(kept.map(({ epoch, because }) => `${epoch} ${because}`)).toEqual(["1 not-received", "1 not-received"]);
    expect(await verdict()).toMatchObject({ outcome: "proved", dropped: 0 });
    await on.owner.acknowledge(capsule);
    on.clock.turn(-5 * day);
    await access();
    expect((await on.owner.dropExpired(capsule)).dropped).toHaveLength(2);
  });

  it("is for ever in a capsule that does not say for how long", async () => {
    capsule = (await on.owner.seal({ items: [textItem("a.txt", "x")], policy: viewers })).id;
    await aged(4000);
    await on.owner.acknowledge(capsule);
    expect(await on.owner.dropExpired(capsule)).toEqual({ dropped: [], kept: [] });
  });

  it("can be a host's: of his own log alone", async () => {
    await aged(31);
    await on.owner.acknowledge(capsule);
    expect(on.host).toBeInstanceOf(Host);
    const { dropped, kept } = await on.host.dropExpired(capsule);
    expect(dropped.map(({ log }) => log)).toEqual(["hosts"]);
    expect(kept.map(({ because }) => because)).toEqual(["out-of-reach"]);
    expect(await verdict()).toMatchObject({ outcome: "proved", dropped: 5, findings: [] });
  });

  it("that broke off half-way is ended by the next", async () => {
    const old = await aged(31);
    await on.owner.acknowledge(capsule);
    await on.store.delete(old);
    expect((await on.owner.dropExpired(capsule)).dropped).toHaveLength(2);
    expect(await verdict()).toMatchObject({ outcome: "proved", dropped: 8, findings: [] });
  });

  it("wants a number of days", async () => {
    for (const retainDays of [-1, 1.5, 36_501, Number.NaN])
      await expect(
        on.owner.seal({ items: [textItem("a.txt", "x")], policy: viewers, retainDays }),
      ).rejects.toBeInstanceOf(RangeError);
  });
});
