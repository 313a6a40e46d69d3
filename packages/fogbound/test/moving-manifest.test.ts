import type { Harmonizer, Waiting } from "@fogbound/protocol";
import { afterEach, describe, expect, it } from "vitest";
import type { Access, Capsule, Entry, Host } from "../src/index.js";
import { textItem, viewers } from "./kit.js";
import { liar, type Parties, parties, sessionOf } from "./parties.js";

const items = [textItem("a.txt", "sealed again and again")] as const;

let all: Parties;
afterEach(() => all.close());

/** A host that finds the manifest moved on, so many times, just as it begins an epoch or records an access. */
async function pursued(
  at: "submitHead" | "submitBatch",
  times: () => number,
  move: () => Promise<unknown>,
): Promise<Host> {
  let moved = 0;
  const moving = async (): Promise<void> => {
    if (moved >= times()) return;
    moved++;
    await move();
  };
  return all.newHost({
    harmonizer: (real) => {
      const lies: Partial<Harmonizer> = {
        [at]: async (bytes: Uint8Array, waiting: Waiting) => {
          await moving();
          return real[at](bytes, waiting);
        },
      };
      return liar(real, lies);
    },
  });
}

async function ask(host: Host, capsule: Capsule): Promise<Access> {
  return host.access(await sessionOf(host), { capsule: capsule.id, item: "a.txt", action: "view" });
}

async function expectServed(capsule: Capsule, hosts: readonly Host[], accesses: readonly Access[]): Promise<void> {
  for (const access of accesses) {
    if (access.outcome !== "permitted") throw new Error(`Expected permission, got ${access.outcome}.`);
    await access.end();
  }
  for (const host of hosts) await host.close();
  const audit = await all.owner.audit(capsule.id);
  const entries: Entry[] = [];
  for await (const entry of audit.accesses()) entries.push(entry);
  expect(entries.filter(({ outcome }) => outcome === "permitted").map(({ bytes }) => bytes)).toEqual(
    accesses.map(() => 0),
  );
  const { outcome, findings } = await audit.verdict();
  expect([outcome, findings]).toEqual(["proved", []]);
}

describe("A manifest that moves on while a host serves", () => {
  it.each(["submitHead", "submitBatch"] as const)("three times, at %s, is followed", async (at) => {
    all = await parties();
    const capsule = await all.owner.seal({ items, policy: viewers });
    const host = await pursued(
      at,
      () => 3,
      () => all.owner.setPolicy(capsule.id, viewers),
    );
    await expectServed(capsule, [host], [await ask(host, capsule)]);
  });

  it("is followed by several accesses that come while the owner seals anew", async () => {
    all = await parties();
    const capsule = await all.owner.seal({ items, policy: viewers });
    const asked = Array.from({ length: 6 }, () => ask(all.host, capsule));
    for (let turn = 0; turn < 3; turn++) await all.owner.reseal(capsule.id);
    await expectServed(capsule, [all.host], await Promise.all(asked));
  });

  it("for ever, ends in MANIFEST_STALE", async () => {
    all = await parties();
    const capsule = await all.owner.seal({ items, policy: viewers });
    const host = await pursued(
      "submitBatch",
      () => Number.POSITIVE_INFINITY,
      () => all.owner.setPolicy(capsule.id, viewers),
    );
    await expect(ask(host, capsule)).rejects.toMatchObject({ code: "MANIFEST_STALE" });
  }, 120_000);
});
