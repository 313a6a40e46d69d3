import { toHex } from "@fogbound/crypto";
import { type AnsweredBody, batch, layout, type RecordHeader, recordHeader } from "@fogbound/protocol";
import { beforeAll, describe, expect, it } from "vitest";
import { type Access, newAccess, type Settled } from "../src/access.js";
import { Chain } from "../src/chains.js";
import { Leases, lateness } from "../src/leases.js";
import { type AskedAccess, World } from "./kit/world.js";

const granted = 1_000_000;

let world: World;
let asked: AskedAccess;
let header: RecordHeader;

beforeAll(async () => {
  world = await World.create();
  asked = await world.ask();
  const { instance } = world.host;
  const { headers } = batch.decode(world.hostStore.get(layout.batch(instance, 1, 1)) ?? new Uint8Array(0));
  header = recordHeader.decode(headers[0] ?? new Uint8Array(0));
});

/** What journals say of an access: of each, how it was decided, and for how long. */
function answered(id: string, ...answers: readonly Partial<AnsweredBody>[]): Access {
  const access = newAccess(id, 0);
  const { authority } = world.capsule;
  const stand = { chain: new Chain(world.journal.instance, authority, 0, null), leaf: 0, version: 1, time: granted };
  for (const changes of answers) {
    const body: AnsweredBody = {
      kind: "answered",
      time: granted,
      opening: new Uint8Array(32),
      request: asked.request,
      session: asked.session,
      place: { address: null, country: null },
      header: asked.header,
      receipt: null,
      decision: "permit",
      reason: "policy0",
      variant: world.capsule.content,
      leaseSeconds: 60,
      share: null,
      ...changes,
    };
    access.answered.push({
      kind: "answered",
      id,
      body,
      papers: null,
      authority,
      stand: { ...stand, header, hash: id },
    });
  }
  return access;
}

function settled(what: string): Settled {
  const { instance } = world.host;
  return { headers: [], place: "", subject: "local#reader", instance, what, version: 1, isDenied: false, entry: null };
}

function keeping(...all: readonly Access[]): Leases {
  const leases = new Leases();
  for (const access of all) leases.keep(access, settled(access.id));
  return leases;
}

const last = granted + 60_000 + 2 * lateness;

describe("What is remembered as a lease", () => {
  it("is a permit with one, and what it was for", () => {
    const leases = keeping(answered("a", {}), answered("b", { leaseSeconds: 1 }));
    expect(leases.find("a")).toEqual(settled("a"));
    expect(leases.find("b")).toEqual(settled("b"));
    expect(leases.find(toHex(asked.hash))).toBeNull();
  });

  it("is no denial, no challenge, no permit without one, and nothing unanswered", () => {
    const denial = answered("a", { decision: "deny" });
    const challenge = answered("b", { decision: "challenge" });
    const once = answered("c", { leaseSeconds: 0 });
    const leases = keeping(denial, challenge, once, answered("d"));
    for (const id of ["a", "b", "c", "d"]) expect(leases.find(id)).toBeNull();
  });

  it("is forgotten when no record can come under it any more, and not a millisecond before", () => {
    const leases = keeping(answered("a", {}), answered("b", { time: granted + 1 }));
    leases.drop(last);
    expect(leases.find("a")).not.toBeNull();
    leases.drop(last + 1);
    expect(leases.find("a")).toBeNull();
    expect(leases.find("b")).not.toBeNull();
  });

  it("lasts as long as the longest of several authorities' permits", () => {
    for (const order of [
      [60, 1],
      [1, 60],
    ]) {
      const leases = keeping(answered("a", ...order.map((leaseSeconds) => ({ leaseSeconds }))));
      leases.drop(last);
      expect(leases.find("a")).not.toBeNull();
      leases.drop(last + 1);
      expect(leases.find("a")).toBeNull();
    }
    const denied = keeping(answered("a", { leaseSeconds: 1 }, { decision: "deny", leaseSeconds: 60 }));
    denied.drop(last);
    expect(denied.find("a")).toBeNull();
  });
});
