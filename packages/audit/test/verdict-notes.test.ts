import type { Verdict } from "@fogbound/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { type AuditOptions, type Evidence, verify } from "../src/index.js";
import { iterate, World } from "./kit/world.js";

let world: World;
beforeEach(async () => {
  world = await World.create();
  await world.access();
  await world.anchor();
});

async function verdict(
  changes: Partial<Evidence> = {},
  options: AuditOptions & { readonly keyless?: boolean; readonly by?: "auditor" } = {},
): Promise<Verdict> {
  const { keyless, by, ...rest } = options;
  const readKeys = keyless ? [] : [by === "auditor" ? world.capsule.auditor : world.capsule.owner];
  return verify(await world.evidence(changes), { readKeys }, rest).verdict();
}

const iso = (time: number): string => new Date(time).toISOString();
const size = (): number => world.log.leafHashes.length;
const noPin = "no pin was kept: the restoring of a whole old vault would not be seen";

describe("What a verdict says beside each proof", () => {
  it("counts what was seen, and names what nobody was asked for", async () => {
    const { notes, proved, notProved } = await verdict();
    expect(notes).toEqual({
      "bytes-rehashed": "not asked for",
      "chains-complete": "2 chains, 4 records",
      "journal-matches": "0 host records and 0 journal entries unread",
      receipts: `${world.log.bundles.length} bundles`,
      checkpoint: `${size()} leaves`,
      "tail-anchored": `checkpoint of ${size()} leaves, tips of ${iso(world.now)}, manifest 1 in force; ${noPin}`,
      "signed-by-readers": "1 requests, 0 of them by sessions that a host held",
      "keys-pinned": `capsule ${world.capsule.id}, given from outside the evidence`,
      witnessed: "none configured",
      "time-trusted": "the parties' own clocks",
      "parties-separate": "separate, by the caller's word",
    });
    expect(notProved).toEqual(["bytes-rehashed", "witnessed", "time-trusted"]);
    expect(proved).toHaveLength(8);
  });

  it("says whose word the capsule's id and the parties are", async () => {
    const embedded = await verdict({ pinned: false, partiesSeparate: false });
    expect(embedded.notes["keys-pinned"]).toBe("the capsule id comes from the evidence itself");
    expect(embedded.notes["parties-separate"]).toBe("embedded: one process");
    expect(embedded.notProved).toEqual(expect.arrayContaining(["keys-pinned", "parties-separate"]));
    expect(embedded.outcome).toBe("incomplete");
    expect((await verdict({ partiesSeparate: false })).outcome).toBe("proved");
  });

  it("says that bodies are unread without a key, and who vouches with an auditor's", async () => {
    const unread = "no read key was given: record bodies are unread";
    const { notes } = await verdict({}, { keyless: true });
    expect([notes["journal-matches"], notes["signed-by-readers"]]).toEqual([unread, unread]);
    const read = "0 host records and 0 journal entries unread";
    const auditors = await verdict({}, { by: "auditor" });
    expect(auditors.notes["journal-matches"]).toBe(
      `${read}; for 1 requests the key does not open who vouches for readers`,
    );
    expect(auditors.notes["signed-by-readers"]).toBe(auditors.notes["journal-matches"]);
    expect(auditors.proved).toContain("journal-matches");
  });

  it("says which journals could not be asked", async () => {
    const { notes } = await verdict({ journals: new Map() });
    expect(notes["journal-matches"]).toBe("1 of 1 authorities could not be asked");
  });

  it("says what no checkpoint covers", async () => {
    expect((await verdict({ checkpoint: null })).notes.checkpoint).toBe("none that holds");
    const none = await verdict({ checkpoint: null });
    expect(none.notes["tail-anchored"]).toBe(
      `tips of ${iso(world.now)}, manifest 1 in force; not in a checkpoint; ${noPin}`,
    );
    const [leaves, tips] = [size(), world.now];
    await world.ask();
    const newer = await verdict();
    expect(newer.notes.checkpoint).toBe(`${leaves} leaves; 1 bundles are not proved in it`);
    expect(newer.notes["tail-anchored"]).toBe(
      `checkpoint of ${leaves} leaves, tips of ${iso(tips)}, manifest 1 in force; newer records are not anchored; ${noPin}`,
    );
    await world.log.sign();
    expect((await verdict()).notes["tail-anchored"]).toBe(
      `checkpoint of ${leaves + 1} leaves, tips of ${iso(tips)}, manifest 1 in force; 1 leaves of it are newer than the tips; ${noPin}`,
    );
    await world.sequenceTips();
    expect((await verdict()).notes["tail-anchored"]).toContain("; not in a checkpoint; ");
    expect((await verdict()).notProved).toContain("tail-anchored");
  });

  it("says that there are no tips, and what was pinned and where", async () => {
    const fresh = await World.create();
    await fresh.log.sign();
    const pin = await verify(await world.evidence(), { readKeys: [world.capsule.owner] }).pin();
    const said = `${pin?.size} leaves, tips of ${iso(world.now)}, manifest 1`;
    const tail = async (options: AuditOptions): Promise<string | undefined> =>
      (await verdict({}, options)).notes["tail-anchored"];
    expect(await tail({ pin })).toContain(`; pinned outside the vault: ${said}`);
    expect(await tail({ pin, pinKeptAt: "a drawer" })).toContain(`; pinned in a drawer: ${said}`);
    const none = verify(await fresh.evidence(), { readKeys: [fresh.capsule.owner] });
    expect((await none.verdict()).notes["tail-anchored"]).toBe(`no tips; ${noPin}`);
  });

  it("counts contents that were hashed again, and proves nothing of a capsule it does not know", async () => {
    const content = async (id: string): Promise<AsyncIterable<Uint8Array>> => iterate(world.contents.get(id) ?? []);
    const hashed = await verdict({ content });
    expect(hashed.notes["bytes-rehashed"]).toBe("1 contents");
    expect(hashed.proved).toContain("bytes-rehashed");
    const unknown = await verdict({ content, manifests: () => iterate([]) });
    expect(unknown.proved).toEqual(["parties-separate"]);
    expect(unknown.outcome).toBe("incomplete");
  });
});
