import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { decide, Policy } from "../src/index.js";
import { question } from "./questions.js";

const cache = createRequire(import.meta.url).cache;

function isCedarLoaded(): boolean {
  return Object.keys(cache).some((path) => path.includes("cedar-wasm"));
}

test("importing the package and building a policy does not load Cedar; deciding does", async () => {
  const policy = Policy.allow({ readers: ["local#reader"], actions: ["view"] });
  expect(isCedarLoaded()).toBe(false);
  await decide(policy.cedar, question());
  expect(isCedarLoaded()).toBe(true);
});
