import { randomBytes, toHex } from "@fogbound/crypto";
import { batch, type Verdict } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { verdictOf } from "./kit/audits.js";
import { World } from "./kit/world.js";

/** An access whose record its host holds back from the harmonizer until the authority has answered. */
async function heldBack(receipt: Uint8Array | null): Promise<[Verdict["outcome"], string[]]> {
  const world = await World.create({ breakGlass: { releases: 1, seconds: 60 } });
  const asked = await world.ask({ unrecorded: true, fresh: true });
  const { request, session, hash } = asked;
  const place = { address: "10.0.0.7", country: null };
  const body = { kind: "asked", time: world.now, opening: randomBytes(32), request, session, place } as const;
  const at = world.at();
  const { headers, name } = await world.host.write([{ body, requestHash: hash }], at, { sequenced: false });
  const { statement } = batch.decode(world.hostStore.get(name) ?? new Uint8Array(0));
  const recorded = { ...asked, header: world.host.tip.hash };
  const answer = await world.answer(recorded, { body: { receipt, leaseSeconds: 0 } });
  const entry = { kind: "batch", capsule: world.capsule.id, version: at.version, statement, headers } as const;
  await world.log.sequence([{ ...entry, ordinals: [[]] }], world.tick());
  await world.deliver(recorded, [answer]);
  await world.anchor();
  const { outcome, findings } = await verdictOf(world);
  const named = (text: string): string => text.replaceAll(toHex(hash), "R").replaceAll(world.capsule.authority, "A");
  return [outcome, findings.map(({ code, severity, sentence }) => `${code} ${severity}: ${named(sentence)}`)];
}

describe("An authority that answers before the record is under a receipt", () => {
  it("contradicts its journal, where that names a receipt: the log has the entry first", async () => {
    expect(await heldBack(randomBytes(32))).toEqual([
      "broken",
      [
        "ANSWER_CONTRADICTED broken: A answered under another receipt than was given for the record that it names.",
        "ANSWER_CONTRADICTED broken: A answered before the record that it names was under a receipt.",
      ],
    ]);
  });

  it("has said so in an outage, where its journal names none: that is told by itself", async () => {
    const [outcome, findings] = await heldBack(null);
    expect([outcome, findings.map((one) => one.split(" ").slice(0, 2).join(" "))]).toEqual([
      "repaired",
      ["BREAK_GLASS repaired:"],
    ]);
  });
});
