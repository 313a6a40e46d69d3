import { generateSigningKey, randomBytes } from "@fogbound/crypto";
import { hashOf, hostIdOf, randomIdentifier } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { verify } from "../src/index.js";
import { codesOf, entriesOf, expectFinding, verdictOf } from "./kit/audits.js";
import { hostKey, stranger } from "./kit/keys.js";
import { iterate, World } from "./kit/world.js";

async function anchoredAfter(lie: (world: World) => Promise<unknown>): Promise<World> {
  const world = await World.create();
  await world.access();
  await lie(world);
  await world.anchor();
  return world;
}

describe("attacks on requests and sessions", () => {
  it("REQUEST_FORGED: not signed by the session key", async () => {
    const world = await anchoredAfter((made) => made.access({ fresh: true, signer: stranger }));
    const verdict = await expectFinding(world, "REQUEST_FORGED", "broken");
    expect(verdict.notProved).toContain("signed-by-readers");
  });

  it("REQUEST_FORGED: to another capsule or another instance", async () => {
    const other = await World.create();
    for (const request of [{ capsule: other.capsule.id }, { instance: other.host.instance }])
      await expectFinding(await anchoredAfter((made) => made.access({ request })), "REQUEST_FORGED", "broken");
  });

  it("REQUEST_FORGED: a record about another request than its header commits to", async () => {
    const world = await anchoredAfter(async (made) => {
      const asked = await made.ask({ unrecorded: true });
      await made.recordAsked({ ...asked, hash: randomBytes(32) });
    });
    await expectFinding(world, "REQUEST_FORGED", "broken");
  });

  it("REQUEST_FORGED: request or session that cannot be read", async () => {
    for (const asked of [{ request: Uint8Array.of(1) }, { session: Uint8Array.of(1) }]) {
      const world = await anchoredAfter(async (made) => {
        const paper = { ...(await made.ask({ unrecorded: true })), ...asked };
        await made.recordAsked({ ...paper, hash: hashOf(paper.request) });
      });
      await expectFinding(world, "REQUEST_FORGED", "broken");
    }
  });

  it("REQUEST_FORGED: a session that was not meant for the authority that answered", async () => {
    const audience = [randomIdentifier("aut")];
    const world = await anchoredAfter((made) => made.access({ session: { audience } }));
    await expectFinding(world, "REQUEST_FORGED", "broken");
  });

  it("REQUEST_FORGED: a reader nobody vouches for was recorded; nothing came of it, and nothing is broken", async () => {
    const world = await anchoredAfter((made) => made.ask({ sessionSigner: stranger }));
    await expectFinding(world, "REQUEST_FORGED", "incomplete");
    const denied = await anchoredAfter((made) => made.denied({ sessionSigner: stranger }));
    expect((await verdictOf(denied)).outcome).toBe("proved");
  });

  it("ANSWER_CONTRADICTED: an authority permitted a reader nobody vouches for", async () => {
    const sessions: readonly Parameters<World["access"]>[0][] = [
      { sessionSigner: stranger },
      { session: { subject: "local#nobody" } },
      { session: { subject: "elsewhere#reader" } },
      { session: { heldBy: "host", host: hostIdOf(stranger.publicKey) }, sessionSigner: stranger },
      { session: { heldBy: "host", host: hostIdOf(hostKey.publicKey) }, sessionSigner: stranger },
      { session: { expires: 1 } },
    ];
    for (const options of sessions)
      await expectFinding(await anchoredAfter((made) => made.access(options)), "ANSWER_CONTRADICTED", "broken");
  });

  it("lists a session that the host held as one", async () => {
    const session = { heldBy: "host", host: hostIdOf(hostKey.publicKey), subject: "local#anyone" } as const;
    const world = await anchoredAfter((made) => made.access({ session, sessionSigner: hostKey }));
    const verdict = await verdictOf(world);
    expect(verdict.outcome).toBe("proved");
    expect(verdict.notes["signed-by-readers"]).toBe("2 requests, 1 of them by sessions that a host held");
    expect((await entriesOf(world)).map(({ heldBy }) => heldBy)).toEqual(["reader", "host"]);
  });

  it("REQUEST_MISSING: one the host left out", async () => {
    const world = await anchoredAfter(async (made) => {
      await made.ask({ unrecorded: true });
      await made.access();
    });
    await expectFinding(world, "REQUEST_MISSING", "incomplete");
  });

  it("REQUEST_MISSING: another request before it than the one recorded, or one counter for two", async () => {
    for (const request of [{ last: new Uint8Array(32) }, { counter: 1 }, { counter: 9 }])
      await expectFinding(await anchoredAfter((made) => made.access({ request })), "REQUEST_MISSING", "incomplete");
  });

  it("does not mind requests of one session that were recorded in another order", async () => {
    const world = await anchoredAfter(async (made) => {
      const early = await made.ask({ unrecorded: true });
      await made.access();
      const asked = { ...early, header: await made.recordAsked(early) };
      await made.deliver(asked, [await made.answer(asked)]);
    });
    expect((await verdictOf(world)).outcome).toBe("proved");
  });
});

describe("attacks on answers", () => {
  it("ANSWER_MISSING: asked, and nobody answered", async () => {
    const world = await anchoredAfter((made) => made.ask({ request: { purpose: "audit" } }));
    await expectFinding(world, "ANSWER_MISSING", "incomplete");
    expect((await entriesOf(world)).at(-1)?.outcome).toBe("asked");
  });

  it("does not mind a request that a newer manifest overtook: no authority may answer it", async () => {
    const overtaken = (answered: boolean): Promise<World> =>
      anchoredAfter(async (made) => {
        const manifest = made.current.hash;
        await made.publish(await made.capsule.manifest(made.current));
        const asked = await made.ask({ request: { manifest } });
        if (answered) await made.deliver(asked, [await made.answer(asked, { unjournaled: true })]);
        await made.access();
      });
    const world = await overtaken(false);
    expect((await verdictOf(world)).outcome).toBe("proved");
    expect((await entriesOf(world)).map(({ outcome }) => outcome)).toEqual(["permitted", "asked", "permitted"]);
    await expectFinding(await overtaken(true), "ANSWER_MISSING", "broken");
  });

  it("ANSWER_MISSING: a signed answer that no journal has", async () => {
    const world = await anchoredAfter(async (made) => {
      const asked = await made.ask();
      await made.deliver(asked, [await made.answer(asked, { unjournaled: true })]);
    });
    const verdict = await expectFinding(world, "ANSWER_MISSING", "broken");
    expect(verdict.notProved).toContain("journal-matches");
  });

  it("ANSWER_UNASKED: the host left out its records, and the journal has them", async () => {
    const world = await anchoredAfter(async (made) => {
      await made.answer(await made.ask({ unrecorded: true, fresh: true }));
    });
    const verdict = await expectFinding(world, "ANSWER_UNASKED", "broken");
    const finding = verdict.findings.find(({ code }) => code === "ANSWER_UNASKED");
    expect(finding?.evidence.join(" ")).toMatch(/journal sha256 [0-9a-f]{64} request \S+ session \S+/);
    expect((await entriesOf(world)).at(-1)?.outcome).toBe("permitted");
  });

  it("ANSWER_FORGED: an answer not signed by the authority, or for another capsule", async () => {
    const other = await World.create();
    for (const lie of [{ key: stranger }, { answer: { capsule: other.capsule.id } }]) {
      const world = await anchoredAfter(async (made) => {
        const asked = await made.ask();
        await made.deliver(asked, [await made.answer(asked, lie)]);
      });
      await expectFinding(world, "ANSWER_FORGED", "broken");
    }
  });

  it("ANSWER_FORGED: bytes that are no answer, and a journal's record in a host's chain", async () => {
    const unreadable = await anchoredAfter(async (made) => {
      const asked = await made.ask();
      await made.answer(asked);
      await made.deliver(asked, [Uint8Array.of(1)]);
    });
    await expectFinding(unreadable, "ANSWER_FORGED", "broken");
  });

  it("ANSWER_CONTRADICTED: the journal says otherwise", async () => {
    const lies = [
      { answer: { journal: new Uint8Array(32) } },
      { answer: { decision: "permit", variant: null } },
      { answer: { leaseSeconds: 3600 } },
      { answer: { share: null } },
      { answer: { header: new Uint8Array(32) } },
      { answer: { receipt: null } },
    ] as const;
    for (const lie of lies) {
      const world = await anchoredAfter(async (made) => {
        const asked = await made.ask();
        await made.deliver(asked, [await made.answer(asked, lie)]);
      });
      await expectFinding(world, "ANSWER_CONTRADICTED", "broken");
    }
  });

  it("ANSWER_CONTRADICTED: the host says denied, the journal permitted", async () => {
    const world = await anchoredAfter(async (made) => {
      const asked = await made.ask();
      await made.answer(asked);
      await made.deliver(asked, [], { outcome: "denied", bytes: 0 });
    });
    const verdict = await expectFinding(world, "ANSWER_CONTRADICTED", "broken");
    expect(verdict.keysHeld).toHaveLength(1);
  });

  it("ANSWER_CONTRADICTED: served on a denial, or on nothing", async () => {
    const onDenial = await anchoredAfter(async (made) => {
      const asked = await made.ask();
      await made.deliver(asked, [await made.answer(asked, { body: { decision: "deny" } })]);
    });
    await expectFinding(onDenial, "ANSWER_CONTRADICTED", "broken");
    const onNothing = await anchoredAfter(async (made) => made.deliver(await made.ask(), []));
    await expectFinding(onNothing, "ANSWER_CONTRADICTED", "broken");
  });

  it("ANSWER_CONTRADICTED: permitted under a manifest that was not in force, a strange variant, or a revocation", async () => {
    const stale = await World.create();
    const before = stale.current;
    await stale.publish(await stale.capsule.manifest(before));
    await stale.host.begin(stale.current, stale.tick());
    await stale.access({ request: { manifest: before.hash } });
    await stale.anchor();
    await expectFinding(stale, "ANSWER_CONTRADICTED", "broken");
    const strange = await anchoredAfter(async (made) => {
      const asked = await made.ask();
      await made.deliver(asked, [await made.answer(asked, { body: { variant: randomIdentifier("cnt") } })]);
    });
    await expectFinding(strange, "ANSWER_CONTRADICTED", "broken");
    const revoked = await anchoredAfter(async (made) => {
      const everything = { hosts: [], instances: [], everything: true };
      await made.publish(await made.capsule.manifest(made.current, { revoked: everything }));
      await made.access();
    });
    await expectFinding(revoked, "ANSWER_CONTRADICTED", "broken");
  });

  it("ANSWER_CONTRADICTED: a lease that has run out, or is for another reader, action or version", async () => {
    const uses: readonly ((world: World) => Promise<Parameters<World["ask"]>[0]>)[] = [
      async (world) => {
        world.now += 61_000;
        return { fresh: true };
      },
      async () => ({ session: { subject: "local#other" } }),
      async () => ({ request: { action: "download" } }),
      async (world) => {
        await world.publish(await world.capsule.manifest(world.current));
        return {};
      },
    ];
    for (const use of uses) {
      const world = await anchoredAfter(async (made) => {
        const first = await made.ask();
        const permit = await made.answer(first);
        await made.deliver(first, [permit]);
        const options = await use(made);
        await made.deliver(await made.ask(options), [permit]);
      });
      await expectFinding(world, "ANSWER_CONTRADICTED", "broken");
    }
  });

  it("PLACE_CONTRADICTED: the host recorded one address and told the authority another", async () => {
    for (const place of [
      { address: "192.0.2.1", country: null },
      { address: "10.0.0.7", country: "DE" },
    ]) {
      const world = await anchoredAfter(async (made) => {
        const asked = await made.ask({ asked: { place } });
        await made.deliver(asked, [await made.answer(asked)]);
      });
      await expectFinding(world, "PLACE_CONTRADICTED", "broken");
    }
  });

  it("DELIVERY_UNASKED: a delivery of which no request was recorded, or by another instance", async () => {
    const unasked = await anchoredAfter(async (made) => made.deliver(await made.ask({ unrecorded: true }), []));
    await expectFinding(unasked, "DELIVERY_UNASKED", "broken");
    const elsewhere = await anchoredAfter(async (made) => {
      const asked = await made.ask();
      const permit = await made.answer(asked);
      await made.deliver(asked, [permit], {}, await made.start());
    });
    await expectFinding(elsewhere, "DELIVERY_UNASKED", "broken");
  });

  it("JOURNAL_MISSING: the authority could not be asked, or was left out", async () => {
    const world = await anchoredAfter((made) => made.access());
    for (const journals of [new Map([[world.capsule.authority, null]]), new Map()]) {
      const verdict = await expectFinding(world, "JOURNAL_MISSING", "incomplete", { journals });
      expect(verdict.notProved).toContain("journal-matches");
      expect(codesOf(verdict)).toEqual(["JOURNAL_MISSING"]);
    }
  });

  it("does not let a repaired batch hide that a journal is missing", async () => {
    const world = await anchoredAfter((made) => made.access());
    const name = [...world.hostStore.keys()].find((one) => one.endsWith("/00000001/00000001")) ?? "";
    const bytes = world.hostStore.get(name);
    if (bytes !== undefined) world.copies.set(`${world.host.instance}/1/1`, bytes);
    world.hostStore.delete(name);
    const verdict = await verdictOf(world, { journals: new Map() });
    expect(codesOf(verdict)).toEqual(["BATCH_MISSING", "JOURNAL_MISSING"]);
    expect(verdict.outcome).toBe("incomplete");
  });
});

describe("attacks on content", () => {
  it("CONTENT_MISSING and CONTENT_ALTERED: only re-hashing finds them", async () => {
    const world = await anchoredAfter((made) => made.access());
    await expectFinding(world, "CONTENT_MISSING", "broken", { content: async () => null });
    const chunks = world.contents.get(world.capsule.content) ?? [];
    const altered = chunks.map((chunk) => chunk.slice());
    const last = altered.at(-1);
    if (last !== undefined) last[0] = (last[0] ?? 0) ^ 1;
    await expectFinding(world, "CONTENT_ALTERED", "broken", { content: async () => iterate(altered) });
    await expectFinding(world, "CONTENT_ALTERED", "broken", { content: async () => iterate(chunks.slice(0, 1)) });
    const verdict = await verdictOf(world);
    expect(verdict.notProved).toContain("bytes-rehashed");
    expect(verdict.notes["bytes-rehashed"]).toBe("not asked for");
  });
});

describe("evidence that cannot be read", () => {
  it("is no verdict: the failure goes on, and the next attempt may succeed", async () => {
    const world = await anchoredAfter((made) => made.access());
    let fails = true;
    const evidence = await world.evidence();
    const log = {
      ...evidence.log,
      read: async (name: string) => {
        if (fails) throw new TypeError("the store is not reachable");
        return evidence.log.read(name);
      },
    };
    const audit = verify({ ...evidence, log }, { readKeys: [world.capsule.owner] });
    await expect(audit.verdict()).rejects.toThrow("not reachable");
    fails = false;
    expect((await audit.verdict()).outcome).toBe("proved");
  });

  it("keeps a flood of findings small", async () => {
    const world = await World.create();
    const key = generateSigningKey();
    const junk = Array.from({ length: 1200 }, (_, index) => Uint8Array.of(1, index >> 8, index & 255));
    world.manifests.length = 0;
    await world.anchor();
    const verdict = await verdictOf(world, { manifests: () => iterate([key.publicKey, ...junk]) });
    expect(verdict.findings.filter(({ code }) => code === "MANIFEST_INVALID")).toHaveLength(1001);
    expect(verdict.findings.some(({ sentence }) => sentence.startsWith("201 more findings"))).toBe(true);
  });
});
