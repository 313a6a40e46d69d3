import { expect, test } from "vitest";
import { type Decision, decide, Policy, type Rule } from "../src/index.js";
import { question } from "./questions.js";

function ruleFor(number: number): Rule {
  return {
    readers: [`local#reader-${number}`],
    actions: ["view"],
    from: new Date(number * 1000),
    until: new Date((number + 1) * 1000),
  };
}

function outcome(decision: Decision): string {
  return decision.decision === "permit" ? decision.rules.join() : decision.reason;
}

test("200 rules: each reader gets theirs, in their time", async () => {
  const { cedar } = Policy.allow(ruleFor(1), ...Array.from({ length: 199 }, (_, index) => ruleFor(index + 2)));
  for (const number of [1, 2, 99, 100, 200]) {
    const ask = (seconds: number): Promise<Decision> =>
      decide(cedar, question({ reader: `local#reader-${number}`, time: new Date(seconds * 1000) }));
    expect(outcome(await ask(number))).toBe(`r${number}`);
    expect(outcome(await ask(number + 1))).toBe("not-in-force");
  }
  expect(outcome(await decide(cedar, question({ reader: "local#reader-201" })))).toBe("policy");
});

test("200 policies asked at once never answer for each other", async () => {
  const numbers = Array.from({ length: 200 }, (_, index) => index);
  const ask = async (number: number): Promise<string[]> => {
    const { cedar } = Policy.allow({ readers: [`local#reader-${number}`], actions: ["view"] });
    const own = decide(cedar, question({ reader: `local#reader-${number}` }));
    const other = decide(cedar, question({ reader: `local#reader-${(number + 1) % 200}` }));
    return [outcome(await own), outcome(await other)];
  };
  for (let round = 0; round < 2; round += 1) {
    expect(await Promise.all(numbers.map(ask))).toEqual(numbers.map(() => ["r1", "policy"]));
  }
});
