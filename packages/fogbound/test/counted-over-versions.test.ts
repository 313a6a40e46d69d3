import { afterEach, beforeEach, expect, it } from "vitest";
import { type Access, type Capsule, Policy } from "../src/index.js";
import { textItem } from "./kit.js";
import { type Parties, parties, sessionOf } from "./parties.js";

const policy = Policy.allow({ readers: ["local#reader"], actions: ["view"], uses: 3 });

let all: Parties;
beforeEach(async () => {
  all = await parties();
});
afterEach(() => all.close());

async function view({ id: capsule }: Capsule): Promise<Access["outcome"]> {
  const access = await all.host.access(await sessionOf(all.host), { capsule, item: "a.txt", action: "view" });
  if (access.outcome === "permitted") await new Response(access.read()).arrayBuffer();
  return access.outcome;
}

it("A new version costs no use: what the host has not heard of yet is asked for before a counted request is written", async () => {
  const capsule = await all.owner.seal({ items: [textItem("a.txt", "three times")], policy });
  const outcomes = [await view(capsule)];
  for (let version = 2; version <= 4; version++) {
    await all.owner.setPolicy(capsule.id, policy);
    outcomes.push(await view(capsule));
  }
  expect(outcomes).toEqual(["permitted", "permitted", "permitted", "denied"]);

  const audit = await all.owner.audit(capsule.id);
  const entries: string[] = [];
  for await (const entry of audit.accesses()) entries.push(entry.outcome);
  expect(entries).toEqual(outcomes);
  expect((await audit.verdict()).outcome).toBe("proved");
});
