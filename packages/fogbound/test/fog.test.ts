import { afterEach, describe, expect, it } from "vitest";
import { type FogWish, Policy, type Reply } from "../src/index.js";
import {
  ann,
  bob,
  entriesOf,
  type FogScene,
  fogScene,
  listItems,
  lists,
  listText,
  minute,
  sweep,
  textOf,
  view,
  workForAMonth,
} from "./fog-kit.js";

const guarded: FogWish = {
  readers: [{ reader: ann, zone: "Europe/Vienna", questions: [{ question: "Which lake?", answer: "Bodensee" }] }],
};
const always: FogWish = { forced: [ann] };

let scene: FogScene;
afterEach(() => scene.close());

async function* bytesOf(text: string): AsyncGenerator<Uint8Array, void, undefined> {
  yield new TextEncoder().encode(text);
}

describe("A thief with a reader's login", () => {
  it("is asked, fails, gets decoys, is named by a few leaked lines; and the audit is proved", async () => {
    scene = await fogScene(guarded);
    await workForAMonth(scene);
    const { served, asked } = await sweep(scene);
    expect(served).toBeLessThan(lists / 1.5);
    expect(asked.question).toBe("Which lake?");

    const reply: Reply = { challenge: asked.challenge, answer: "Wörthersee" };
    const answered = await view(scene, served + 2, { reply });
    expect(answered.outcome).toBe("permitted");
    const loot = await textOf(await view(scene, 20));
    expect(loot).toHaveLength(listText(20).length);
    expect(loot).not.toBe(listText(20));

    const leaked = loot
      .split("\n")
      .slice(5, 11)
      .reverse()
      .map((line) => line.split(",")[0]);
    const [trace, ...others] = await scene.owner.trace(scene.capsule, bytesOf(`Hi,\n> ${leaked.join("\n> ")}\n`));
    expect(others).toEqual([]);
    // Other lists have customers of a shape of their own: read as theirs, a line names this decoy again in one run of 200.
    expect(trace?.identifiers).toBeOneOf([6, 7]);
    expect(trace?.chance).toBeLessThan(1e-6);
    expect(trace?.accesses.map(({ reader }) => reader)).toEqual([ann, ann]);
    expect(trace?.accesses.map(({ item }) => item)).toContain("region-0/list-20.csv");
    expect(await scene.owner.trace(scene.capsule, bytesOf(listText(20)))).toEqual([]);

    const entries = await entriesOf(scene);
    const steps = entries.map(({ fog }) => fog?.step);
    expect(steps.filter((step) => step === "fogged")).toHaveLength(2);
    expect(steps.filter((step) => step === "challenged")).toHaveLength(1);
    expect(entries.find(({ fog }) => fog?.step === "challenged")?.outcome).toBe("challenged");
    const verdict = await (await scene.owner.audit(scene.capsule)).verdict();
    expect([verdict.outcome, verdict.findings]).toEqual(["proved", []]);
    expect(scene.alerts.map((alert) => alert.kind === "reader-suspected" && alert.step)).toEqual([
      "challenged",
      "fogged",
      "fogged",
    ]);
  });

  it("stays in fog when the authority is started anew, until the owner says who it was", async () => {
    scene = await fogScene(guarded);
    await workForAMonth(scene);
    const { asked } = await sweep(scene);
    await textOf(await view(scene, 9, { reply: { challenge: asked.challenge, answer: "no idea" } }));
    const later = await scene.again();
    const again = { ...later, capsule: scene.capsule };
    expect(await textOf(await view(again, 0))).not.toBe(listText(0));
    scene.clock.turn(minute);
    await later.owner.trust(scene.capsule, ann);
    expect(await textOf(await view(again, 0))).toBe(listText(0));
    await later.close();
  });

  it("who can answer is served what is real, and the host hears the same as after a wrong reply", async () => {
    scene = await fogScene(guarded);
    await workForAMonth(scene);
    const { served, asked } = await sweep(scene);
    const reply: Reply = { challenge: asked.challenge, answer: "bodensee" };
    const access = await view(scene, served + 2, { reply });
    expect(Object.keys(access).sort()).toEqual(["end", "id", "mediaType", "name", "outcome", "read", "size"]);
    expect(await textOf(access)).toBe(listText(served + 2));
    expect((await entriesOf(scene)).at(-1)?.fog?.step).toBe("passed");
  });
});

describe("A decoy", () => {
  it("comes from those sealed with the capsule, where there are any: nothing is written into the store for it", async () => {
    scene = await fogScene({ ...always, sealedDecoys: 2 }, listItems(3));
    const contents = async (): Promise<number> => {
      let count = 0;
      for await (const _ of scene.store.list(`capsules/${scene.capsule}/content/`)) count++;
      return count;
    };
    expect(await contents()).toBe(9);
    const text = await textOf(await view(scene, 2));
    expect(text).not.toBe(listText(2));
    expect(text).toHaveLength(listText(2).length);
    expect(await textOf(await view(scene, 2, { reader: bob }))).toBe(listText(2));
    expect(await contents()).toBe(9);
    for (const fragment of [bytesOf(text), [new TextEncoder().encode(text)]]) {
      const [trace] = await scene.owner.trace(scene.capsule, fragment);
      expect(trace?.accesses.map(({ reader }) => reader)).toEqual([ann]);
    }
  });

  it("joins with that of another item, and is the same at the next look", async () => {
    scene = await fogScene(always, listItems(2));
    const [first, second] = [await textOf(await view(scene, 1)), await textOf(await view(scene, 1))];
    expect(second).toBe(first);
    const keysOf = (text: string): Set<string> =>
      new Set(
        text
          .split("\n")
          .slice(1, -1)
          .map((line) => line.split(",")[0] ?? ""),
      );
    const [one, other] = [keysOf(first), keysOf(await textOf(await view(scene, 0)))];
    expect([...one].filter((key) => other.has(key)).length).toBeGreaterThan(one.size / 2);
  });

  it("of what no believable one can be made of is a refusal; the owner reads the real one, before and after a reseal", async () => {
    const secret = crypto.getRandomValues(new Uint8Array(4096));
    scene = await fogScene({ ...always, sealedDecoys: 2 }, [{ name: "region-0/list-0.csv", content: secret }]);
    const access = await view(scene, 0);
    expect(access).toMatchObject({ outcome: "denied", reason: "policy" });
    const read = async (): Promise<Uint8Array> =>
      new Uint8Array(await new Response(scene.owner.read(scene.capsule, "region-0/list-0.csv")).arrayBuffer());
    expect(await read()).toEqual(secret);
    await scene.owner.reseal(scene.capsule);
    expect(await read()).toEqual(secret);
  });

  it("is not among the keys that the audit says a host holds, nor due to be sealed anew", async () => {
    scene = await fogScene(always, listItems(2));
    await textOf(await view(scene, 1));
    const verdict = await (await scene.owner.audit(scene.capsule)).verdict();
    expect(verdict.keysHeld).toEqual([]);
  });
});

describe("The terms of a guard", () => {
  it("change with a new version, and what is left out stays", async () => {
    scene = await fogScene(guarded, listItems(2));
    expect(await textOf(await view(scene, 0))).toBe(listText(0));
    await scene.owner.setFog(scene.capsule, { forced: [ann] });
    expect(await textOf(await view(scene, 0))).not.toBe(listText(0));
    await scene.owner.setFog(scene.capsule, { forced: [], response: "observe" });
    expect(await textOf(await view(scene, 0))).toBe(listText(0));
  });

  it("of a honey capsule: every access is told, and gets fog", async () => {
    scene = await fogScene({ honey: true }, listItems(1));
    expect(await textOf(await view(scene, 0, { reader: bob }))).not.toBe(listText(0));
    expect(scene.alerts).toMatchObject([{ kind: "reader-suspected", reader: bob, step: "fogged" }]);
  });

  it.each([
    ["a lease", { leaseSeconds: 60 }, {}, TypeError],
    ["no policy", { policy: "record-only" as const }, {}, TypeError],
    ["a decoy of an item that is none", {}, { decoys: ["other.csv"] }, TypeError],
    ["too many decoys", {}, { sealedDecoys: 16 }, RangeError],
    ["a zone that is none", {}, { readers: [{ reader: ann, zone: "Middle/Earth" }] }, TypeError],
    ["a budget that is none", {}, { alarmsPerMonth: 0 }, RangeError],
    ["more alarms than one a day", {}, { alarmsPerMonth: 31 }, RangeError],
  ])("are refused with %s, before anything is written", async (_what, request, fog, error) => {
    scene = await fogScene(guarded, listItems(1));
    const before = await count(scene);
    const policy = Policy.allow({ readers: [ann], actions: ["view"] });
    await expect(scene.owner.seal({ items: listItems(1), policy, fog, ...request })).rejects.toThrow(error);
    expect(await count(scene)).toBe(before);
  });
});

async function count({ store }: FogScene): Promise<number> {
  let objects = 0;
  for await (const _ of store.list("capsules/")) objects++;
  return objects;
}

describe("What a guard remembers", () => {
  it("is told by the audit when it is damaged", async () => {
    scene = await fogScene(always, listItems(1));
    await textOf(await view(scene, 0));
    const keys: string[] = [];
    for await (const { key } of scene.store.list("authority/")) if (key.includes("/fog/")) keys.push(key);
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) {
      const object = await scene.store.get(key);
      const bytes = new Uint8Array(await new Response(object?.body).arrayBuffer());
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      await scene.store.replace(key, bytes);
    }
    const { findings } = await (await scene.owner.audit(scene.capsule)).verdict();
    const named = findings.map(({ code, sentence, evidence }) => [code, `${sentence} ${evidence.join(" ")}`] as const);
    for (const key of keys)
      expect(named.some(([code, text]) => code === "COPY_ALTERED" && text.includes(key))).toBe(true);
  });

  it("names no reader in the store", async () => {
    scene = await fogScene({ ...guarded, forced: [ann] }, listItems(1));
    await textOf(await view(scene, 0));
    for await (const { key } of scene.store.list("")) {
      const object = await scene.store.get(key);
      const bytes = Buffer.from(await new Response(object?.body).arrayBuffer());
      expect([key, bytes.includes(ann), key.includes(ann)]).toEqual([key, false, false]);
    }
  });
});
