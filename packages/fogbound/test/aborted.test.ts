import { getEventListeners } from "node:events";
import type { StoreDriver } from "@fogbound/storage";
import { describe, expect, it } from "vitest";
import { type Access, type CapsuleId, type Host, ObjectStore, Policy } from "../src/index.js";
import { memoryDriver } from "../src/testing.js";
import { type Parties, parties, sessionOf } from "./parties.js";

const stores = ["vault", "log", "journal"] as const;
const left = new Error("no longer waiting");

/** In front of a store: one of its next calls does not answer, and is carried out when it is let go. */
class HangingDriver {
  readonly driver: StoreDriver;
  calls = 0;
  #hangs: number | null = null;
  #onHang: () => void = () => undefined;
  #letGo: () => void = () => undefined;

  constructor(real: StoreDriver = memoryDriver()) {
    const methods = ["create", "upload", "replace", "get", "head", "list", "delete"];
    this.driver = new Proxy(real, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name, target);
        if (typeof method !== "function" || !methods.includes(String(name)))
          return typeof method === "function" ? method.bind(target) : method;
        return async (...given: unknown[]) => {
          if (++this.calls === this.#hangs) await this.#hang();
          return method.apply(target, given);
        };
      },
    });
  }

  /** The call of this number from now on hangs. @returns when it has come to it */
  plan(call: number): Promise<void> {
    this.calls = 0;
    this.#hangs = call;
    return new Promise((resolve) => {
      this.#onHang = resolve;
    });
  }

  letGo(): void {
    this.#hangs = null;
    this.#letGo();
  }

  #hang(): Promise<void> {
    this.#onHang();
    return new Promise((resolve) => {
      this.#letGo = resolve;
    });
  }
}

interface Hanging {
  readonly all: Parties;
  readonly drivers: Readonly<Record<(typeof stores)[number], HangingDriver>>;
  readonly capsule: CapsuleId;
  access(host: Host, signal?: AbortSignal): Promise<Access>;
}

async function hanging(): Promise<Hanging> {
  const drivers = { vault: new HangingDriver(), log: new HangingDriver(), journal: new HangingDriver() };
  const open = (name: (typeof stores)[number]) => ObjectStore.open(drivers[name].driver, { maxRetries: 0 });
  const all = await parties({}, { vault: await open("vault"), log: await open("log"), journal: await open("journal") });
  const policy = Policy.allow({ readers: ["local#reader"], actions: ["view"] });
  const items = [{ name: "a.txt", content: new Uint8Array(10) }] as const;
  const capsule = (await all.owner.seal({ items, policy })).id;
  const access: Hanging["access"] = async (host, signal) => {
    const session = await sessionOf(host);
    return host.access(session, { capsule, item: "a.txt", action: "view" }, signal === undefined ? {} : { signal });
  };
  return { all, drivers, capsule, access };
}

async function expectServed(asked: Promise<Access>): Promise<string> {
  const access = await asked;
  if (access.outcome !== "permitted") throw new Error(`Expected permission, got ${access.outcome}.`);
  expect(await new Response(access.read()).arrayBuffer()).toHaveProperty("byteLength", 10);
  await access.end();
  return access.id.slice(4);
}

describe.each(stores)("an access that is given up while a call to the %s does not answer", (name) => {
  it.each([
    ["the first of a host", true],
    ["one of many", false],
  ] as const)(
    "%s: rejects at once with the reason, whichever call it is; nothing is doubled or lost",
    async (_title, isFirst) => {
      const { all, drivers, capsule, access } = await hanging();
      const host = async (): Promise<Host> => (isFirst ? all.newHost() : all.host);
      await expectServed(access(await host()));
      const counting = await host();
      drivers[name].calls = 0;
      await expectServed(access(counting));
      const { calls } = drivers[name];
      let givenUp = 0;
      let served = 2;
      for (let call = 1; call <= calls; call++) {
        all.clock.turn(20_000);
        const asking = await host();
        const leaving = new AbortController();
        const reached = drivers[name].plan(call);
        // The driver's promise settles for nobody before the access has returned.
        const attempt = access(asking, leaving.signal);
        const outcome = await Promise.race([attempt.then(() => "served"), reached.then(() => "hangs")]);
        if (outcome === "hangs") {
          leaving.abort(left);
          const given = await attempt.then(
            () => "served",
            (error: unknown) => error,
          );
          if (given === "served") served++;
          else expect(given).toBe(left);
          if (given !== "served") givenUp++;
        } else served++;
        expect(getEventListeners(leaving.signal, "abort")).toHaveLength(0);
        // Then it is carried out after all, and the next access finds it as it is.
        drivers[name].letGo();
        all.clock.turn(20_000);
        await expectServed(access(asking));
        served++;
      }
      expect(givenUp).toBeGreaterThan(0);
      const audit = await all.owner.audit(capsule);
      const permitted: string[] = [];
      for await (const entry of audit.accesses()) if (entry.outcome === "permitted") permitted.push(entry.id);
      const { findings } = await audit.verdict();
      expect(findings.filter(({ code }) => code !== "ANSWER_MISSING")).toEqual([]);
      expect(findings.length).toBeLessThanOrEqual(givenUp);
      expect(new Set(permitted).size).toBe(permitted.length);
      expect(permitted.length).toBeGreaterThanOrEqual(served);
      await all.close();
    },
    120_000,
  );
});

it("a reader who goes away while the vault does not answer is let go at once, and what left him is written down", async () => {
  const { all, drivers, capsule, access } = await hanging();
  await expectServed(access(all.host));
  const asked = await access(all.host);
  if (asked.outcome !== "permitted") throw new Error("Expected permission.");
  const reached = drivers.vault.plan(1);
  const reader = asked.read().getReader();
  const reading = reader.read();
  await reached;
  await reader.cancel();
  expect(await reading).toMatchObject({ done: true });
  await asked.end();
  drivers.vault.letGo();
  const audit = await all.owner.audit(capsule);
  const bytes: number[] = [];
  for await (const entry of audit.accesses()) bytes.push(entry.bytes);
  expect(bytes).toEqual([10, 0]);
  expect((await audit.verdict()).findings).toEqual([]);
  await all.close();
});

describe("two accesses that wait for the same host to take up a capsule", () => {
  it("the second leaves alone, while the first still hangs", async () => {
    const { all, drivers, access } = await hanging();
    const host = await all.newHost();
    const reached = drivers.vault.plan(1);
    const first = access(host);
    await reached;
    const leaving = new AbortController();
    const second = access(host, leaving.signal);
    leaving.abort(left);
    await expect(second).rejects.toBe(left);
    drivers.vault.letGo();
    await expectServed(first);
    await all.close();
  });

  it("the first leaves, and the second is served all the same", async () => {
    const { all, drivers, access } = await hanging();
    const host = await all.newHost();
    const reached = drivers.vault.plan(1);
    const leaving = new AbortController();
    const first = access(host, leaving.signal);
    await reached;
    const second = access(host, new AbortController().signal);
    leaving.abort(left);
    await expect(first).rejects.toBe(left);
    await expectServed(second);
    await all.close();
  });
});
