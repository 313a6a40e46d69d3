import { describe, expect, it } from "vitest";
import { auditExport, type Capsule, type Host } from "../src/index.js";
import { scene, textItem, viewers } from "./kit.js";
import { sessionOf } from "./parties.js";

const items = [textItem("a.txt", "alive")] as const;
const audits = 2;
/** So many that they outlast the audits where accesses are slow, and do not outrun them where they are fast. */
const most = 150;

/** Accesses one after another, until it is over. */
async function readOn(host: Host, capsule: Capsule, isOver: () => boolean): Promise<number> {
  const session = await sessionOf(host);
  let count = 0;
  for (; count < most && !isOver(); count++) {
    const access = await host.access(session, { capsule: capsule.id, item: "a.txt", action: "view" });
    if (access.outcome !== "permitted") throw new Error(`Expected permission, got ${access.outcome}.`);
    await new Response(access.read()).text();
  }
  return count;
}

describe.each([
  ["under a lease", 60],
  ["each of which asks", 0],
])("A capsule that is being served, by accesses %s", (_name, leaseSeconds) => {
  it("is proved by each audit and by each export: what is under way is nothing wrong", async () => {
    const now = await scene();
    const capsule = await now.owner.seal({ items, policy: viewers, leaseSeconds });
    let isOver = false;
    const reading = [1, 2].map(() => readOn(now.host, capsule, () => isOver));
    const found: unknown[] = [];
    for (let count = 0; count < audits; count++) {
      const audit = await now.owner.audit(capsule.id);
      const { outcome, findings } = await audit.verdict();
      for await (const entry of audit.accesses()) expect(entry.outcome).toMatch(/permitted|asked/);
      found.push(outcome, findings);
      const file = new Blob([await new Response(now.owner.export(capsule.id)).arrayBuffer()]);
      const { findings: exported } = await (await auditExport(file, { trust: capsule.id })).verdict();
      found.push(exported);
    }
    isOver = true;
    const counts = await Promise.all(reading);
    expect(Math.min(...counts)).toBeGreaterThan(0);
    await now.close();
    expect(found).toEqual(Array.from({ length: audits }, () => ["proved", [], []]).flat());
  }, 120_000);
});
