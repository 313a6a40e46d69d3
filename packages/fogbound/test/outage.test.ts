import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { auditExport, type Capsule, type ObjectStore, Policy } from "../src/index.js";
import { textItem } from "./kit.js";
import { type Outages, outages, refusal } from "./outage-kit.js";
import { sessionOf } from "./parties.js";

let all: Outages;
beforeEach(async () => {
  all = await outages();
});
afterEach(() => all.close());

async function batchesIn(store: ObjectStore, prefix: string): Promise<number> {
  let batches = 0;
  for await (const { key } of store.list(prefix)) if (/\/\d{8}\/\d{8}$/.test(key)) batches++;
  return batches;
}

async function codesOf(capsule: Capsule): Promise<string[]> {
  const { findings } = await (await all.owner.audit(capsule.id)).verdict();
  return findings.map(({ code, severity }) => `${code} ${severity}`);
}

function cutBoth(state: "cut" | "up" = "cut"): void {
  all.hostWire.state = state;
  all.authorityWire.state = state;
}

describe("While the harmonizer is away and the manifest allows nothing", () => {
  it("one record is written in vain, then none; it is said once; what was written goes there by itself", async () => {
    const capsule = await all.seal(null);
    expect(await all.read(capsule)).toBe("in the dark");
    cutBoth();
    expect(await refusal(all.read(capsule))).toBe("RECORD_NOT_DURABLE < HARMONIZER_UNREACHABLE");
    const written = await batchesIn(all.vault, `capsules/${capsule.id}/`);
    for (let turn = 0; turn < 4; turn++) expect(await refusal(all.read(capsule))).toBe("HARMONIZER_UNREACHABLE");
    expect(await batchesIn(all.vault, `capsules/${capsule.id}/`)).toBe(written);
    expect(all.alerts).toMatchObject([{ kind: "harmonizer-unreachable", by: "host", capsule: capsule.id }]);
    await all.hands.run();
    expect(await codesOf(capsule)).toContain("RECORD_UNRECEIPTED incomplete");
    cutBoth("up");
    await all.hands.run();
    expect(await codesOf(capsule)).not.toContain("RECORD_UNRECEIPTED incomplete");
    expect(await all.read(capsule)).toBe("in the dark");
  });

  it("a session that a host holds signs nothing for it, and misses nothing afterwards", async () => {
    const capsule = await all.seal(null);
    const session = await sessionOf(all.host);
    const wish = { capsule: capsule.id, item: "a.txt", action: "view" } as const;
    const ask = () => all.host.access(session, wish);
    await ask();
    await all.hands.run();
    cutBoth();
    expect(await refusal(ask())).toBe("RECORD_NOT_DURABLE < HARMONIZER_UNREACHABLE");
    for (let turn = 0; turn < 3; turn++) expect(await refusal(ask())).toBe("HARMONIZER_UNREACHABLE");
    cutBoth("up");
    all.clock.turn(60_000);
    expect((await ask()).outcome).toBe("permitted");
    await all.hands.run();
    expect(await codesOf(capsule)).toEqual(["ANSWER_MISSING incomplete"]);
  });

  it("it is asked again after longer and longer, and not once in between", async () => {
    const capsule = await all.seal(null);
    expect(await all.read(capsule)).toBe("in the dark");
    await all.hands.run();
    cutBoth();
    const waits: number[] = [];
    for (let turn = 0; turn < 8; turn++) {
      await refusal(all.read(capsule));
      const { calls } = all.hostWire;
      if (turn > 0) {
        await refusal(all.read(capsule));
        expect(all.hostWire.calls).toBe(calls);
      }
      waits.push(...all.hands.waits);
      all.clock.turn(60_000);
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  });

  it("one that answers nothing is taken to be away", async () => {
    const capsule = await all.seal(null);
    expect(await all.read(capsule)).toBe("in the dark");
    await all.hands.run();
    all.hostWire.state = "mute";
    const refused = refusal(all.read(capsule));
    while (!all.hands.waits.includes(15_000)) await new Promise(setImmediate);
    await all.hands.run();
    expect(await refused).toBe("RECORD_NOT_DURABLE < HARMONIZER_UNREACHABLE");
    all.hostWire.state = "up";
    expect(await all.read(capsule)).toBe("in the dark");
  });
});

describe("Break-glass", () => {
  const twice = { releases: 2, seconds: 600 } as const;

  it("releases as often as the manifest says, without a receipt, and afterwards both sides submit what they hold", async () => {
    const capsule = await all.seal(twice);
    expect(await all.read(capsule)).toBe("in the dark");
    await all.hands.run();
    cutBoth();
    for (let turn = 0; turn < 2; turn++) expect(await all.read(capsule)).toBe("in the dark");
    const written = await batchesIn(all.vault, `capsules/${capsule.id}/`);
    for (let turn = 0; turn < 3; turn++) expect(await refusal(all.read(capsule))).toBe("HARMONIZER_UNREACHABLE");
    expect(await batchesIn(all.vault, `capsules/${capsule.id}/`)).toBe(written);
    const granted = all.alerts.filter(({ kind }) => kind === "break-glass-granted");
    expect(granted).toMatchObject([
      { release: 1, most: 2, capsule: capsule.id },
      { release: 2, most: 2 },
    ]);
    all.clock.turn(90_000);
    cutBoth("up");
    await all.hands.run();
    expect(await codesOf(capsule)).toEqual(["BREAK_GLASS repaired", "BREAK_GLASS repaired"]);
    expect(await all.read(capsule)).toBe("in the dark");
    await all.hands.run();
    cutBoth();
    expect(await all.read(capsule)).toBe("in the dark");
  });

  it("is nothing a host can bring about: an authority that reaches the harmonizer releases nothing without a receipt", async () => {
    const capsule = await all.seal(twice);
    expect(await all.read(capsule)).toBe("in the dark");
    all.hostWire.state = "cut";
    expect(await refusal(all.read(capsule))).toBe("RECORD_NOT_DURABLE");
    expect(all.alerts.map(({ kind }) => kind)).toEqual(["harmonizer-unreachable"]);
  });

  it("ends when the outage has lasted too long", async () => {
    const capsule = await all.seal(twice);
    expect(await all.read(capsule)).toBe("in the dark");
    cutBoth();
    expect(await all.read(capsule)).toBe("in the dark");
    all.clock.turn(601_000);
    expect(await refusal(all.read(capsule))).toBe("HARMONIZER_UNREACHABLE");
  });

  it("releases nothing that is counted", async () => {
    const counted = Policy.allow({ readers: ["local#reader"], actions: ["view"], uses: 5 });
    const capsule = await all.seal(twice, counted);
    expect(await all.read(capsule)).toBe("in the dark");
    cutBoth();
    for (let turn = 0; turn < 3; turn++) await expect(all.read(capsule)).rejects.toMatchObject({ retryable: true });
    expect(all.alerts.map(({ kind }) => kind)).not.toContain("break-glass-granted");
    cutBoth("up");
    await all.hands.run();
    expect(await all.read(capsule)).toBe("in the dark");
  });

  it("gives nothing to a host or an authority that starts meanwhile, and a restart gives nothing back", async () => {
    const capsule = await all.seal({ releases: 1, seconds: 600 });
    expect(await all.read(capsule)).toBe("in the dark");
    await all.hands.run();
    cutBoth();
    expect(await all.read(capsule)).toBe("in the dark");
    const other = await all.newHost();
    expect(await refusal(all.read(capsule, other))).toBe("HARMONIZER_UNREACHABLE");
    await all.restartAuthority();
    await expect(all.read(capsule)).rejects.toMatchObject({ name: "FogboundError", retryable: true });
    cutBoth("up");
    // The held batches of the first host die with it; the second one finds them in the vault.
    const third = await all.newHost();
    expect(await all.read(capsule, third)).toBe("in the dark");
    await all.hands.run();
    const codes = await codesOf(capsule);
    expect(codes).toContain("BREAK_GLASS repaired");
    expect(codes.filter((code) => code.startsWith("RECORD_UNRECEIPTED"))).toEqual([]);
  });

  it("beyond what the manifest allows is broken, whatever an authority has forgotten", async () => {
    const capsule = await all.seal(twice);
    expect(await all.read(capsule)).toBe("in the dark");
    await all.hands.run();
    cutBoth();
    for (let turn = 0; turn < 2; turn++) expect(await all.read(capsule)).toBe("in the dark");
    const counted: string[] = [];
    for await (const { key } of all.journal.list("authority/")) if (key.includes("/outages/")) counted.push(key);
    expect(counted.map((key) => key.split("/").at(-1))).toEqual(["00000001", "00000002", "began"]);
    for (const key of counted) await all.journal.delete(key);
    // The host finds the harmonizer and is cut off again; the authority has not reached it since.
    all.hostWire.state = "up";
    all.clock.turn(60_000);
    expect(await all.read(capsule)).toBe("in the dark");
    all.hostWire.state = "cut";
    for (let turn = 0; turn < 2; turn++) expect(await all.read(capsule)).toBe("in the dark");
    cutBoth("up");
    all.clock.turn(60_000);
    await all.hands.run();
    const codes = await codesOf(capsule);
    expect(codes.sort()).toEqual([...Array(2).fill("BREAK_GLASS broken"), ...Array(4).fill("BREAK_GLASS repaired")]);
  });

  it("must be said in whole, positive numbers when a capsule is sealed", async () => {
    for (const breakGlass of [
      { releases: 0, seconds: 60 },
      { releases: 1, seconds: 0 },
      { releases: 1.5, seconds: 60 },
      { releases: 10_001, seconds: 60 },
      { releases: 1, seconds: 604_801 },
    ])
      await expect(all.seal(breakGlass)).rejects.toThrow(RangeError);
    const empty = all.owner.seal({
      items: [textItem("a.txt", "")],
      policy: "record-only",
      breakGlass: JSON.parse("{}"),
    });
    await expect(empty).rejects.toThrow(RangeError);
  });
});

describe("An export while an authority cannot reach the harmonizer", () => {
  it("has the journal with it, which is late and not missing; one made afterwards is whole", async () => {
    const capsule = await all.seal(null);
    expect(await all.read(capsule)).toBe("in the dark");
    const told = async (): Promise<string[]> => {
      const file = await new Response(all.owner.export(capsule.id)).blob();
      const audit = await auditExport(file, { trust: capsule.id, readKeys: [all.ownerKeys.read] });
      const { outcome, findings } = await audit.verdict();
      return [outcome, ...new Set(findings.map(({ code }) => code))];
    };
    all.authorityWire.state = "cut";
    expect(await all.read(capsule)).toBe("in the dark");
    expect(await told()).toEqual(["incomplete", "RECORD_UNRECEIPTED"]);
    all.authorityWire.state = "up";
    await all.hands.run();
    expect(await told()).toEqual(["proved"]);
  });
});
