import { openEmbedded } from "fogbound/embedded";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { passphrase } from "../../kit.js";
import { type Audited, auditedByProcess, auditedHere, inShort } from "../kit/audits.js";
import { type Ground, storeAt } from "../kit/ground.js";
import { type Damageable, type History, makeHistory, small } from "../kit/history.js";
import { seeded } from "../kit/numbers.js";
import type { Snapshot } from "../kit/snapshot.js";

interface Damage {
  readonly name: string;
  readonly bytes: Buffer;
  readonly what: string;
}

/** A flipped bit, a byte more, or some bytes less, somewhere in some file. */
function damageOf(snapshot: Snapshot, random: () => number): Damage {
  const name = snapshot.names[Math.floor(random() * snapshot.names.length)] ?? "";
  const whole = snapshot.files.get(name) ?? Buffer.alloc(0);
  const at = Math.floor(random() * whole.length);
  const kind = random();
  if (kind < 0.1) return { name, bytes: whole.subarray(0, at), what: `cut at ${at}` };
  if (kind < 0.2) return { name, bytes: Buffer.concat([whole, Buffer.of(at & 0xff)]), what: "a byte more" };
  const bytes = Buffer.from(whole);
  bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << Math.floor(random() * 8)), at);
  return { name, bytes, what: `bit of byte ${at}` };
}

/** The kind of an object, by where it lies. */
function kindOf(name: string): string {
  const parts = name.replace(/^objects\//, "").split("/");
  const known = parts.filter((part) => !/^(?:cap|ins|aut|cnt)_|^\d{8}|\d|\.object$/.test(part));
  return known.join("/") || name;
}

/** A copy of a manifest, by which harmonizer or authority decide, and on which no evidence rests. */
function isCopy(name: string): boolean {
  return /^objects\/(?:authority\/.*\/manifests\/|harmonizer\/manifests\/)/.test(name);
}

function isContent(name: string): boolean {
  return name.includes("/content/");
}

/** What somebody who has to mend it must be able to look for. */
function isNamed(name: string, vault: string, { findings, error, stderr }: Audited): boolean {
  const said = [...findings.map(({ text }) => text), error?.message, stderr].join("\n");
  if (name === ".fogbound/store.json") return said.includes(vault);
  // Batches kept for a bundle, and a bundle whose receipt holds while what it says of a chain does not, go by the chain.
  if (/\/(?:sequence|open)\//.test(name) && findings.length > 0) return /ins_[a-z2-7]{26}/.test(said);
  const key = name.replace(/^objects\//, "").replace(/\.object$/, "");
  const inLog = key.includes("/instances/") ? key.slice(key.indexOf("instances/")) : key;
  const last = key.slice(Math.max(key.lastIndexOf("/"), key.lastIndexOf("-")) + 1);
  const [, instance = "", epoch = "", batch = ""] = /(ins_[a-z2-7]+)\/(\d+)\/(\d+)/.exec(key) ?? [];
  const spare = `batch ${Number(batch)} of epoch ${Number(epoch)} of ${instance}`;
  return [inLog, last].some((part) => said.includes(part)) || (instance !== "" && said.includes(spare));
}

/**
 * Every kind of small damage, in places drawn from all that is stored.
 * @param processes how many of the audits, about, are made by a process of their own
 */
export function changingBytes(ground: Ground, places: number, processes: number = 25): void {
  const inProcess = Math.max(1, Math.floor(places / processes));
  let history: History;
  let vault: Damageable;
  let snapshot: Snapshot;

  beforeAll(async () => {
    history = await makeHistory(small, ground);
    vault = await history.over(await history.vault.copy());
    snapshot = await vault.vault.snapshot();
  }, 600_000);

  afterAll(async () => {
    await vault?.vault.remove();
    await history?.close();
  });

  describe(`one byte, in ${places} places of all files of a vault ${ground.name}`, () => {
    it("is told wherever it was changed, and named", async () => {
      const random = seeded(500);
      const silent: string[] = [];
      const unnamed: string[] = [];
      const outcomes = new Map<string, number>();
      for (let round = 0; round < places; round++) {
        const { name, bytes, what } = damageOf(snapshot, random);
        await snapshot.write(name, bytes);
        const flags = isContent(name) ? ["--rehash"] : [];
        const audit = round % inProcess === 0 ? auditedByProcess : auditedHere;
        const audited = await audit(history.desk, history.capsule, await history.over(vault.vault), ...flags);
        await snapshot.putBack();
        const outcome = audited.outcome ?? `error ${audited.exitCode}`;
        const kind = `${kindOf(name)}: ${outcome}`;
        outcomes.set(kind, (outcomes.get(kind) ?? 0) + 1);
        if (audited.outcome === "proved") silent.push(`${name} ${what}`);
        else if (!isNamed(name, new URL(vault.url).pathname, audited))
          unnamed.push(`${name} ${what}: ${inShort(audited)}`);
      }
      const table = [...outcomes].sort().map(([kind, count]) => `  ${kind} ${count}`);
      process.stdout.write(`one byte ${ground.name}, ${places} places:\n${table.join("\n")}\n`);
      expect({ silent, unnamed }).toEqual({ silent: [], unnamed: [] });
    }, 1_800_000);

    it("of the copies by which parties decide: each is named, nobody is let in, and a repair puts all of them back", async () => {
      const copies = snapshot.names.filter(isCopy);
      expect(copies.length).toBeGreaterThan(4);
      for (const name of copies) {
        const bytes = Buffer.from(snapshot.files.get(name) ?? Buffer.alloc(0));
        bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
        await snapshot.write(name, bytes);
      }
      const place = await history.over(vault.vault);
      const damaged = await auditedHere(history.desk, history.capsule, place);
      expect(damaged).toMatchObject({ exitCode: 5, outcome: "incomplete" });
      expect(damaged.findings.filter(({ code }) => code !== "COPY_ALTERED")).toEqual([]);
      const said = damaged.findings.map(({ text }) => text).join("\n");
      const keys = copies.map((name) => name.replace(/^objects\//, "").replace(/\.object$/, ""));
      expect(keys.filter((key) => !said.includes(key))).toEqual([]);
      const { host, close } = await openEmbedded({ store: await storeAt(place), keyFile: place.keyFile, passphrase });
      const session = await host.sessionFor("local#ann", { address: "10.0.0.7" });
      const asked = host.access(session, { capsule: history.capsule, item: "a.txt", action: "view" });
      await expect(asked).rejects.toMatchObject({ code: "VERIFICATION_FAILED" });
      await close().catch(() => undefined);
      const repaired = await auditedHere(history.desk, history.capsule, place, "--repair");
      await snapshot.putBack();
      expect(repaired).toMatchObject({ exitCode: 0, outcome: "proved" });
    }, 120_000);

    it("of a content is not looked for unless it is asked for, and the verdict says which was done", async () => {
      const content = snapshot.names.find(isContent) ?? "";
      await snapshot.write(content, Buffer.concat([snapshot.files.get(content) ?? Buffer.alloc(0), Buffer.of(1)]));
      const without = await auditedHere(history.desk, history.capsule, await history.over(vault.vault));
      const rehashed = await auditedHere(history.desk, history.capsule, await history.over(vault.vault), "--rehash");
      await snapshot.putBack();
      expect(without).toMatchObject({ exitCode: 0, outcome: "proved" });
      expect(without.notProved).toContain("bytes-rehashed");
      expect(rehashed).toMatchObject({ exitCode: 4, outcome: "broken" });
      const whole = await auditedHere(history.desk, history.capsule, await history.over(vault.vault), "--rehash");
      expect(whole).toMatchObject({ exitCode: 0, outcome: "proved" });
      expect(whole.proved).toContain("bytes-rehashed");
    }, 120_000);
  });
}
