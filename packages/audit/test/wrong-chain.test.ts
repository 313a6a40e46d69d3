import { randomBytes } from "@fogbound/crypto";
import { type AnsweredBody, type AskedBody, type DeliveredBody, hashOf, type RegisteredBody } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { verdictOf } from "./kit/audits.js";
import type { AskedAccess } from "./kit/world.js";
import { World } from "./kit/world.js";

const place = { address: null, country: null };

function asked(world: World, { request, session }: AskedAccess): AskedBody {
  return { kind: "asked", time: world.now, opening: randomBytes(32), request, session, place };
}

function answered(world: World, { request, session, header }: AskedAccess): AnsweredBody {
  const of = { time: world.now, opening: randomBytes(32), request, session, place, header, receipt: header } as const;
  const decided = { decision: "deny", reason: "no rule permits", variant: null, leaseSeconds: 0, share: null } as const;
  return { kind: "answered", ...of, ...decided };
}

function delivered(world: World, { hash }: AskedAccess): DeliveredBody {
  const of = { time: world.now, opening: randomBytes(32), request: hash, answers: [], outcome: "denied" } as const;
  return { kind: "delivered", ...of, ranges: [], bytes: 0, acknowledgement: null };
}

function registered(world: World): RegisteredBody {
  const registration = world.host.registration ?? new Uint8Array(0);
  const manifest = world.current.hash;
  return { kind: "registered", time: world.now, opening: randomBytes(32), registration, manifest, released: true };
}

describe("a record in a chain where its kind has no place", () => {
  it.each([
    ["asked", "journal", "REQUEST_FORGED"],
    ["delivered", "journal", "DELIVERY_UNASKED"],
    ["answered", "host", "ANSWER_FORGED"],
    ["registered", "host", "INSTANCE_UNREGISTERED"],
  ] as const)("%s in a %s's is broken, by %s, and is taken for nothing", async (kind, chain, code) => {
    const world = await World.create();
    const access = await world.ask();
    const requestHash = kind === "registered" ? hashOf(registered(world).registration) : access.hash;
    const bodies = { asked, answered, delivered, registered };
    const written = await world[chain].write([{ body: bodies[kind](world, access), requestHash }], world.at());
    await world.anchor();
    const verdict = await verdictOf(world);
    expect(verdict.outcome).toBe("broken");
    const [finding, ...more] = verdict.findings.filter((one) => one.code === code);
    expect(more).toEqual([]);
    const where = chain === "journal" ? "stands in a journal." : "stands in a host's chain.";
    expect(finding?.sentence).toBe(`Record ${world[chain].number} (${kind}) of ${world[chain].instance} ${where}`);
    const hash = Buffer.from(written.hashes[0] ?? []).toString("hex");
    expect(finding?.evidence).toEqual([`header sha256 ${hash}`]);
    expect(verdict.findings.filter((one) => one.severity === "broken")).toHaveLength(1);
  });
});
