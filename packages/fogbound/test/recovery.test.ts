import { rm } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openRecovery, type Recovery } from "../src/embedded.js";
import { auditExport, type CapsuleId, ObjectStore } from "../src/index.js";
import { memoryDriver } from "../src/testing.js";
import { readText, type Scene, scene, textItem, viewers } from "./kit.js";

let at: Scene;
let id: CapsuleId;
let recoveryKey = "";
let readOnly: ObjectStore;
let recovery: Recovery;

beforeEach(async () => {
  const driver = memoryDriver();
  at = await scene({ store: await ObjectStore.open(driver) });
  recoveryKey = at.recoveryKey ?? "";
  id = (await at.owner.seal({ items: [textItem("a.txt", "mine"), textItem("empty", "")], policy: viewers })).id;
  const session = await at.host.sessionFor("local#reader", { address: "10.0.0.7" });
  const access = await at.host.access(session, { capsule: id, item: "a.txt", action: "view" });
  if (access.outcome === "permitted") await readText(access.read());
  await (await at.owner.audit(id)).verdict();
  readOnly = await ObjectStore.open(driver, { readOnly: true });
});
afterEach(async () => {
  await recovery?.close();
  await at.close();
});

/** Every process has ended, and the key file is gone. */
async function loseTheKeyFile(): Promise<void> {
  await at.close();
  await rm(at.keyFile, { force: true });
  recovery = await openRecovery({ store: readOnly, recoveryKey });
}

const objects = async (): Promise<string[]> => {
  const keys: string[] = [];
  for await (const { key, size, modified } of readOnly.list("")) keys.push(`${key} ${size} ${modified.getTime()}`);
  return keys;
};

const listed = async (): Promise<CapsuleId[]> => {
  const ids: CapsuleId[] = [];
  for await (const one of recovery.capsules()) ids.push(one);
  return ids;
};

describe("With the recovery key alone", () => {
  it("every item is read, and nothing is written", async () => {
    await loseTheKeyFile();
    const before = await objects();
    expect(await listed()).toEqual([id]);
    expect((await recovery.describe(id)).host.items.map(({ name }) => name)).toEqual(["a.txt", "empty"]);
    expect(await readText(recovery.read(id, "a.txt"))).toBe("mine");
    expect(await readText(recovery.read(id, "empty"))).toBe("");
    await expect(readText(recovery.read(id, "none"))).rejects.toMatchObject({ code: "ITEM_NOT_FOUND" });
    await (await recovery.audit(id, { rehashContent: true })).verdict();
    await recovery.close();
    expect(await objects()).toEqual(before);
  });

  it("the log is verified and opened: who asked, and what is proved", async () => {
    await loseTheKeyFile();
    const audit = await recovery.audit(id, { rehashContent: true });
    const entries = [];
    for await (const { reader, item, outcome } of audit.accesses()) entries.push({ reader, item, outcome });
    expect(entries).toEqual([{ reader: "local#reader", item: "a.txt", outcome: "permitted" }]);
    const { outcome, proved, findings } = await audit.verdict();
    expect({ outcome, findings }).toEqual({ outcome: "proved", findings: [] });
    for (const proof of ["bytes-rehashed", "chains-complete", "journal-matches", "tail-anchored"] as const)
      expect(proved).toContain(proof);
  });

  it("the evidence is exported, and verifies elsewhere", async () => {
    await loseTheKeyFile();
    const file = await new Response(recovery.export(id)).blob();
    const verdict = await (await auditExport(file, { trust: id, rehashContent: true })).verdict();
    expect(verdict.findings).toEqual([]);
    expect(verdict.proved).toContain("bytes-rehashed");
  });

  it("items are read after a reseal, past junk of a later suite, and without any log", async () => {
    await at.owner.reseal(id);
    const suite2 = new Uint8Array([0xa1, 0x65, ...new TextEncoder().encode("suite"), 2]);
    for (const version of ["00000001", "00000002", "00000003"])
      await at.store.create(`capsules/${id}/manifests/${version}-${"0".repeat(64)}`, suite2);
    await loseTheKeyFile();
    expect(await listed()).toEqual([id]);
    expect(await readText(recovery.read(id, "a.txt"))).toBe("mine");
    await recovery.close();
    const noLog = await ObjectStore.open(memoryDriver(), { readOnly: true });
    for (const version of ["00000001", "00000002", "00000003"])
      await at.store.delete(`capsules/${id}/manifests/${version}-${"0".repeat(64)}`);
    recovery = await openRecovery({ store: readOnly, log: noLog, recoveryKey });
    expect(await readText(recovery.read(id, "a.txt"))).toBe("mine");
  });

  it("a key that is mistyped, somebody else's, or a store that could be written to is refused", async () => {
    const other = await scene();
    const theirs = other.recoveryKey ?? "";
    await other.close();
    recovery = await openRecovery({ store: readOnly, recoveryKey: theirs });
    expect(await listed()).toEqual([]);
    await expect(recovery.describe(id)).rejects.toMatchObject({ code: "KEY_WRONG" });
    const mistyped = recoveryKey.replace(/[A-Z2-7](?=-[A-Z2-7]{4}$)/, (one) => (one === "B" ? "C" : "B"));
    await expect(openRecovery({ store: readOnly, recoveryKey: mistyped })).rejects.toMatchObject({ code: "KEY_WRONG" });
    await expect(openRecovery({ store: readOnly, recoveryKey: "nonsense" })).rejects.toMatchObject({
      code: "FORMAT_INVALID",
    });
    await expect(openRecovery({ store: at.store, recoveryKey })).rejects.toBeInstanceOf(TypeError);
  });
});
