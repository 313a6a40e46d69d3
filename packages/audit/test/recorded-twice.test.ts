import { toHex } from "@fogbound/crypto";
import { hostIdOf, type Session, session, type Verdict } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { verdictOf } from "./kit/audits.js";
import { hostKey, stranger } from "./kit/keys.js";
import { type AskedAccess, World } from "./kit/world.js";

const byHost = { heldBy: "host", host: hostIdOf(hostKey.publicKey) } as const;

/** Another session with the key of one that somebody has. */
function copied(one: Uint8Array, changes: Partial<Session>, key = hostKey): Promise<Uint8Array> {
  return session.sign({ ...session.read(one).value, ...changes }, key);
}

/** What is said of a request that is recorded a second time, while its access is open or when it has ended. */
async function said(
  isLate: boolean,
  again: (world: World, asked: AskedAccess) => Promise<AskedAccess>,
): Promise<[Verdict["outcome"], string[]]> {
  const world = await World.create();
  const asked = await world.ask();
  const answer = await world.answer(asked);
  if (isLate) await world.deliver(asked, [answer]);
  await world.recordAsked(await again(world, asked));
  if (!isLate) await world.deliver(asked, [answer]);
  return verdict(world, asked);
}

async function verdict(world: World, { hash }: AskedAccess): Promise<[Verdict["outcome"], string[]]> {
  await world.anchor();
  const { outcome, findings } = await verdictOf(world);
  return [
    outcome,
    findings.map(({ code, severity, sentence }) => `${code} ${severity}: ${sentence.replaceAll(toHex(hash), "R")}`),
  ];
}

describe("A request that is recorded twice", () => {
  for (const isLate of [false, true]) {
    const when = isLate ? "when its access has ended" : "while its access is open";

    it(`may be, ${when}: a host tries again what failed half-way`, async () => {
      expect(await said(isLate, async (_, asked) => asked)).toEqual(["proved", []]);
    });

    it(`is none that another instance may record, ${when}`, async () => {
      const again = async (world: World, asked: AskedAccess): Promise<AskedAccess> => ({
        ...asked,
        host: await world.start(),
      });
      expect(await said(isLate, again)).toEqual([
        "broken",
        ["REQUEST_FORGED broken: Request R was made to another capsule or instance."],
      ]);
    });

    it(`is not another reader's the second time, ${when}`, async () => {
      for (const key of [hostKey, stranger]) {
        const again = async (_: World, asked: AskedAccess): Promise<AskedAccess> => ({
          ...asked,
          session: await copied(asked.session, { ...byHost, subject: "local#other" }, key),
        });
        expect(await said(isLate, again)).toEqual([
          "broken",
          ["REQUEST_FORGED broken: The sessions of local#reader and of local#other have one key."],
        ]);
      }
    });

    it(`is under a session that can be read, and signed it, ${when}`, async () => {
      const unread = async (_: World, asked: AskedAccess): Promise<AskedAccess> => ({
        ...asked,
        session: Uint8Array.of(1),
      });
      expect(await said(isLate, unread)).toEqual([
        "broken",
        ["REQUEST_FORGED broken: Request R or its session cannot be read."],
      ]);
      const other = async (_: World, asked: AskedAccess): Promise<AskedAccess> => ({
        ...asked,
        session: await copied(asked.session, { key: stranger.publicKey }),
      });
      expect(await said(isLate, other)).toEqual([
        "broken",
        ["REQUEST_FORGED broken: Request R is not signed by the reader's session."],
      ]);
    });
  }
});

describe("Two readers' sessions with one key", () => {
  it("are told: whoever records a request of one could call it the other's", async () => {
    const world = await World.create();
    const open = await world.openSession();
    await world.access();
    Object.assign(open, { bytes: await copied(open.bytes, { ...byHost, subject: "local#other" }) });
    const asked = await world.access();
    expect(await verdict(world, asked)).toEqual([
      "broken",
      ["REQUEST_FORGED broken: The sessions of local#reader and of local#other have one key."],
    ]);
  });

  it("are none when one reader signs in twice", async () => {
    const world = await World.create();
    const open = await world.openSession();
    await world.access();
    Object.assign(open, { bytes: await copied(open.bytes, byHost) });
    expect(await verdict(world, await world.access())).toEqual(["proved", []]);
  });
});
