import { layout, manifestObject, randomIdentifier, recipientName } from "@fogbound/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type Capsule,
  FogboundError,
  type ObjectInfo,
  type ObjectStore,
  Owner,
  type SweepOptions,
} from "../src/index.js";
import { readText, textItem, viewers } from "./kit.js";
import { liar, type Parties, parties, sessionOf } from "./parties.js";

let all: Parties;
let capsule: Capsule;
beforeEach(async () => {
  all = await parties();
  capsule = await all.owner.seal({ items: [textItem("a.txt", "a"), textItem("b.txt", "b")], policy: viewers });
});
afterEach(() => all.close());

async function keysUnder(prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of all.vault.list(prefix)) keys.push(key);
  return keys;
}

async function swept(options: SweepOptions = { olderThan: 0 }, owner = all.owner): Promise<string[]> {
  const found: string[] = [];
  for await (const { key, what, capsule: of } of owner.sweep(options)) found.push(`${what} ${key.replace(of, "CAP")}`);
  return found;
}

/** A seal whose store goes away before the manifest is written. */
async function killedSeal(): Promise<readonly string[]> {
  const before = await keysUnder("capsules/");
  const create = async () => Promise.reject(new FogboundError("STORE_UNREACHABLE", "the power is out"));
  const owner = await Owner.open({ ...all.ownerParties, store: liar(all.vault, { create }) });
  const items = [textItem("c.txt", "c"), textItem("d.txt", "d")] as const;
  await expect(owner.seal({ items, policy: viewers })).rejects.toMatchObject({ code: "STORE_UNREACHABLE" });
  return (await keysUnder("capsules/")).filter((key) => !before.includes(key));
}

describe("A sweep", () => {
  it("of a vault where nothing failed finds nothing", async () => {
    const access = await all.host.access(await sessionOf(all.host), {
      capsule: capsule.id,
      item: "a.txt",
      action: "view",
    });
    if (access.outcome === "permitted") await readText(access.read());
    await all.owner.setPolicy(capsule.id, viewers);
    await all.owner.rewrap(capsule.id);
    const before = await keysUnder("");
    expect(await swept()).toEqual([]);
    expect(await keysUnder("")).toEqual(before);
  });

  it("deletes exactly what a seal left that was killed before its manifest", async () => {
    const before = await keysUnder("");
    const left = await killedSeal();
    expect(left).toHaveLength(2);
    expect(await swept({ olderThan: 0, dryRun: true })).toHaveLength(2);
    expect(await keysUnder("")).toEqual([...before, ...left].sort());
    expect(await swept()).toEqual(left.map((key) => `content ${key.replace(/cap_\w+/, "CAP")}`));
    expect(await keysUnder("")).toEqual(before);
  });

  it("leaves alone, by the store's own clock, what is younger than a day", async () => {
    await killedSeal();
    const shifted = (hours: number) => {
      const at = <Info extends ObjectInfo>(info: Info): Info => ({
        ...info,
        modified: new Date(info.modified.getTime() + hours * 3_600_000),
      });
      return { at, create: async (...call: Parameters<ObjectStore["create"]>) => at(await all.vault.create(...call)) };
    };
    // The store's clock is ten days ahead of ours: its objects are no older for that.
    const ahead = shifted(240);
    async function* listedAhead(...call: Parameters<ObjectStore["list"]>) {
      for await (const info of all.vault.list(...call)) yield ahead.at(info);
    }
    const future = await Owner.open({
      ...all.ownerParties,
      store: liar(all.vault, { list: listedAhead, create: ahead.create }),
    });
    expect(await swept({}, future)).toEqual([]);
    // A day later, by the store.
    const later = await Owner.open({ ...all.ownerParties, store: liar(all.vault, { create: shifted(24).create }) });
    expect(await swept({ olderThan: 90_000 }, later)).toEqual([]);
    expect(await swept({}, later)).toHaveLength(2);
  });

  it("deletes a manifest that lost its version, and its contents after it", async () => {
    const inForce = await all.harmonizer.inForce(capsule.id);
    await all.owner.setPolicy(capsule.id, viewers);
    const behind = liar(all.harmonizer, { inForce: async () => inForce });
    const late = await Owner.open({ ...all.ownerParties, harmonizer: behind });
    await expect(late.reseal(capsule.id)).rejects.toMatchObject({ code: "MANIFEST_STALE" });
    expect((await swept()).map((one) => one.split(" ")[0])).toEqual(["manifest", "content", "content"]);
    expect(await readText(all.owner.read(capsule.id, "a.txt"))).toBe("a");
    expect((await (await all.owner.audit(capsule.id)).verdict()).findings).toEqual([]);
  });

  it("keeps what is sealed and not yet published, and what a version names that is not yet in force", async () => {
    const away = liar(all.harmonizer, {
      submitManifest: async () => Promise.reject(new FogboundError("HARMONIZER_UNREACHABLE", "the wire is cut")),
    });
    const offline = await Owner.open({ ...all.ownerParties, harmonizer: away });
    const sealed = await offline.seal({ items: [textItem("sea.txt", "at sea")], policy: viewers });
    await expect(offline.reseal(capsule.id)).rejects.toMatchObject({ code: "HARMONIZER_UNREACHABLE" });
    expect(await swept()).toEqual([]);
    expect(await all.owner.publish(sealed.id)).toMatchObject({ state: "published" });
    expect(await all.owner.publish(capsule.id)).toMatchObject({ version: 2 });
    for (const [id, item, text] of [
      [sealed.id, "sea.txt", "at sea"],
      [capsule.id, "b.txt", "b"],
    ] as const)
      expect(await readText(all.owner.read(id, item))).toBe(text);
    // The reseal is in force now, and the contents before it are what it left.
    expect(await swept()).toHaveLength(2);
    expect(await readText(all.owner.read(capsule.id, "b.txt"))).toBe("b");
  });

  it("deletes the wraps of an epoch that never began, and no others", async () => {
    const access = await all.host.access(await sessionOf(all.host), {
      capsule: capsule.id,
      item: "a.txt",
      action: "view",
    });
    expect(access.outcome).toBe("permitted");
    const wrap = layout.epochKey(randomIdentifier("ins"), 1, recipientName(new Uint8Array(32)));
    await all.vault.create(layout.hostLog(capsule.id) + wrap, new Uint8Array(80));
    const before = await keysUnder("");
    expect(await swept()).toEqual([`wrap capsules/CAP/${wrap}`]);
    expect(await keysUnder("")).toEqual(before.filter((key) => !key.endsWith(wrap)));
  });

  it("touches nothing of another owner, and stops for no capsule that is damaged", async () => {
    const other = await parties();
    const theirs = await other.owner.seal({ items: [textItem("a.txt", "theirs")], policy: viewers });
    for await (const { key } of other.vault.list(`capsules/${theirs.id}/`)) {
      const object = await other.vault.get(key);
      if (object !== null) await all.vault.upload(key, object.body);
    }
    await other.close();
    const stray = layout.content(theirs.id, randomIdentifier("cnt"));
    await all.vault.create(stray, new Uint8Array(1));
    const second = await all.owner.seal({ items: [textItem("e.txt", "e")], policy: viewers });
    for (const key of await keysUnder(layout.manifests(second.id))) await all.vault.replace(key, new Uint8Array(9));
    const left = await killedSeal();
    const found: string[] = [];
    const sweeping = async () => {
      for await (const { key } of all.owner.sweep({ olderThan: 0 })) found.push(key);
    };
    await expect(sweeping()).rejects.toMatchObject({ code: "VERIFICATION_FAILED" });
    expect(found).toEqual(left);
    expect(await keysUnder(stray)).toEqual([stray]);
    expect(await keysUnder(`capsules/${second.id}/content/`)).toHaveLength(1);
  });

  it("refuses an age that is none, and is aborted", async () => {
    for (const olderThan of [-1, Number.NaN, Number.POSITIVE_INFINITY])
      await expect(swept({ olderThan })).rejects.toBeInstanceOf(RangeError);
    const left = await killedSeal();
    const reason = new Error("enough");
    await expect(swept({ olderThan: 0, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(await swept()).toHaveLength(left.length);
  });
});

describe("Listing capsules", () => {
  const listed = async (): Promise<string[]> => {
    const ids: string[] = [];
    for await (const { id, version, state } of all.owner.capsules()) ids.push(`${id} ${version} ${state}`);
    return ids;
  };

  /** What a later suite may write: of this one nothing more can be said than that it is newer. */
  const junk = new Uint8Array([0xa1, 0x65, ...new TextEncoder().encode("suite"), 2]);

  it("goes past junk of a later suite, beside a version, above it, and in a capsule of its own", async () => {
    await all.owner.setPolicy(capsule.id, viewers);
    const another = await all.owner.seal({ items: [textItem("f.txt", "f")], policy: viewers });
    const expected = [`${another.id} 1 published`, `${capsule.id} 2 published`].sort();
    expect(await listed()).toEqual(expected);
    expect(() => manifestObject.decode(junk)).toThrow(expect.objectContaining({ code: "FORMAT_TOO_NEW" }));
    for (const version of [1, 2, 3])
      await all.vault.create(layout.manifest(capsule.id, version, new Uint8Array(32)), junk);
    await all.vault.create(layout.manifest(`cap_${"a".repeat(52)}`, 1, new Uint8Array(32)), junk);
    expect(await listed()).toEqual(expected);
    expect(await readText(all.owner.read(capsule.id, "a.txt"))).toBe("a");
  });
});
