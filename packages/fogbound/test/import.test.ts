import { indexArchive, writeArchive } from "@fogbound/capsule";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { auditExport, type CapsuleId, FogboundError, ObjectStore, Owner, type Pin, type Pins } from "../src/index.js";
import { memoryDriver } from "../src/testing.js";
import { readText, textItem, viewers } from "./kit.js";
import { liar, type Parties, parties, sessionOf } from "./parties.js";

const long = "0123456789abcdef".repeat(20_000);
let there: Parties;
let here: Parties;
let owner: Owner;
let id: CapsuleId;
let file: Blob;

beforeEach(async () => {
  [there, here] = [await parties(), await parties()];
  // The same owner, with another harmonizer, another authority and another vault.
  owner = await Owner.open({ ...here.ownerParties, keys: there.ownerParties.keys });
  id = (await there.owner.seal({ items: [textItem("a.txt", "mine"), textItem("long", long)], policy: viewers })).id;
  const access = await there.host.access(await sessionOf(there.host), { capsule: id, item: "a.txt", action: "view" });
  if (access.outcome === "permitted") await readText(access.read());
  file = await new Response(there.owner.export(id)).blob();
});
afterEach(async () => {
  await there.close();
  await here.close();
});

async function keysOf(store: ObjectStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list("")) keys.push(key);
  return keys;
}

/** The file with some of its objects changed, left out (null) or put in. */
async function changed(changes: Readonly<Record<string, Uint8Array<ArrayBuffer> | null>>): Promise<Blob> {
  const objects = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const { name, offset, size } of (await indexArchive(file)).under(""))
    objects.set(name, new Uint8Array(await file.slice(offset, offset + size).arrayBuffer()));
  for (const [name, bytes] of Object.entries(changes))
    if (bytes === null) objects.delete(name);
    else objects.set(name, bytes);
  async function* entries() {
    for (const [name, bytes] of objects) yield { name, size: bytes.length, body: new Blob([bytes]).stream() };
  }
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const part of writeArchive(entries())) parts.push(part.slice());
  return new Blob(parts);
}

async function namesIn(archive: Blob): Promise<string[]> {
  return [...(await indexArchive(archive)).under("")].map(({ name }) => name);
}

async function bytesOf(part: RegExp): Promise<[string, Uint8Array<ArrayBuffer>]> {
  for (const { name, offset, size } of (await indexArchive(file)).under(""))
    if (part.test(name)) return [name, new Uint8Array(await file.slice(offset, offset + size).arrayBuffer())];
  throw new Error(`Expected ${part} in the export.`);
}

describe("An imported export", () => {
  it("is listed, read and audited, with the evidence that came with it", async () => {
    expect(await owner.import(file)).toEqual({ id, version: 1, state: "imported" });
    const listed = [];
    for await (const one of owner.capsules()) listed.push(one);
    expect(listed).toEqual([{ id, version: 1, state: "imported" }]);
    expect(await readText(owner.read(id, "long"))).toBe(long);
    const audit = await owner.audit(id, { rehashContent: true });
    const entries = [];
    for await (const { reader, outcome } of audit.accesses()) entries.push({ reader, outcome });
    expect(entries).toEqual([{ reader: "local#reader", outcome: "permitted" }]);
    const verdict = await audit.verdict();
    expect(verdict).toMatchObject({ outcome: "proved", findings: [] });
    for (const proof of ["bytes-rehashed", "journal-matches", "tail-anchored", "receipts"] as const)
      expect(verdict.proved).toContain(proof);
  });

  it("may be older than what was seen of the vault it came from, and leaves that pin as it is", async () => {
    let pin: Pin | null = null;
    const pins: Pins = {
      keptAt: "a drawer",
      read: async () => pin,
      write: async (next) => {
        pin = next;
      },
    };
    const source = await Owner.open({ ...there.ownerParties, pins });
    await source.setPolicy(id, viewers);
    await (await source.audit(id)).verdict();
    const seen: unknown = pin;
    expect(seen).not.toBeNull();
    const target = await Owner.open({ ...here.ownerParties, keys: there.ownerParties.keys, pins });
    await target.import(file);
    expect((await (await target.audit(id)).verdict()).findings).toEqual([]);
    expect(pin).toBe(seen);
  });

  it("is exported again with all that it came with", async () => {
    await owner.import(file);
    const again = await new Response(owner.export(id)).blob();
    expect(await namesIn(again)).toEqual(await namesIn(file));
    const verdict = await (await auditExport(again, { trust: id, rehashContent: true })).verdict();
    expect(verdict.findings).toEqual([]);
  });

  it("is neither served, changed, published nor swept: its log goes on nowhere", async () => {
    await owner.import(file);
    const before = await keysOf(here.vault);
    const code = "STORE_UNSUPPORTED";
    await expect(owner.publish(id)).rejects.toMatchObject({ code });
    await expect(owner.rewrap(id)).rejects.toMatchObject({ code });
    await expect(owner.reseal(id)).rejects.toMatchObject({ code });
    await expect(owner.revoke(id, "everything")).rejects.toMatchObject({ code });
    const session = await sessionOf(here.host);
    await expect(here.host.access(session, { capsule: id, item: "a.txt", action: "view" })).rejects.toMatchObject({
      code: "CAPSULE_NOT_FOUND",
    });
    for await (const { key } of owner.sweep({ olderThan: 0 })) throw new Error(`swept ${key}`);
    expect(await keysOf(here.vault)).toEqual(before);
  });

  it("is completed by the next import when it was cut off anywhere, and is no capsule before", async () => {
    let finished = false;
    for (let after = 0; !finished; after += 3) {
      let writes = 0;
      const inTime = async <T>(write: () => Promise<T>): Promise<T> => {
        if (++writes > after) throw new FogboundError("STORE_UNREACHABLE", "the power is out");
        return write();
      };
      const store = liar(here.vault, {
        upload: (...call) => inTime(() => here.vault.upload(...call)),
        create: (...call) => inTime(() => here.vault.create(...call)),
      });
      const dying = await Owner.open({ ...here.ownerParties, keys: there.ownerParties.keys, store });
      finished = await dying.import(file).then(
        () => true,
        () => false,
      );
      const listed = [];
      for await (const one of owner.capsules()) listed.push(one.state);
      expect(listed).toEqual(finished ? ["imported"] : []);
    }
    expect((await (await owner.audit(id, { rehashContent: true })).verdict()).findings).toEqual([]);
  });
});

describe("An import writes nothing", () => {
  const expectRefused = async (what: Blob, code: string, by = owner): Promise<void> => {
    const before = await keysOf(here.vault);
    await expect(by.import(what)).rejects.toMatchObject({ code });
    expect(await keysOf(here.vault)).toEqual(before);
  };

  it("of another owner's", () => expectRefused(file, "KEY_WRONG", here.owner));

  it("of what is no export, or is cut short", async () => {
    await expectRefused(new Blob(["nonsense"]), "FORMAT_INVALID");
    await expect(here.owner.import(new Blob(["nonsense"]))).rejects.toThrow(/shorter than any/);
    await expect(here.owner.import("evidence.fog" as never)).rejects.toThrow(/^Expected the file as a Blob/);
    await expect(auditExport("evidence.fog" as never, { trust: null })).rejects.toBeInstanceOf(TypeError);
    await expect(auditExport(file, {} as never)).rejects.toThrow(/^Expected trust/);
    await expectRefused(file.slice(0, file.size - 1000), "FORMAT_INVALID");
    await expectRefused(await changed({ "fogbound-export": null }), "FORMAT_INVALID");
    await expectRefused(
      await changed({ "fogbound-export": new TextEncoder().encode("fogbound export 2\n") }),
      "FORMAT_TOO_NEW",
    );
  });

  it("with a byte of a content, a batch or a bundle changed, or a content left out", async () => {
    for (const part of [/\/content\//, /instances\/.*\/0{7}1$/, /harmonizer\/bundles\//]) {
      const [name, bytes] = await bytesOf(part);
      const at = bytes.length >> 1;
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      await expectRefused(await changed({ [name]: bytes }), "VERIFICATION_FAILED");
    }
    const [content, header] = await bytesOf(/\/content\//);
    for (const at of [8, 40]) {
      const altered = header.slice();
      altered[at] = (altered[at] ?? 0) ^ 1;
      await expectRefused(await changed({ [content]: altered }), "VERIFICATION_FAILED");
    }
    await expectRefused(await changed({ [content]: null }), "VERIFICATION_FAILED");
  });

  it("with names that no export has", async () => {
    for (const name of [`capsules/${id}/other`, "harmonizer/sequence/00000000", `capsules/${id}/content/x`])
      await expectRefused(await changed({ [name]: new Uint8Array(1) }), "FORMAT_INVALID");
  });

  it("over a capsule that is here", async () => {
    await owner.import(file);
    await expectRefused(file, "OBJECT_EXISTS");
    const before = await keysOf(there.vault);
    await expect(there.owner.import(file)).rejects.toMatchObject({ code: "OBJECT_EXISTS" });
    expect(await keysOf(there.vault)).toEqual(before);
  });

  it("over other bytes that lie in its place", async () => {
    const [name] = await bytesOf(/\/content\//);
    await here.vault.create(name, new Uint8Array(5));
    await expect(owner.import(file)).rejects.toMatchObject({ code: "OBJECT_EXISTS" });
    expect((await here.vault.head(name))?.size).toBe(5);
    const empty = await ObjectStore.open(memoryDriver());
    const elsewhere = await Owner.open({ ...here.ownerParties, keys: there.ownerParties.keys, store: empty });
    expect(await elsewhere.import(file)).toMatchObject({ state: "imported" });
  });

  it("when it is aborted", async () => {
    const before = await keysOf(here.vault);
    const reason = new Error("enough");
    await expect(owner.import(file, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(await keysOf(here.vault)).toEqual(before);
  });
});
