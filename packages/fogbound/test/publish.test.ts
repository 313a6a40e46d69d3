import { afterEach, beforeEach, expect, it } from "vitest";
import { Policy } from "../src/index.js";
import { type Scene, scene, textItem, viewers } from "./kit.js";

let at: Scene;

beforeEach(async () => {
  at = await scene();
});

afterEach(() => at.close());

it("publishing again is safe, also when a newer version is in force, and by another process", async () => {
  const { id } = await at.owner.seal({ items: [textItem("a.txt", "a")], policy: viewers });
  expect(await at.owner.publish(id)).toEqual({ id, version: 1, state: "published" });
  await at.owner.setPolicy(id, Policy.allow({ readers: ["local#other"], actions: ["view"] }));
  await at.owner.setPolicy(id, viewers);
  expect(await at.owner.publish(id)).toEqual({ id, version: 3, state: "published" });
  const again = await at.again();
  expect(await again.owner.publish(id)).toEqual({ id, version: 3, state: "published" });
  await again.close();
});
