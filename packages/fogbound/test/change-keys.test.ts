import { createAuthorityGroup, openAuthority } from "@fogbound/authority";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Capsule, type CapsuleId, FogboundError, Owner } from "../src/index.js";
import { readText, textItem, viewers } from "./kit.js";
import { liar, type Parties, parties, sessionOf } from "./parties.js";

const long = "0123456789abcdef".repeat(20_000);
const items = [textItem("a.txt", "the plain text"), textItem("empty.txt", ""), textItem("long.txt", long)] as const;

let all: Parties;
let capsule: Capsule;
beforeEach(async () => {
  all = await parties();
  capsule = await all.owner.seal({ items, policy: viewers });
});
afterEach(() => all.close());

const view = async (item: string, host = all.host) => {
  const access = await host.access(await sessionOf(host), { capsule: capsule.id, item, action: "view" });
  if (access.outcome !== "permitted") throw new Error(`expected permission, got ${JSON.stringify(access)}`);
  return access;
};

async function contents(id: CapsuleId = capsule.id): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of all.vault.list(`capsules/${id}/content/`)) keys.push(key);
  return keys;
}

async function expectAllReadable(): Promise<void> {
  for (const [item, text] of [
    ["a.txt", "the plain text"],
    ["empty.txt", ""],
    ["long.txt", long],
  ] as const) {
    expect(await readText(all.owner.read(capsule.id, item))).toBe(text);
    expect(await readText((await view(item)).read())).toBe(text);
  }
}

async function expectProved(): Promise<void> {
  const verdict = await (await all.owner.audit(capsule.id, { rehashContent: true })).verdict();
  expect(verdict.findings).toEqual([]);
  expect(verdict.proved).toContain("bytes-rehashed");
}

describe("rewrap", () => {
  it("puts other wraps of the same content in force, and accesses go on", async () => {
    const open = await view("a.txt");
    const before = { contents: await contents(), view: await all.owner.describe(capsule.id) };
    expect(await all.owner.rewrap(capsule.id)).toMatchObject({ version: 2 });
    const after = await all.owner.describe(capsule.id);
    expect(await contents()).toEqual(before.contents);
    expect(after.version.manifest.keyVersion).toBe(before.view.version.manifest.keyVersion + 1);
    expect(after.version.manifest.items[0]?.variants[0]?.wrap).not.toEqual(
      before.view.version.manifest.items[0]?.variants[0]?.wrap,
    );
    // An item key that has left opens the same content: a rewrap takes none back.
    expect(after.owner.itemKeys).toEqual(before.view.owner.itemKeys);
    expect(await readText(open.read())).toBe("the plain text");
    await expectAllReadable();
    await expectProved();
  });

  it("moves a capsule to another authority when the one it was sealed to is lost", async () => {
    expect(await readText((await view("a.txt")).read())).toBe("the plain text");
    const { group, keys } = await createAuthorityGroup(1, 1);
    const [own] = keys;
    if (own === undefined) throw new Error("one authority");
    const authority = await openAuthority({
      store: all.authorityStore,
      keys: own,
      harmonizer: all.harmonizer,
      clock: all.clock.now,
    });
    const owner = await Owner.open({ ...all.ownerParties, authorityGroup: group, authorities: [authority] });
    expect(await readText(owner.read(capsule.id, "a.txt"))).toBe("the plain text");
    expect(await owner.rewrap(capsule.id, { authorities: group })).toMatchObject({ version: 2 });
    const host = await all.newHost({ authority: () => authority });
    expect(await readText((await view("long.txt", host)).read())).toBe(long);
    const verdict = await (await owner.audit(capsule.id)).verdict();
    // The lost journal is missed, and said; nothing is broken.
    expect(verdict.outcome).toBe("incomplete");
    expect(new Set(verdict.findings.map(({ code }) => code))).toEqual(new Set(["JOURNAL_MISSING"]));
    await authority.close();
  });

  it("loses to a change that came first, and can be done again", async () => {
    const inForce = await all.harmonizer.inForce(capsule.id);
    await all.owner.setPolicy(capsule.id, viewers);
    const behind = liar(all.harmonizer, { inForce: async () => inForce });
    const owner = await Owner.open({ ...all.ownerParties, harmonizer: behind });
    await expect(owner.rewrap(capsule.id)).rejects.toMatchObject({ code: "MANIFEST_STALE" });
    expect(await all.owner.rewrap(capsule.id)).toMatchObject({ version: 3 });
    await expectAllReadable();
  });

  it("is aborted before anything is written", async () => {
    const reason = new Error("enough");
    const signal = AbortSignal.abort(reason);
    await expect(all.owner.rewrap(capsule.id, { signal })).rejects.toBe(reason);
    await expect(all.owner.reseal(capsule.id, { signal })).rejects.toBe(reason);
    expect(await all.owner.capsule(capsule.id)).toMatchObject({ version: 1 });
  });
});

describe("reseal", () => {
  it("gives every item a new key and a new ciphertext, and deletes the old ones", async () => {
    await expectAllReadable();
    const before = { contents: await contents(), view: await all.owner.describe(capsule.id) };
    const progress: [number, number][] = [];
    const onProgress = (bytes: number, total: number): void => void progress.push([bytes, total]);
    expect(await all.owner.reseal(capsule.id, { onProgress })).toMatchObject({ version: 2 });
    expect(progress.at(-1)).toEqual([long.length + 14, long.length + 14]);
    const after = await contents();
    expect(after).toHaveLength(3);
    expect(after.filter((key) => before.contents.includes(key))).toEqual([]);
    const { owner, version } = await all.owner.describe(capsule.id);
    for (const [at, [key]] of owner.itemKeys.entries()) expect(key).not.toEqual(before.view.owner.itemKeys[at]?.[0]);
    expect(version.manifest.keyVersion).toBe(2);
    await expectAllReadable();
    await expectProved();
  });

  it("serves ranges of the new content", async () => {
    await all.owner.reseal(capsule.id);
    const access = await view("long.txt");
    for (const [offset, length] of [
      [0, 1],
      [65_535, 2],
      [long.length - 5, 5],
    ] as const)
      expect(await readText(access.read({ offset, length }))).toBe(long.slice(offset, offset + length));
    await access.end();
    await expectProved();
  });

  it("changes nothing when a content is gone or damaged", async () => {
    const [gone] = await contents();
    if (gone === undefined) throw new Error("a content");
    await all.vault.delete(gone);
    await expect(all.owner.reseal(capsule.id)).rejects.toMatchObject({ code: "ITEM_NOT_FOUND" });
    expect(await all.owner.capsule(capsule.id)).toMatchObject({ version: 1 });
  });

  it("leaves old or new whole wherever it is cut off, and sweep finds what is left", async () => {
    let cuts = 0;
    for (let after = 1; ; after++) {
      let writes = 0;
      const inTime = async <T>(write: () => Promise<T>): Promise<T> => {
        if (++writes > after) throw new FogboundError("STORE_UNREACHABLE", "the power is out");
        return write();
      };
      const dying = liar(all.vault, {
        upload: (...call) => inTime(() => all.vault.upload(...call)),
        create: (...call) => inTime(() => all.vault.create(...call)),
        delete: (...call) => inTime(() => all.vault.delete(...call)),
      });
      const owner = await Owner.open({ ...all.ownerParties, store: dying });
      const failed = await owner.reseal(capsule.id).then(
        () => false,
        () => true,
      );
      await expectAllReadable();
      if (!failed) break;
      cuts++;
    }
    // Three uploads, the manifest, three deletions: the first is let through, so the cuts come before the other six.
    expect(cuts).toBe(6);
    for await (const _ of all.owner.sweep({ olderThan: 0 }));
    expect(await contents()).toHaveLength(3);
    await expectAllReadable();
    await expectProved();
  });

  it("of two at once one wins, and nothing of the other stays after a sweep", async () => {
    const outcomes = await Promise.allSettled([all.owner.reseal(capsule.id), all.owner.reseal(capsule.id)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    await expectAllReadable();
    const swept = [];
    for await (const { what } of all.owner.sweep({ olderThan: 0 })) swept.push(what);
    expect(swept.sort()).toEqual(["content", "content", "content", "manifest"]);
    await expectAllReadable();
    await expectProved();
  });
});
