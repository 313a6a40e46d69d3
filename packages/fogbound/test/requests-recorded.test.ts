import { nowhere } from "@fogbound/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Capsule, FogboundError, type HostSession, Policy, Reader } from "../src/index.js";
import { textItem, viewers } from "./kit.js";
import { type Outages, outages } from "./outage-kit.js";
import { liar, parties, sessionOf } from "./parties.js";

const items = [textItem("a.txt", "in the dark")] as const;
const left = new Error("no longer waiting");

describe("No request of a session is left out", () => {
  let all: Outages;
  beforeEach(async () => {
    all = await outages();
  });
  afterEach(() => all.close());

  const ask = (session: HostSession, capsule: Capsule, signal?: AbortSignal) =>
    all.host.access(
      session,
      { capsule: capsule.id, item: "a.txt", action: "view" },
      signal === undefined ? {} : { signal },
    );

  async function missing(capsule: Capsule): Promise<readonly string[]> {
    await all.hands.run();
    const { findings } = await (await all.owner.audit(capsule.id)).verdict();
    return findings.filter(({ code }) => code !== "ANSWER_MISSING").map(({ sentence }) => sentence);
  }

  it("when accesses are given up, wherever they have come to", async () => {
    const capsule = await all.seal(null);
    const session = await sessionOf(all.host);
    await ask(session, capsule);
    for (let turns = 0; turns < 24; turns++) {
      const leaving = new AbortController();
      const asked = ask(session, capsule, leaving.signal).catch((error: unknown) => error);
      for (let turn = 0; turn < turns; turn++) await (turn % 2 ? new Promise(setImmediate) : null);
      leaving.abort(left);
      await asked;
    }
    expect((await ask(session, capsule)).outcome).toBe("permitted");
    expect(await missing(capsule)).toEqual([]);
  });
});

it("No request is left out that waits in line as the harmonizer goes away", async () => {
  const all = await parties();
  let isAway = false;
  let lose = (): void => undefined;
  let reached = (): void => undefined;
  const host = await all.newHost({
    harmonizer: (real) =>
      liar(real, {
        submitBatch: async (bytes, waiting) => {
          if (!isAway) return real.submitBatch(bytes, waiting);
          await new Promise<void>((resolve) => {
            lose = resolve;
            reached();
          });
          throw new FogboundError("HARMONIZER_UNREACHABLE", "the connection was reset");
        },
      }),
  });
  const capsule = await all.owner.seal({ items, policy: viewers });
  const session = await sessionOf(host);
  const ask = () => host.access(session, { capsule: capsule.id, item: "a.txt", action: "view" });
  const hangs = (): Promise<void> =>
    new Promise((resolve) => {
      reached = resolve;
    });
  await ask();
  isAway = true;
  const first = hangs();
  const asked = [ask(), ask(), ask(), ask()];
  await first;
  // The others sign, and wait for the batch before them.
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
  const again = hangs();
  lose();
  await again;
  lose();
  const refused = await Promise.allSettled(asked);
  expect(refused.map(({ status }) => status)).toEqual(asked.map(() => "rejected"));
  isAway = false;
  all.clock.turn(120_000);
  expect((await ask()).outcome).toBe("permitted");
  await host.close();
  const { findings } = await (await all.owner.audit(capsule.id)).verdict();
  expect(findings.map(({ code }) => code)).toEqual(asked.map(() => "ANSWER_MISSING"));
  await all.close();
});

describe("One login that is used on two capsules", () => {
  it.each(["host", "reader"] as const)(
    "leaves no request out of either, its session being held by the %s",
    async (by) => {
      const all = await parties();
      const policy = Policy.allow({ readers: ["local#reader", "local#holder"], actions: ["view"] });
      const [one, other] = [await all.owner.seal({ items, policy }), await all.owner.seal({ items, policy })];
      const session = await sessionOf(all.host);
      const reader = await Reader.open({
        subject: "local#holder",
        keys: { signing: all.readerKey },
        audience: [all.authorityKeys.id],
        clock: all.clock.now,
      });
      const wish = { item: "a.txt", action: "view" } as const;
      for (const { id: capsule } of [one, other, other, one]) {
        const asked =
          by === "host"
            ? all.host.access(session, { capsule, ...wish })
            : all.host.accessSigned(await reader.request(await all.host.offer(capsule), wish), nowhere);
        const access = await asked;
        if (access.outcome !== "permitted") throw new Error(`Expected permission, got ${access.outcome}.`);
        await access.end();
      }
      await all.host.close();
      for (const { id } of [one, other]) {
        const { outcome, findings } = await (await all.owner.audit(id)).verdict();
        expect([outcome, findings]).toEqual(["proved", []]);
      }
      await all.close();
    },
  );
});
