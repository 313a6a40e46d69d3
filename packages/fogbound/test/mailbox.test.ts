import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type Embedded, mailbox, openEmbedded } from "../src/embedded.js";
import { type CapsuleId, type Collected, collectMailbox, type ObjectStore } from "../src/index.js";
import { memoryStore, testClock } from "../src/testing.js";
import { passphrase, textItem, viewers } from "./kit.js";
import { sessionOf } from "./parties.js";

let folder = "";
let all: Embedded;
afterEach(async () => {
  await all.close();
  await rm(folder, { recursive: true, force: true });
});

async function opened(box: ObjectStore): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), "fogbound-test-"));
  all = await openEmbedded({
    store: await memoryStore(),
    keyFile: join(folder, "owner.key"),
    passphrase,
    passphraseCost: { cost: 1024 },
    clock: testClock().now,
    sinks: [mailbox(box)],
  });
}

async function collected(box: ObjectStore, capsule: CapsuleId, after?: number): Promise<Collected[]> {
  const found: Collected[] = [];
  for await (const one of collectMailbox(box, capsule, after === undefined ? {} : { after })) found.push(one);
  return found;
}

describe("An owner's mailbox", () => {
  it("gets every record of a capsule that is pushed at once, and is collected from where it was left", async () => {
    const box = await memoryStore();
    await opened(box);
    const push = { seconds: 0, bytes: 0 };
    const { id } = await all.owner.seal({ items: [textItem("a.txt", "posted")], policy: viewers, push });
    for (let turn = 0; turn < 3; turn++) {
      const access = await all.host.access(await sessionOf(all.host), { capsule: id, item: "a.txt", action: "view" });
      if (access.outcome === "permitted") await new Response(access.read()).text();
    }
    const { instance } = await all.host.offer(id);
    const highest = (found: readonly Collected[]): number =>
      Math.max(
        0,
        ...found.flatMap(({ tips }) => tips.filter((tip) => tip.instance === instance).map(({ number }) => number)),
      );
    while (highest(await collected(box, id)) < 6) await new Promise(setImmediate);
    const found = await collected(box, id);
    expect(found.map(({ push: { number } }) => number)).toEqual(found.map((_, at) => at + 1));
    expect(found.flatMap(({ push: { batches } }) => batches).includes(null)).toBe(false);
    expect((await collected(box, id, 1)).map(({ push: { number } }) => number)).toEqual(
      found.slice(1).map(({ push: { number } }) => number),
    );
    await box.delete(`mailbox/${id}/00000002`);
    await expect(collected(box, id)).rejects.toMatchObject({ code: "FORMAT_INVALID" });
    const { findings } = await (await all.owner.audit(id)).verdict();
    expect(findings).toEqual([]);
  });
});
