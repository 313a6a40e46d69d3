import { describe, expect, it } from "vitest";
import { entriesOf, verdictOf } from "./kit/audits.js";
import { stranger } from "./kit/keys.js";
import { type AskOptions, World } from "./kit/world.js";

interface Restart {
  readonly ask?: AskOptions;
  /** What comes between the request that nobody answers and the next instance. */
  readonly between?: (world: World) => Promise<unknown>;
  /** Whether the next instance names the one that asked. */
  readonly isNamed?: boolean;
}

const journalBegins = (world: World): Promise<unknown> => world.journal.begin(world.current, world.tick());

/** A host asks, under no lease, is answered by nobody, begins anew, and asks again. */
async function restarted({ ask = {}, between = journalBegins, isNamed = true }: Restart): Promise<World> {
  const world = await World.create();
  await world.access();
  const { tip } = world.host;
  await world.ask({ fresh: true, request: { purpose: "audit" }, ...ask });
  await between(world);
  await world.start(isNamed ? { previous: tip } : {});
  await world.access();
  await world.anchor();
  return world;
}

async function told(world: World): Promise<readonly string[]> {
  const { outcome, findings } = await verdictOf(world);
  return [outcome, ...findings.map(({ code, severity }) => `${code} ${severity}`)];
}

const missing = ["incomplete", "ANSWER_MISSING incomplete"];

describe("A request that nobody answered", () => {
  it("is no finding when its authority began anew, knew the host's instance no more, and registered the next", async () => {
    const world = await restarted({});
    expect(await told(world)).toEqual(["proved"]);
    expect((await entriesOf(world)).map(({ outcome }) => outcome)).toEqual(["permitted", "asked", "permitted"]);
  });

  it("is no finding when a newer manifest came between the record and the question", async () => {
    const between = async (world: World): Promise<void> => {
      await world.publish(await world.capsule.manifest(world.current));
      await journalBegins(world);
    };
    expect(await told(await restarted({ between }))).toEqual(["proved"]);
  });

  it("is one when the authority's journal just went on: it was there, and knew the instance", async () => {
    expect(await told(await restarted({ between: async () => undefined }))).toEqual(missing);
  });

  it("is one when no instance took the place of the one that asked", async () => {
    expect(await told(await restarted({ isNamed: false }))).toEqual(missing);
  });

  it("is one when it was recorded after that", async () => {
    const world = await World.create();
    await world.access();
    const first = world.host;
    await journalBegins(world);
    await world.start({ previous: first.tip });
    const request = { instance: first.instance, purpose: "audit" };
    const asked = await world.ask({ unrecorded: true, fresh: true, request });
    await world.recordAsked({ ...asked, host: first });
    await world.anchor();
    expect(await told(world)).toEqual(missing);
  });

  it("is one of a reader for whom nobody vouches, whoever began anew", async () => {
    const world = await restarted({ ask: { sessionSigner: stranger } });
    expect(await told(world)).toContain("REQUEST_FORGED incomplete");
  });

  it("is one when the host shows an answer all the same", async () => {
    const between = async (world: World): Promise<void> => {
      const asked = await world.ask();
      await world.deliver(asked, [await world.answer(asked, { unjournaled: true })]);
      await journalBegins(world);
    };
    expect(await told(await restarted({ between }))).toEqual(["broken", "ANSWER_MISSING broken"]);
  });
});
