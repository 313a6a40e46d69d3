import { Policy } from "@fogbound/policy";
import { expect, it } from "vitest";
import { ask, reader, TestHost, World } from "./kit.js";
import { decisionsOf } from "./refused.js";

const once = Policy.allow({ readers: [reader], actions: ["view"], uses: 1 });

it("of 16 requests at once for the one use that is left, one is permitted", async () => {
  const world = await World.create();
  const version = await world.seal(once);
  const authority = await world.openAuthority();
  await world.publish(version, authority);
  const hosts = await Promise.all([0, 1].map(() => TestHost.register(world, version, [authority])));
  const asking = Array.from({ length: 16 }, async (_, at) => {
    const papers = await hosts[at % 2]?.papers();
    return papers === undefined ? null : ask(authority, papers);
  });
  const outcomes = await Promise.all(asking);
  expect(outcomes.filter((one) => one?.share)).toHaveLength(1);
  const decisions = await decisionsOf(world, authority);
  expect(decisions.filter((one) => one === "permit")).toHaveLength(1);
  expect(decisions.filter((one) => one === "deny")).toHaveLength(15);
});

it("of 2 authorities that do not talk, both permit the same one request", async () => {
  const world = await World.create(2, 2);
  const version = await world.seal(once);
  const authorities = await Promise.all([0, 1].map((at) => world.openAuthority(at)));
  await world.publish(version, ...authorities);
  const host = await TestHost.register(world, version, authorities);
  const asked = await Promise.all(Array.from({ length: 4 }, () => host.papers()));
  const permitted = await Promise.all(
    authorities.map(async (authority) => {
      const answers = await Promise.all(asked.map((papers) => ask(authority, papers)));
      return answers.map(({ share }) => share !== null);
    }),
  );
  expect(permitted[0]?.filter(Boolean)).toHaveLength(1);
  expect(permitted[1]).toEqual(permitted[0]);
});

it("the same request again is the same use, however often it is asked", async () => {
  const world = await World.create();
  const version = await world.seal(once);
  const authority = await world.openAuthority();
  await world.publish(version, authority);
  const host = await TestHost.register(world, version, [authority]);
  const papers = await host.papers();
  const first = await ask(authority, papers);
  const again = await Promise.all(Array.from({ length: 8 }, () => ask(authority, papers)));
  for (const one of again) expect(one.bytes).toEqual(first.bytes);
  expect(await decisionsOf(world, authority)).toEqual(["permit"]);
  // A clock that steps back makes an ended request fresh again: still the same answer.
  world.now += 300_001;
  await expect(ask(authority, papers)).rejects.toMatchObject({ code: "CLOCK_UNTRUSTED" });
  await ask(authority, await host.papers());
  world.now -= 5_000;
  expect((await ask(authority, papers)).bytes).toEqual(first.bytes);
  expect(await decisionsOf(world, authority)).toEqual(["permit", "deny"]);
});
