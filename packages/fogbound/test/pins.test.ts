import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findingHash, hashOf, type Pin } from "@fogbound/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Embedded, openEmbedded } from "../src/embedded.js";
import { type CapsuleId, type ObjectStore, type Owner, pinFiles, type Verdict } from "../src/index.js";
import { memoryStore, testClock } from "../src/testing.js";
import { copyOf, passphrase, textItem, viewers } from "./kit.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fogbound-pins-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const capsule: CapsuleId = `cap_${"a".repeat(52)}`;
const pin: Pin = {
  suite: 1,
  capsule,
  version: 2,
  manifest: hashOf(new Uint8Array([1])),
  size: 12,
  root: hashOf(new Uint8Array([2])),
  chains: [],
  time: 1000,
};

describe("pins as files", () => {
  it("are none before the first, then the last one written, for their owner's eyes alone", async () => {
    const pins = pinFiles(join(folder, "pins"));
    expect(await pins.read(capsule)).toBeNull();
    await pins.write(pin);
    await pins.write({ ...pin, size: 13 });
    expect(await pins.read(capsule)).toEqual({ ...pin, size: 13 });
    expect(await readdir(join(folder, "pins"))).toEqual([`${capsule}.pin`]);
    expect((await stat(join(folder, "pins", `${capsule}.pin`))).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, "pins"))).mode & 0o777).toBe(0o700);
  });

  it("open as version 1 wrote them, for ever, and are written so", async () => {
    const golden = new URL("../golden/", import.meta.url);
    const told: Pin = JSON.parse(await readFile(new URL("pins-v1.json", golden), "utf8"), (name, value: unknown) =>
      ["manifest", "root", "hash"].includes(name) ? new Uint8Array(Buffer.from(String(value), "hex")) : value,
    );
    expect(await pinFiles(fileURLToPath(new URL("pins-v1", golden))).read(told.capsule)).toEqual(told);
    const name = `${told.capsule}.pin`;
    await pinFiles(folder).write(told);
    expect(await readFile(join(folder, name), "utf8")).toBe(await readFile(new URL(`pins-v1/${name}`, golden), "utf8"));
  });

  it("refuse whatever byte of them rots, and never say that there was none", async () => {
    const pins = pinFiles(folder);
    await pins.write(pin);
    const path = join(folder, `${capsule}.pin`);
    const whole = await readFile(path);
    for (let at = 0; at < whole.length; at++) {
      await writeFile(path, whole.with(at, (whole[at] ?? 0) ^ 1));
      await expect(pins.read(capsule), `byte ${at}`).rejects.toMatchObject({
        code: expect.stringMatching(/^FORMAT_(INVALID|TOO_NEW)$/),
      });
    }
    for (const length of [0, 1, whole.length - 2]) {
      await writeFile(path, whole.subarray(0, length));
      await expect(pins.read(capsule)).rejects.toMatchObject({ code: "FORMAT_INVALID" });
    }
    await writeFile(path, whole);
    const other: CapsuleId = `cap_${"b".repeat(52)}`;
    await cp(path, join(folder, `${other}.pin`));
    await expect(pins.read(other)).rejects.toMatchObject({ code: "FORMAT_INVALID" });
    await writeFile(path, String(whole).replace("pin 1", "pin 2"));
    await expect(pins.read(capsule)).rejects.toMatchObject({ code: "FORMAT_TOO_NEW" });
  });

  it("that the system does not let be read or written are refused, not passed over", async () => {
    await writeFile(join(folder, "file"), "");
    const pins = pinFiles(join(folder, "file"));
    await expect(pins.read(capsule)).rejects.toMatchObject({ code: "STORE_REFUSED" });
    await expect(pins.write(pin)).rejects.toMatchObject({ code: "STORE_REFUSED" });
  });
});

/** A vault that can be put back to an older state, and keys and pins on desk. Each step is a process of its own. */
class Desk {
  readonly clock = testClock();
  readonly pins: string = join(folder, "owner.key.pins");
  vault: ObjectStore;

  constructor(vault: ObjectStore) {
    this.vault = vault;
  }

  static async open(): Promise<Desk> {
    return new Desk(await memoryStore());
  }

  async with<T>(work: (embedded: Embedded) => Promise<T>): Promise<T> {
    const keyFile = join(folder, "owner.key");
    const options = { store: this.vault, keyFile, passphrase, passphraseCost: { cost: 1024 }, clock: this.clock.now };
    await using embedded = await openEmbedded(options);
    return await work(embedded);
  }

  async access(capsule: CapsuleId): Promise<void> {
    await this.with(async ({ host }) => {
      const session = await host.sessionFor("local#reader", { address: "10.0.0.7" });
      const access = await host.access(session, { capsule, item: "a.txt", action: "view" });
      if (access.outcome === "permitted") await new Response(access.read()).text();
    });
  }

  verdict(capsule: CapsuleId): Promise<Verdict> {
    this.clock.turn(1000);
    return this.with(async ({ owner }) => (await owner.audit(capsule)).verdict());
  }

  sealed(): Promise<CapsuleId> {
    return this.with(async ({ owner }) => (await owner.seal({ items: [textItem("a.txt", "x")], policy: viewers })).id);
  }
}

async function explainAll(owner: Owner, capsule: CapsuleId): Promise<void> {
  const { findings } = await (await owner.audit(capsule)).verdict();
  for (const finding of findings) await owner.explain(capsule, finding, "restored from Friday's backup");
}

describe("an owner's pin", () => {
  it("is kept with the verdict, outside the vault, and said in the next one", async () => {
    const desk = await Desk.open();
    const id = await desk.sealed();
    await desk.access(id);
    expect((await desk.verdict(id)).notes["tail-anchored"]).toMatch(/; no pin was kept/);
    const kept = await pinFiles(desk.pins).read(id);
    expect(kept).toMatchObject({ capsule: id, version: 1 });
    const second = await desk.verdict(id);
    expect(second.outcome).toBe("proved");
    expect(second.notes["tail-anchored"]).toContain(
      `; pinned in ${desk.pins}: ${kept?.size} leaves, tips of 2026-01-01`,
    );
  });

  it("is never replaced by an older one, nor by that of a broken history", async () => {
    const desk = await Desk.open();
    const id = await desk.sealed();
    await desk.verdict(id);
    const old = await copyOf(desk.vault);
    await desk.access(id);
    await desk.verdict(id);
    const kept = await readFile(join(desk.pins, `${id}.pin`));
    desk.vault = await copyOf(old);
    expect((await desk.verdict(id)).outcome).toBe("broken");
    expect(await readFile(join(desk.pins, `${id}.pin`))).toEqual(kept);
    await desk.with(async ({ owner }) => {
      for await (const _ of (await owner.audit(id)).accesses());
      await owner.capsule(id);
    });
    expect(await readFile(join(desk.pins, `${id}.pin`))).toEqual(kept);
  });

  it("that is damaged makes an audit refuse, and leaves a listing alone", async () => {
    const desk = await Desk.open();
    const id = await desk.sealed();
    await desk.verdict(id);
    await writeFile(join(desk.pins, `${id}.pin`), "fogbound pin 1\n");
    await expect(desk.verdict(id)).rejects.toMatchObject({ code: "FORMAT_INVALID" });
    expect(await desk.with(({ owner }) => owner.capsule(id))).toMatchObject({ state: "published" });
  });

  it("tells that a whole old vault was restored; once explained, the present state is pinned", async () => {
    const desk = await Desk.open();
    const id = await desk.sealed();
    await desk.access(id);
    await desk.verdict(id);
    const friday = await copyOf(desk.vault);
    for (let at = 0; at < 3; at++) await desk.access(id);
    expect((await desk.verdict(id)).outcome).toBe("proved");

    desk.vault = await copyOf(friday);
    const contradicted = await desk.verdict(id);
    expect(contradicted.outcome).toBe("broken");
    expect(contradicted.findings.length).toBeGreaterThan(2);
    expect(new Set(contradicted.findings.map(({ code }) => code))).toEqual(new Set(["PIN_CONTRADICTED"]));

    // The log grows between the audits: the findings stay the same ones.
    await desk.access(id);
    const again = await desk.verdict(id);
    const hashes = ({ findings }: Verdict): string[] => findings.map((one) => String(findingHash(one)));
    expect(hashes(again)).toEqual(hashes(contradicted));

    await desk.with(async ({ owner }) => {
      const [first] = contradicted.findings;
      if (first !== undefined) await owner.explain(id, first, "one alone");
      expect((await (await owner.audit(id)).verdict()).outcome).toBe("broken");
      await explainAll(owner, id);
    });
    const explained = await desk.verdict(id);
    expect(explained.outcome).toBe("repaired");
    expect(explained.findings.map(({ severity, because }) => `${severity}: ${because}`)).toContain(
      "explained: restored from Friday's backup",
    );
    expect((await desk.verdict(id)).outcome).toBe("proved");
    await desk.access(id);
    expect((await desk.verdict(id)).outcome).toBe("proved");
    // An explanation is for one finding. Another restoring is another alarm.
    await desk.verdict(id);
    desk.vault = await copyOf(friday);
    expect((await desk.verdict(id)).outcome).toBe("broken");
  });

  it("tells that the checkpoint was put back or taken away over a log that has all that was seen", async () => {
    const desk = await Desk.open();
    const id = await desk.sealed();
    await desk.verdict(id);
    const friday = await copyOf(desk.vault);
    await desk.access(id);
    expect((await desk.verdict(id)).outcome).toBe("proved");
    for (const older of [await friday.get("harmonizer/checkpoint"), null]) {
      await desk.vault.delete("harmonizer/checkpoint");
      if (older !== null)
        await desk.vault.create("harmonizer/checkpoint", new Uint8Array(await new Response(older.body).arrayBuffer()));
      const { outcome, findings } = await desk.verdict(id);
      expect([outcome, findings.map(({ code, evidence }) => [code, ...evidence])]).toEqual([
        "repaired",
        [["COPY_ALTERED", "harmonizer/checkpoint"]],
      ]);
      expect((await desk.verdict(id)).outcome).toBe("proved");
    }
  });

  it("tells that the harmonizer's log was taken away, rather than have the owner publish anew", async () => {
    const desk = await Desk.open();
    const id = await desk.sealed();
    await desk.verdict(id);
    for await (const { key } of desk.vault.list("harmonizer/")) await desk.vault.delete(key);
    await expect(desk.verdict(id)).rejects.toMatchObject({
      code: "VERIFICATION_FAILED",
      cause: { message: expect.stringContaining("do not publish again") },
    });
  });
});

describe("owner.explain", () => {
  it("wants a reason that somebody can read", async () => {
    const desk = await Desk.open();
    const id = await desk.sealed();
    const finding = { code: "BATCH_MISSING", sentence: "s", evidence: [] } as const;
    await desk.with(async ({ owner }) => {
      for (const because of ["", "  ", "x".repeat(1025), "é".repeat(513)])
        await expect(owner.explain(id, finding, because)).rejects.toBeInstanceOf(TypeError);
      await expect(
        owner.explain(id, finding, "why", { signal: AbortSignal.abort(new Error("enough")) }),
      ).rejects.toThrow("enough");
      await expect(owner.explain(capsule, finding, "why")).rejects.toMatchObject({ code: "HOST_UNPROVED" });
    });
  });
});
