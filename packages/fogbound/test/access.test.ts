import { afterEach, describe, expect, it } from "vitest";
import { Policy } from "../src/index.js";
import { readText, type Scene, scene, textItem, viewers } from "./kit.js";

let now: Scene;
afterEach(() => now.close());

describe("one access", () => {
  it("hands a permitted reader the bytes that were sealed", async () => {
    now = await scene();
    const capsule = await now.owner.seal({ items: [textItem("a.txt", "the plain text")], policy: viewers });
    expect(capsule.state).toBe("published");
    const session = await now.host.sessionFor("local#reader", { address: "10.0.0.7" });
    const access = await now.host.access(session, { capsule: capsule.id, item: "a.txt", action: "view" });
    if (access.outcome !== "permitted") throw new Error(`expected permission, got ${JSON.stringify(access)}`);
    expect(access).toMatchObject({ name: "a.txt", mediaType: "text/plain", size: 14 });
    expect(await readText(access.read())).toBe("the plain text");
  });

  it("refuses what the policy does not permit, with a coarse reason", async () => {
    now = await scene();
    const capsule = await now.owner.seal({ items: [textItem("a.txt", "x")], policy: viewers });
    const session = await now.host.sessionFor("local#reader", { address: "10.0.0.7" });
    const access = await now.host.access(session, { capsule: capsule.id, item: "a.txt", action: "download" });
    expect(access).toMatchObject({ outcome: "denied", reason: "policy" });
    expect("read" in access).toBe(false);
  });

  it("counts uses, served or not", async () => {
    now = await scene();
    const policy = Policy.allow({ readers: ["local#reader"], actions: ["view"], uses: 2 });
    const capsule = await now.owner.seal({ items: [textItem("a.txt", "x")], policy });
    const session = await now.host.sessionFor("local#reader", { address: "10.0.0.7" });
    const outcomes = [];
    for (let use = 0; use < 3; use++)
      outcomes.push((await now.host.access(session, { capsule: capsule.id, item: "a.txt", action: "view" })).outcome);
    expect(outcomes).toEqual(["permitted", "permitted", "denied"]);
  });
});
