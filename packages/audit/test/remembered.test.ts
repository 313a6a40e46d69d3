import { toHex } from "@fogbound/crypto";
import { describe, expect, it } from "vitest";
import { type Audit, verify } from "../src/index.js";
import { type AskedAccess, World } from "./kit/world.js";

const window = 3;

async function audited(world: World): Promise<Audit> {
  await world.anchor();
  return verify(await world.evidence(), { readKeys: [world.capsule.owner] }, { window });
}

async function said(world: World, asked: AskedAccess): Promise<string[]> {
  const { outcome, findings } = await (await audited(world)).verdict();
  const named = (text: string): string =>
    text.replaceAll(toHex(asked.hash), "R").replaceAll(world.capsule.authority, "A");
  return [outcome, ...findings.map(({ code, sentence }) => `${code}: ${named(sentence)}`)];
}

/** So many others come and end that a memory of everything would have to be as long as the history. */
async function busy(world: World, times: number = 4): Promise<void> {
  for (let count = 0; count < times * window; count++) await world.access({ fresh: true });
}

describe("An access that goes on while many others come and end", () => {
  it("is ended late, and all right: a download may take as long as it takes", async () => {
    const world = await World.create();
    const asked = await world.ask();
    const answer = await world.answer(asked);
    await busy(world);
    await world.deliver(asked, [answer]);
    expect(await said(world, asked)).toEqual(["proved"]);
  });

  it("may be read again and again, if never so long a time lies between that it is forgotten", async () => {
    const world = await World.create();
    const asked = await world.ask();
    const answer = await world.answer(asked);
    await world.deliver(asked, [answer]);
    await world.access({ fresh: true });
    for (let count = 0; count < 3; count++) {
      await world.deliver(asked, [answer]);
      await busy(world);
    }
    expect(await said(world, asked)).toEqual(["proved"]);
  });

  it("is not served in the end on a denial, which the journal had long before", async () => {
    const world = await World.create();
    const asked = await world.ask();
    const denial = await world.answer(asked, { body: { decision: "deny" } });
    await busy(world);
    await world.deliver(asked, [denial]);
    expect(await said(world, asked)).toEqual([
      "broken",
      "ANSWER_CONTRADICTED: The host served request R after it had ended without the permits that takes.",
    ]);
  });

  it("may be denied in the end, as the journal had it long before", async () => {
    const world = await World.create();
    const asked = await world.ask();
    const denial = await world.answer(asked, { body: { decision: "deny" } });
    await busy(world);
    await world.deliver(asked, [denial], { outcome: "denied", ranges: [], bytes: 0 });
    expect(await said(world, asked)).toEqual(["proved"]);
  });

  it("is forgotten when it ended and nothing came of it for so long: a delivery under it is one that nobody asked for", async () => {
    const world = await World.create();
    const asked = await world.ask();
    const answer = await world.answer(asked);
    await world.deliver(asked, [answer]);
    await busy(world);
    await world.deliver(asked, [answer]);
    expect(await said(world, asked)).toEqual([
      "broken",
      "DELIVERY_UNASKED: A delivery for request R was recorded, and not the request.",
      "ANSWER_MISSING: A signed an answer to request R that its journal does not have.",
    ]);
  });
});
