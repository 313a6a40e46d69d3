import type { ProfiledAccess } from "@fogbound/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { readerMemory } from "../../src/guard/memory.js";
import { Guard } from "../../src/index.js";
import { judge, profileFormat } from "../../src/profile/index.js";
import { emptyBaseline } from "../../src/profile/profile.js";
import { access as eventOf } from "../profile/kit/reader.js";
import {
  accessOf,
  ann,
  hour,
  items,
  minute,
  newWorld,
  replyTo,
  rightAnswer,
  sweepUntilNoticed,
  type World,
  workForAMonth,
} from "./kit.js";

const elsewhere = { address: "203.0.113.9", country: "AT" };
const atHome = { address: "192.0.2.7", country: "AT" };

let world: World;
let guard: Guard;
/** When ann, who was asked in the middle of a sweep of her own, has answered rightly; and how far she was. */
let answered: { readonly at: number; readonly time: number };

/** An item of a folder that ann has never opened. */
function foreign(number: number, time: number, place: ProfiledAccess["place"]): ProfiledAccess {
  const access = accessOf(world, { at: number % items, time });
  return { ...access, place, item: { ...access.item, name: `board/minutes-${number}.csv` } };
}

/** Somebody takes one foreign item after another. @returns how many he was given; null when he was not asked */
async function servedBeside(from: number, place: ProfiledAccess["place"]): Promise<number | null> {
  for (let number = 0; number < 100; number++) {
    const { verdict } = await guard.judge(foreign(number, from + number * 4000, place), world.hands);
    if (verdict.step !== "calm") return number;
  }
  return null;
}

/** Whether the folder counts as one that ann opens, by what is saved of her. */
function isLearnt(folder: string): boolean {
  const saved = world.memory.saved.get(`reader/${ann}`);
  if (saved === undefined) throw new Error("Expected ann to be remembered.");
  const profile = profileFormat.decode(readerMemory.decode(saved.bytes).profile);
  const event = eventOf(answered.time, `${folder}/minutes-1.csv`, { group: world.capsule });
  return !judge(profile, emptyBaseline(), event).observation.content.newFolder;
}

beforeEach(async () => {
  world = await newWorld();
  guard = new Guard();
  const noticed = await sweepUntilNoticed(guard, world, await workForAMonth(guard, world));
  const time = noticed.time + minute;
  const reply = replyTo(noticed.request, rightAnswer);
  const { verdict } = await guard.judge(accessOf(world, { at: noticed.at, time, reply }), world.hands);
  expect(verdict.step).toBe("passed");
  answered = { at: noticed.at, time };
});

describe("a right answer", () => {
  it("speaks for the rest of what she was at: not one more question, at once or some hours later", async () => {
    for (let at = answered.at + 1, time = answered.time; at < items; at++) {
      time += at % 10 === 0 ? hour : 4000;
      const { verdict } = await guard.judge(accessOf(world, { at, time }), world.hands);
      expect(verdict.step).toBe("calm");
    }
    await guard.close();
    expect(isLearnt("folder-0")).toBe(true);
  });

  it.each([
    ["from another network", elsewhere],
    ["from her own network", atHome],
  ])("does not speak for a thief beside her who takes another folder %s: he is asked", async (_where, place) => {
    const served = await servedBeside(answered.time + hour, place);
    expect(served).not.toBeNull();
    expect(served).toBeLessThan(items / 2);
    await guard.close();
    expect(isLearnt("board")).toBe(false);
  });

  it("teaches nothing of what somebody did elsewhere before it", async () => {
    const served = await servedBeside(answered.time + hour, elsewhere);
    const time = answered.time + hour + (served ?? 0) * 4000 + minute;
    const asked = accessOf(world, { at: 0, time });
    expect((await guard.judge(asked, world.hands)).verdict.step).toBe("challenged");
    const reply = replyTo(asked.request, rightAnswer);
    const { verdict } = await guard.judge(accessOf(world, { at: 0, time: time + minute, reply }), world.hands);
    expect(verdict.step).toBe("passed");
    await guard.close();
    expect([isLearnt("board"), isLearnt("folder-0")]).toEqual([false, true]);
  });
});

it("the owner's word speaks for all that surprised, wherever it came from", async () => {
  const served = await servedBeside(answered.time + hour, elsewhere);
  const time = answered.time + hour + (served ?? 0) * 4000 + minute;
  await guard.trust(world.owner, ann, time, world.hands);
  expect(isLearnt("board")).toBe(true);
});
