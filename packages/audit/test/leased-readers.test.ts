import { toHex } from "@fogbound/crypto";
import { hostIdOf, randomIdentifier, type Verdict } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { lateness } from "../src/leases.js";
import { verdictOf } from "./kit/audits.js";
import { hostKey, stranger } from "./kit/keys.js";
import { type AskOptions, World } from "./kit/world.js";

/** What is said of a second request that is served under the answer to the first, without asking: S the second. */
async function said(
  use: (world: World) => Promise<AskOptions> | AskOptions,
  prepare?: (world: World) => Promise<unknown>,
): Promise<[Verdict["outcome"], string[]]> {
  const world = await World.create();
  await prepare?.(world);
  const granted = await world.ask();
  const answer = await world.answer(granted);
  await world.deliver(granted, [answer]);
  const served = await world.ask(await use(world));
  await world.deliver(served, [answer]);
  await world.anchor();
  const { outcome, findings } = await verdictOf(world);
  const named = (text: string): string =>
    text.replaceAll(toHex(served.hash), "S").replaceAll(world.capsule.authority, "A");
  return [outcome, findings.map(({ code, severity, sentence }) => `${code} ${severity}: ${named(sentence)}`)];
}

const unvouched = "REQUEST_FORGED broken: Nobody vouches for the reader of request S, served without asking.";
const ended = "REQUEST_FORGED broken: Request S was served without asking when its session had ended.";

describe("A reader who is served under an earlier answer", () => {
  it("may come in another session, vouched for as he must be", async () => {
    expect(await said(() => ({ fresh: true }))).toEqual(["proved", []]);
    const session = { heldBy: "host", host: hostIdOf(hostKey.publicKey) } as const;
    expect(await said(() => ({ session, sessionSigner: hostKey }))).toEqual(["proved", []]);
  });

  it("is nobody whom the host names in a session of its own making", async () => {
    expect(await said(() => ({ sessionSigner: stranger }))).toEqual(["broken", [unvouched]]);
    expect(await said(() => ({ sessionSigner: hostKey }))).toEqual(["broken", [unvouched]]);
  });

  it("does not come in a session that was meant for somebody else", async () => {
    const other = randomIdentifier("aut");
    expect(await said(() => ({ session: { audience: [other] } }))).toEqual([
      "broken",
      ["REQUEST_FORGED broken: Request S was served under an answer by A, for which its session was not meant."],
    ]);
  });

  it("does not come in a session that has ended, by the host's clock or the harmonizer's", async () => {
    expect(await said(({ now }) => ({ session: { expires: now } }))).toEqual(["broken", [ended]]);
    expect(await said(({ now }) => ({ session: { expires: now + 1 } }))).toEqual(["proved", []]);
    const early = (world: World, by: number): AskOptions => {
      const time = world.now;
      world.now += by; // the record comes with the next tick of the harmonizer's clock
      return { session: { expires: time + 1 }, asked: { time }, request: { time } };
    };
    expect(await said((world) => early(world, lateness - 98))).toEqual(["broken", [ended]]);
    expect(await said((world) => early(world, lateness - 99))).toEqual(["proved", []]);
  });

  it("signed over the manifest that is in force", async () => {
    const renew = async (world: World): Promise<void> => {
      await world.publish(await world.capsule.manifest(world.current));
      await world.journal.begin(world.current, world.tick());
      await world.start();
    };
    const first = ({ current }: World): AskOptions => {
      const { previous } = current.value;
      return previous === null ? {} : { request: { manifest: previous } };
    };
    const [outcome, findings] = await said(first, renew);
    expect(outcome).toBe("broken");
    expect(findings).toContain(
      "ANSWER_CONTRADICTED broken: Request S was served under an answer to another request, which is no lease for it.",
    );
    expect(await said(() => ({}), renew)).toEqual(["proved", []]);
  });
});
