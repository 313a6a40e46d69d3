import type { CapsuleId } from "@fogbound/protocol";
import { answer, batch, hashOf } from "@fogbound/protocol";
import { memoryDriver, ObjectStore, readAll, smallObjectBytes } from "@fogbound/storage";
import type { Host, Owner } from "fogbound";
import { Policy } from "fogbound";
import { describe, expect, it } from "vitest";
import { liar, type Parties, parties, sessionOf } from "../../../fogbound/test/parties.js";
import { FailingDriver, type Failure, failures } from "./kit/failing-driver.js";
import { accessIdOf } from "./kit/served-vault.js";

const names = ["vault", "log", "journal"] as const;
const policy = Policy.allow({ readers: ["local#reader"], actions: ["view"] });

/** Every party on a store of its own, each of which can be made to fail. */
class FailingParties {
  readonly drivers = { vault: failing(), log: failing(), journal: failing() };
  /** Of every record that lies in the vault or in the journal, however it came there. */
  readonly #headers = new Map<string, readonly string[]>();
  readonly told: string[] = [];
  shares = 0;
  failed = 0;
  #parties: Parties | null = null;

  static async open(): Promise<FailingParties> {
    const made = new FailingParties();
    const open = (name: (typeof names)[number]) =>
      ObjectStore.open(made.drivers[name].failing.driver, { maxRetries: 0 });
    const stores = { vault: await open("vault"), log: await open("log"), journal: await open("journal") };
    const authority: Parameters<typeof parties>[0] = {
      authority: (real) =>
        liar(real, {
          answer: async (...given) => {
            const answered = await real.answer(...given);
            if (answered.share !== null) await made.#requireBothPapers(answered.answer);
            return answered;
          },
        }),
    };
    made.#parties = await parties(authority, stores);
    return made;
  }

  get parties(): Parties {
    if (this.#parties === null) throw new TypeError("Expected parties that were opened.");
    return this.#parties;
  }

  get owner(): Owner {
    return this.parties.owner;
  }

  get host(): Host {
    return this.parties.host;
  }

  async seal(signal?: AbortSignal): Promise<CapsuleId> {
    const items = [{ name: "a.txt", content: new Uint8Array(10) }] as const;
    return (await this.owner.seal({ items, policy }, signal === undefined ? {} : { signal })).id;
  }

  async access(capsule: CapsuleId, signal?: AbortSignal): Promise<void> {
    const session = await sessionOf(this.host);
    const wish = { capsule, item: "a.txt", action: "view" } as const;
    const access = await this.host.access(session, wish, signal === undefined ? {} : { signal });
    if (access.outcome !== "permitted") throw new Error(`Expected permission, got ${access.outcome}.`);
    for await (const _ of access.read());
    this.told.push(access.id);
    await access.end();
  }

  /** One failure after the other, each followed by the same without one. @returns how many calls failed in turn */
  async throughEvery(failure: Failure, work: (signal?: AbortSignal) => Promise<unknown>): Promise<number> {
    let failures = 0;
    for (const name of names) {
      const { failing: driver } = this.drivers[name];
      await work();
      driver.calls = 0;
      await work();
      const { calls } = driver;
      for (let call = 1; call <= calls; call++) {
        // Whoever was found away is asked again when time has passed.
        this.parties.clock.turn(20_000);
        const leaving = new AbortController();
        driver.plan(failure, call, () => leaving.abort(new Error("no longer waiting")));
        const attempt = work(leaving.signal).catch(() => this.failed++);
        await Promise.race([attempt, manyTurns()]);
        // A party that shares the store with others finishes what it has begun, whoever waits for it no more.
        driver.heal();
        await attempt;
        this.parties.clock.turn(20_000);
        await work();
        failures++;
      }
    }
    return failures;
  }

  async #requireBothPapers(signed: Uint8Array): Promise<void> {
    this.shares++;
    const { header, journal, receipt } = answer.read(signed).value;
    expect(receipt).not.toBeNull();
    expect(await this.#hasRecord("vault", header)).toBe(true);
    expect(await this.#hasRecord("journal", journal)).toBe(true);
  }

  async #hasRecord(name: "vault" | "journal", header: Uint8Array): Promise<boolean> {
    const { real } = this.drivers[name];
    const wanted = Buffer.from(header).toString("hex");
    const { signal } = new AbortController();
    let after = "";
    for (;;) {
      const page = await real.list("", after, 1000, signal);
      for (const { key } of page) if (/\/\d{8}\/\d{8}$/.test(key)) await this.#read(name, key);
      const last = page.at(-1);
      if (last === undefined) break;
      after = last.key;
    }
    return [...this.#headers].some(([key, hashes]) => key.startsWith(`${name}:`) && hashes.includes(wanted));
  }

  async #read(name: "vault" | "journal", key: string): Promise<void> {
    if (this.#headers.has(`${name}:${key}`)) return;
    const object = await this.drivers[name].real.get(key, null, new AbortController().signal);
    if (object === null) return;
    const { headers } = batch.decode(await readAll(object, smallObjectBytes));
    this.#headers.set(
      `${name}:${key}`,
      headers.map((one) => Buffer.from(hashOf(one)).toString("hex")),
    );
  }
}

/** Long enough, in turns of the event loop, for whatever waits for nothing but memory. */
async function manyTurns(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
}

function failing() {
  const real = memoryDriver();
  return { real, failing: new FailingDriver(real) };
}

/** Requests that were recorded and could not be answered are told, and nothing else is. */
async function expectSound(all: FailingParties, capsule: CapsuleId): Promise<void> {
  const audit = await all.owner.audit(capsule);
  const permitted: string[] = [];
  for await (const entry of audit.accesses()) if (entry.outcome === "permitted") permitted.push(accessIdOf(entry));
  const { findings } = await audit.verdict();
  expect(findings.filter(({ code }) => code !== "ANSWER_MISSING")).toEqual([]);
  expect(findings.length).toBeLessThanOrEqual(all.failed);
  expect(new Set(permitted).size).toBe(permitted.length);
  const known = new Set(permitted);
  expect(all.told.filter((id) => !known.has(id))).toEqual([]);
}

describe.each(failures)("every call to a store, failing in turn (%s)", (failure) => {
  it("of an access: no share leaves without both papers, nothing is doubled, the next one works, no finding is false", async () => {
    const all = await FailingParties.open();
    const capsule = await all.seal();
    const calls = await all.throughEvery(failure, (signal) => all.access(capsule, signal));
    expect(calls).toBeGreaterThan(8);
    expect(all.shares).toBeGreaterThanOrEqual(all.told.length);
    await all.host.close();
    await expectSound(all, capsule);
    process.stdout.write(
      `${failure}: ${calls} calls of an access failed in turn, ${all.failed} accesses with them; ${all.shares} shares, each with both papers\n`,
    );
    await all.parties.close();
  }, 300_000);

  it("of a seal: the next one works, and what was sealed is proved", async () => {
    const all = await FailingParties.open();
    const sealed: CapsuleId[] = [];
    const calls = await all.throughEvery(failure, async (signal) => sealed.push(await all.seal(signal)));
    expect(calls).toBeGreaterThan(8);
    const known: string[] = [];
    for await (const { id, state } of all.owner.capsules()) if (state !== "sealed") known.push(id);
    expect(sealed.filter((id) => !known.includes(id))).toEqual([]);
    for (const capsule of sealed.slice(-2)) {
      await all.access(capsule);
      expect((await (await all.owner.audit(capsule)).verdict()).findings).toEqual([]);
    }
    process.stdout.write(`${failure}: ${calls} calls of a seal failed in turn, ${all.failed} seals with them\n`);
    await all.parties.close();
  }, 300_000);
});
