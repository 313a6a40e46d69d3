import { toHex } from "@fogbound/crypto";
import type { AnsweredBody } from "@fogbound/protocol";
import { beforeAll, describe, expect, it } from "vitest";
import { type Access, newAccess } from "../src/access.js";
import { Leases, lateness, leaseOf } from "../src/leases.js";
import { openedIn, theOnly } from "./kit/opened.js";
import { World } from "./kit/world.js";

const granted = 1_000_000;

let world: World;
let asked: Access["asked"][number];
let entry: Access["answered"][number];

beforeAll(async () => {
  world = await World.create();
  await world.answer(await world.ask());
  const { records } = await openedIn(world);
  asked = theOnly(records, "asked");
  entry = theOnly(records, "answered");
});

/** An access that a host recorded, and what journals say of it: of each, how it was decided, and for how long. */
function answered(id: string, ...answers: readonly Partial<AnsweredBody>[]): Access {
  const access = newAccess(id, 0);
  access.asked.push(asked);
  for (const changes of answers) {
    const body = { ...entry.body, time: granted, leaseSeconds: 60, ...changes };
    access.answered.push({ ...entry, body, stand: { ...entry.stand, hash: id } });
  }
  return access;
}

function keeping(...all: readonly Access[]): Leases {
  const leases = new Leases();
  for (const access of all) leases.keep(access.id, leaseOf(access));
  return leases;
}

const last = granted + 60_000 + 2 * lateness;

describe("What is remembered as a lease", () => {
  it("is a permit with one, and what it was for", () => {
    const leases = keeping(answered("a", {}), answered("b", { leaseSeconds: 1 }));
    const { authority, item } = world.capsule;
    const { instance } = world.host;
    const place = "10.0.0.7 nowhere";
    const covers = JSON.stringify([
      "local#reader",
      instance,
      item,
      "view",
      null,
      place,
      place,
      1,
      toHex(world.current.hash),
    ]);
    expect(leases.find("a")).toMatchObject({
      covers,
      grants: [{ authority, journal: "a", terms: { leaseSeconds: 60 } }],
    });
    expect(leases.find("b")).toMatchObject({
      covers,
      grants: [{ authority, journal: "b", terms: { leaseSeconds: 1 } }],
    });
    expect(leases.find(asked.id)).toBeNull();
  });

  it("is no denial, no challenge, no permit without one, and nothing unanswered", () => {
    const denial = answered("a", { decision: "deny" });
    const challenge = answered("b", { decision: "challenge" });
    const once = answered("c", { leaseSeconds: 0 });
    const leases = keeping(denial, challenge, once, answered("d"));
    for (const id of ["a", "b", "c", "d"]) expect(leases.find(id)).toBeNull();
  });

  it("is nothing that no host recorded, nor what nobody can read", () => {
    const unasked = answered("a", {});
    unasked.asked.length = 0;
    const unread = newAccess("b", 0);
    unread.asked.push({ ...asked, papers: null });
    unread.answered.push({ ...entry, papers: null });
    expect([leaseOf(unasked), leaseOf(unread)]).toEqual([null, null]);
  });

  it("is forgotten when no record can come under it any more, and not a millisecond before", () => {
    const leases = keeping(answered("a", {}), answered("b", { time: granted + 1 }));
    leases.drop(last);
    expect(leases.find("a")).not.toBeNull();
    leases.drop(last + 1);
    expect(leases.find("a")).toBeNull();
    expect(leases.find("b")).not.toBeNull();
  });

  it("lasts as long as the longest of several authorities' permits, whenever they came", () => {
    for (const order of [
      [60, 1],
      [1, 60],
    ]) {
      const answers = order.map((leaseSeconds) => ({ leaseSeconds }));
      for (const leases of [keeping(answered("a", ...answers)), keeping(...answers.map((one) => answered("a", one)))]) {
        expect(leases.find("a")?.grants.map(({ terms }) => terms.leaseSeconds)).toEqual(order);
        leases.drop(last);
        expect(leases.find("a")).not.toBeNull();
        leases.drop(last + 1);
        expect(leases.find("a")).toBeNull();
      }
    }
    const denied = keeping(answered("a", { leaseSeconds: 1 }, { decision: "deny", leaseSeconds: 60 }));
    denied.drop(last);
    expect(denied.find("a")).toBeNull();
  });

  it("keeps nothing of the batch that it was read from", () => {
    const batchBytes = Buffer.alloc(1 << 20);
    const header = batchBytes.subarray(0, 32);
    const share = batchBytes.subarray(32, 64);
    const [grant] = keeping(answered("a", { header, share, receipt: share })).find("a")?.grants ?? [];
    for (const bytes of [grant?.terms.header, grant?.terms.share, grant?.terms.receipt])
      expect(bytes?.buffer.byteLength).toBe(32);
  });
});
