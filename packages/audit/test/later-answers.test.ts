import { toHex } from "@fogbound/crypto";
import { type Answer, randomIdentifier, type Verdict } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { verify } from "../src/index.js";
import { type AskedAccess, World } from "./kit/world.js";

interface Ended {
  readonly world: World;
  readonly asked: AskedAccess;
  readonly answer: Uint8Array;
}

/** An access that has come to its end, as its host has it. */
async function ended(decision: "permit" | "deny" | "challenge", world?: World): Promise<Ended> {
  const here = world ?? (await World.create());
  const asked = await here.ask();
  const answer = await here.answer(asked, { body: { decision } });
  const outcome = ({ permit: "delivered", deny: "denied", challenge: "challenged" } as const)[decision];
  await here.deliver(asked, [answer], decision === "permit" ? {} : { outcome, bytes: 0 });
  return { world: here, asked, answer };
}

async function said({ world, asked }: Omit<Ended, "answer">, window = 100): Promise<[Verdict["outcome"], string[]]> {
  await world.anchor();
  const audit = verify(await world.evidence(), { readKeys: [world.capsule.owner] }, { window });
  const { outcome, findings } = await audit.verdict();
  const named = (text: string): string =>
    text.replaceAll(toHex(asked.hash), "R").replaceAll(world.capsule.authority, "A");
  return [outcome, findings.map(({ code, severity, sentence }) => `${code} ${severity}: ${named(sentence)}`)];
}

const others =
  "ANSWER_CONTRADICTED broken: The host shows other answers for request R than at first: what was answered is not what it serves under.";

describe("A delivery that comes after an access came to its end", () => {
  it("is not under an answer that its authority signed and never journaled", async () => {
    const secret: readonly Partial<Answer>[] = [{}, { variant: randomIdentifier("cnt") }, { leaseSeconds: 3600 }];
    for (const changes of secret) {
      const one = await ended("permit");
      const { world, asked } = one;
      await world.deliver(asked, [await world.answer(asked, { unjournaled: true, answer: changes })]);
      expect(await said(one)).toEqual(["broken", [others]]);
    }
  });

  it("is not under an answer to another request, nor under none", async () => {
    const one = await ended("permit");
    const other = await ended("permit", one.world);
    await one.world.deliver(one.asked, [other.answer]);
    expect(await said(one)).toEqual(["broken", [others]]);
    const two = await ended("permit");
    await two.world.deliver(two.asked, []);
    expect(await said(two)).toEqual(["broken", [others]]);
  });

  it("is under the same answers, in any order and as often as the host likes to show them", async () => {
    const one = await ended("permit");
    const { world, asked, answer } = one;
    await world.deliver(asked, [answer, answer]);
    expect(await said(one)).toEqual(["proved", []]);
    const leased = await world.ask();
    await world.deliver(leased, [answer]);
    await world.deliver(leased, [answer]);
    expect(await said({ world, asked: leased })).toEqual(["proved", []]);
  });

  it("is held against the journal where it is the first, and comes when others have filled the window", async () => {
    for (const isOther of [false, true]) {
      const world = await World.create();
      const asked = await world.ask();
      const journaled = await world.answer(asked);
      for (let count = 0; count < 4; count++) await world.access({ fresh: true });
      await world.deliver(asked, [isOther ? await world.answer(asked, { unjournaled: true }) : journaled]);
      expect(await said({ world, asked }, 2)).toEqual(isOther ? ["broken", [others]] : ["proved", []]);
    }
  });
});

describe("A permit that a journal has when the host has recorded a refusal", () => {
  const besides = "ANSWER_CONTRADICTED broken: The host says request R was refused; A permitted it besides.";

  it("contradicts it, however it was refused", async () => {
    for (const decision of ["deny", "challenge"] as const) {
      const one = await ended(decision);
      await one.world.answer(one.asked);
      expect(await said(one)).toEqual(["broken", [besides]]);
    }
  });

  it("is none when the entry says no once more", async () => {
    const one = await ended("deny");
    await one.world.answer(one.asked, { body: { decision: "deny" } });
    expect(await said(one)).toEqual(["proved", []]);
  });
});
