import { randomBytes, toBase64, toHex } from "@fogbound/crypto";
import { hashOf, hostIdOf, randomIdentifier, answer as signedAnswer } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { lateness } from "../src/leases.js";
import { verdictOf } from "./kit/audits.js";
import { hostKey, stranger } from "./kit/keys.js";
import { type AskedAccess, World } from "./kit/world.js";

/** What a lie was about, so that a finding can be held to naming it and to showing its papers. */
interface Lie {
  readonly asked: AskedAccess;
  readonly answer?: Uint8Array;
}

interface Case {
  readonly name: string;
  readonly lie: (world: World) => Promise<Lie>;
  /** All that is found: code, how bad, the sentence (R the request, A the authority), and which papers are handed over. */
  readonly says: readonly string[];
}

const place = { address: "192.0.2.1", country: "DE" };

async function asking(world: World, options: Parameters<World["ask"]>[0] = {}): Promise<Lie> {
  return { asked: await world.access({ fresh: true, ...options }) };
}

/** Whoever is revoked begins no epoch any more, and may go on in his last. */
async function askingInItsEpoch(world: World): Promise<Lie> {
  await world.journal.begin(world.current, world.tick());
  world.isStayingInEpoch = true;
  return asking(world);
}

const inItsEpoch =
  "HEAD_INVALID broken: Record 3 (asked) of I is of a request over manifest 2, in an epoch begun under 1. [header, request]";

async function answering(
  world: World,
  options: Parameters<World["answer"]>[1],
  changes: Parameters<World["deliver"]>[2] = {},
): Promise<Lie> {
  const asked = await world.ask();
  const answer = await world.answer(asked, options);
  await world.deliver(asked, [answer], changes);
  return { asked, answer };
}

/** An earlier answer, used for another request. */
async function leasing(
  world: World,
  use: (world: World, until: number) => Promise<Parameters<World["ask"]>[0]>,
  answer: Parameters<World["answer"]>[1] = {},
): Promise<Lie> {
  const first = await world.ask();
  const permit = await world.answer(first, answer);
  const denied = answer?.body?.decision === "deny";
  await world.deliver(first, [permit], denied ? { outcome: "denied", bytes: 0 } : {});
  const { time, leaseSeconds } = signedAnswer.read(permit).value;
  const asked = await world.ask(await use(world, time + leaseSeconds * 1000));
  await world.deliver(asked, [permit]);
  return { asked, answer: permit };
}

async function found(lie: Case["lie"]): Promise<string[]> {
  const world = await World.create();
  await world.access();
  const { asked, answer } = await lie(world);
  await world.anchor();
  const names: readonly (readonly [string, string])[] = [
    [`request ${toBase64(asked.request)}`, "request"],
    [`session ${toBase64(asked.session)}`, "session"],
    ...(answer === undefined ? [] : [[`answer ${toBase64(answer)}`, "answer"] as const]),
    [toHex(asked.hash), "R"],
    [world.capsule.authority, "A"],
    [world.host.instance, "I"],
  ];
  const named = (text: string): string => names.reduce((all, [from, to]) => all.replaceAll(from, to), text);
  const papers = (evidence: readonly string[]): string =>
    evidence.map((one) => named(one).replace(/ sha256 [0-9a-f]{64}$/, "")).join(", ");
  const { findings } = await verdictOf(world);
  // What a revoked instance was given is told apart, and shown elsewhere.
  return findings
    .filter(({ code }) => code !== "RESEAL_DUE")
    .map(({ code, severity, sentence, evidence }) => `${code} ${severity}: ${named(sentence)} [${papers(evidence)}]`);
}

const noLease = [
  "ANSWER_CONTRADICTED broken: Request R was served under an answer to another request, which is no lease for it. [answer, request]",
  "ANSWER_CONTRADICTED broken: The host served request R with 0 permits of 1. [answer, header, request, session]",
];

const cases: readonly Case[] = [
  {
    name: "not signed by the session",
    lie: (world) => asking(world, { signer: stranger }),
    says: ["REQUEST_FORGED broken: Request R is not signed by the reader's session. [request, session]"],
  },
  {
    name: "made to another capsule",
    lie: async (world) => asking(world, { request: { capsule: (await World.create()).capsule.id } }),
    says: ["REQUEST_FORGED broken: Request R was made to another capsule or instance. [request, session]"],
  },
  {
    name: "made to another instance",
    lie: async (world) => asking(world, { request: { instance: (await World.create()).host.instance } }),
    says: ["REQUEST_FORGED broken: Request R was made to another capsule or instance. [request, session]"],
  },
  {
    name: "not to be read",
    lie: async (world) => {
      const paper = { ...(await world.ask({ unrecorded: true, fresh: true })), request: Uint8Array.of(1) };
      const asked = { ...paper, hash: hashOf(paper.request) };
      await world.recordAsked(asked);
      return { asked };
    },
    says: [
      "REQUEST_FORGED broken: Request R or its session cannot be read. [request]",
      "ANSWER_MISSING incomplete: Request R was recorded by the host, and no authority's journal answers it. [header, request, session]",
    ],
  },
  {
    name: "under a session for another authority",
    lie: (world) => asking(world, { session: { audience: [randomIdentifier("aut")] } }),
    says: ["REQUEST_FORGED broken: The session was not meant for A, which answered it. [journal, request, session]"],
  },
  {
    name: "answered under another record",
    lie: async (world) => {
      const asked = await world.ask();
      const answer = await world.answer({ ...asked, header: randomBytes(32) });
      await world.deliver(asked, [answer]);
      return { asked, answer };
    },
    says: [
      "ANSWER_CONTRADICTED broken: A answered under another record than the host wrote for this request. [journal, request, session]",
      "ANSWER_CONTRADICTED broken: The answer shown for request R is about another record. [answer]",
    ],
  },
  {
    name: "recorded at another place",
    lie: async (world) => {
      const asked = await world.ask({ asked: { place } });
      await world.deliver(asked, [await world.answer(asked)]);
      return { asked };
    },
    says: [
      "PLACE_CONTRADICTED broken: The host recorded 192.0.2.1 DE and told A 10.0.0.7 nowhere. [journal, request, session]",
    ],
  },
  {
    name: "answered for another session",
    lie: async (world) => {
      const asked = await world.ask();
      const { session } = await world.ask({ unrecorded: true, fresh: true });
      const answer = await world.answer({ ...asked, session });
      await world.deliver(asked, [answer]);
      return { asked: { ...asked, session }, answer };
    },
    says: [
      "ANSWER_CONTRADICTED broken: A was shown another session than the host recorded. [journal, request, session]",
    ],
  },
  {
    name: "under a manifest that is none",
    lie: (world) => asking(world, { request: { manifest: randomBytes(32) } }),
    says: [
      "ANSWER_CONTRADICTED broken: A permitted a request under a manifest that is none of the capsule's. [journal, request, session]",
    ],
  },
  {
    name: "of a reader nobody vouches for",
    lie: (world) => asking(world, { sessionSigner: stranger }),
    says: [
      "ANSWER_CONTRADICTED broken: A permitted a reader for whom nobody in the manifest vouches. [journal, request, session]",
    ],
  },
  {
    name: "all right, in the last moment of its session",
    lie: (world) => asking(world, { session: { expires: world.now + 101 } }), // answered with the next tick
    says: [],
  },
  {
    name: "in a session that has ended",
    lie: (world) => asking(world, { session: { expires: world.now + 100 } }),
    says: ["ANSWER_CONTRADICTED broken: A permitted a request when its session had ended. [journal, request, session]"],
  },
  {
    name: "under a manifest no longer in force",
    lie: async (world) => {
      const manifest = world.current.hash;
      await world.publish(await world.capsule.manifest(world.current));
      return asking(world, { request: { manifest } });
    },
    says: [
      "ANSWER_CONTRADICTED broken: A permitted a request under manifest 1 when 2 was in force. [journal, request, session]",
    ],
  },
  {
    name: "for a strange variant",
    lie: (world) => answering(world, { body: { variant: randomIdentifier("cnt") } }),
    says: [
      "ANSWER_CONTRADICTED broken: A permitted a variant that the manifest does not name. [journal, request, session]",
    ],
  },
  {
    name: "for no variant",
    lie: (world) => answering(world, { body: { variant: null } }),
    says: [
      "ANSWER_CONTRADICTED broken: A permitted a variant that the manifest does not name. [journal, request, session]",
    ],
  },
  {
    name: "for a strange item",
    lie: (world) => asking(world, { request: { item: randomIdentifier("itm") } }),
    says: [
      "ANSWER_CONTRADICTED broken: A permitted a variant that the manifest does not name. [journal, request, session]",
    ],
  },
  {
    name: "when everything was revoked",
    lie: async (world) => {
      const revoked = { hosts: [], instances: [], everything: true };
      await world.publish(await world.capsule.manifest(world.current, { revoked }));
      return askingInItsEpoch(world);
    },
    says: [
      inItsEpoch,
      "ANSWER_CONTRADICTED broken: A permitted what the manifest revokes. [journal, request, session]",
    ],
  },
  {
    name: "when the instance was revoked",
    lie: async (world) => {
      const revoked = { hosts: [], instances: [world.host.instance], everything: false };
      await world.publish(await world.capsule.manifest(world.current, { revoked }));
      return askingInItsEpoch(world);
    },
    says: [
      inItsEpoch,
      "ANSWER_CONTRADICTED broken: A permitted what the manifest revokes. [journal, request, session]",
    ],
  },
  {
    name: "with an answer of a stranger",
    lie: (world) => answering(world, { key: stranger }),
    says: [
      "ANSWER_FORGED broken: The answer shown for request R is not signed by an authority of the capsule. [answer]",
      "ANSWER_CONTRADICTED broken: The host served request R with 0 permits of 1. [answer, header, request, session]",
    ],
  },
  {
    name: "with an answer nobody can read",
    lie: async (world) => {
      const asked = await world.ask();
      await world.answer(asked);
      const answer = Uint8Array.of(1);
      await world.deliver(asked, [answer]);
      return { asked, answer };
    },
    says: [
      "ANSWER_FORGED broken: The answer shown for request R is not signed by an authority of the capsule. []",
      "ANSWER_CONTRADICTED broken: The host served request R with 0 permits of 1. [answer, header, request, session]",
    ],
  },
  {
    name: "with an answer about another record",
    lie: (world) => answering(world, { answer: { header: new Uint8Array(32) } }),
    says: [
      "ANSWER_CONTRADICTED broken: The answer shown for request R is about another record. [answer]",
      "ANSWER_CONTRADICTED broken: A answered request R otherwise than its journal says. [answer, journal]",
    ],
  },
  ...(
    [
      ["journal entry", { journal: new Uint8Array(32) }],
      ["variant", { variant: null }],
      ["lease", { leaseSeconds: 61 }],
      ["share", { share: null }],
      ["receipt", { receipt: null }],
    ] as const
  ).map(([what, answer]) => ({
    name: `with another ${what} than journalled`,
    lie: (world: World) => answering(world, { answer }),
    says: ["ANSWER_CONTRADICTED broken: A answered request R otherwise than its journal says. [answer, journal]"],
  })),
  {
    name: "with a permit where the journal denies",
    lie: (world) => answering(world, { body: { decision: "deny" }, answer: { decision: "permit", reason: null } }),
    says: ["ANSWER_CONTRADICTED broken: A answered request R otherwise than its journal says. [answer, journal]"],
  },
  {
    name: "with an answer no journal has",
    lie: (world) => answering(world, { unjournaled: true }),
    says: ["ANSWER_MISSING broken: A signed an answer to request R that its journal does not have. [answer]"],
  },
  {
    name: "all right, on a lease in its last moment",
    lie: (world) =>
      leasing(world, async (made, until) => {
        made.now = until;
        return {};
      }),
    says: [],
  },
  {
    name: "on a lease a moment after it ran out",
    lie: (world) =>
      leasing(world, async (made, until) => {
        made.now = until + 1;
        return {};
      }),
    says: noLease,
  },
  {
    name: "on a lease that ran out, by a record that says it is older than it can be",
    lie: (world) =>
      leasing(world, async (made, until) => {
        made.now = until + lateness;
        return { asked: { time: until } };
      }),
    says: noLease,
  },
  {
    name: "all right, on a lease, recorded late but not too late",
    lie: (world) =>
      leasing(world, async (made, until) => {
        made.now = until + lateness - 100; // the record comes with the next tick of the harmonizer's clock
        return { asked: { time: until } };
      }),
    says: [],
  },
  {
    name: "on a lease of another reader",
    lie: (world) => leasing(world, async () => ({ session: { subject: "local#other" } })),
    says: [
      ...noLease,
      "REQUEST_FORGED broken: Nobody vouches for the reader of request R, served without asking. [request, session]",
    ],
  },
  {
    name: "on a lease for another action",
    lie: (world) => leasing(world, async () => ({ request: { action: "download" } })),
    says: noLease,
  },
  {
    name: "on a lease for another purpose",
    lie: (world) => leasing(world, async () => ({ request: { purpose: "audit" } })),
    says: noLease,
  },
  {
    name: "on a lease from another place, as the host has it",
    lie: (world) => leasing(world, async () => ({ asked: { place } })),
    says: noLease,
  },
  {
    name: "on a lease from another place, as the reader has it",
    lie: (world) => leasing(world, async () => ({ request: { place } })),
    says: noLease,
  },
  {
    name: "on a lease of a version before",
    lie: (world) =>
      leasing(world, async (made) => {
        await made.publish(await made.capsule.manifest(made.current));
        return {};
      }),
    says: noLease,
  },
  {
    name: "on a lease of another instance",
    lie: (world) =>
      leasing(world, async (made) => {
        await made.start();
        return { fresh: true };
      }),
    says: noLease,
  },
  {
    name: "on a denial, used again",
    lie: (world) => leasing(world, async () => ({}), { body: { decision: "deny" } }),
    says: noLease,
  },
  {
    name: "served on a denial",
    lie: (world) => answering(world, { body: { decision: "deny" } }),
    says: [
      "ANSWER_CONTRADICTED broken: The host served request R with 0 permits of 1. [answer, header, request, session]",
    ],
  },
  {
    name: "served in part on a challenge",
    lie: (world) => answering(world, { body: { decision: "challenge" } }, { outcome: "broken-off" }),
    says: [
      "ANSWER_CONTRADICTED broken: The host served request R with 0 permits of 1. [answer, header, request, session]",
    ],
  },
  {
    name: "permitted, and said to be denied",
    lie: (world) => answering(world, {}, { outcome: "denied" }),
    says: [
      "ANSWER_CONTRADICTED broken: The host says request R was denied; it had been permitted. [answer, header, request, session]",
    ],
  },
  {
    name: "permitted, and said to be challenged, with no answer shown",
    lie: async (world) => {
      const asked = await world.ask();
      await world.answer(asked);
      await world.deliver(asked, [], { outcome: "challenged", bytes: 0 });
      return { asked };
    },
    says: [
      "ANSWER_CONTRADICTED broken: The host says request R was challenged; it had been permitted. [header, request, session]",
    ],
  },
  {
    name: "answered by nobody, and under no lease",
    lie: async (world) => ({ asked: await world.ask({ request: { purpose: "audit" } }) }),
    says: [
      "ANSWER_MISSING incomplete: Request R was recorded by the host, and no authority's journal answers it. [header, request, session]",
    ],
  },
  {
    name: "of a stranger, answered by nobody",
    lie: async (world) => ({ asked: await world.ask({ sessionSigner: stranger }) }),
    says: [
      "REQUEST_FORGED incomplete: Request R is of a reader for whom nobody vouches; it was recorded, and no authority answered it. [header, request, session]",
    ],
  },
  {
    name: "answered, and not recorded",
    lie: async (world) => {
      const asked = await world.ask({ unrecorded: true, fresh: true });
      await world.answer(asked);
      return { asked };
    },
    says: [
      "ANSWER_UNASKED broken: A answered request R; no host recorded that it was asked. [journal, request, session]",
    ],
  },
  {
    name: "delivered, and not recorded",
    lie: async (world) => {
      const asked = await world.ask({ unrecorded: true, fresh: true });
      await world.deliver(asked, []);
      return { asked };
    },
    says: [
      "DELIVERY_UNASKED broken: A delivery for request R was recorded, and not the request. [header]",
      "ANSWER_CONTRADICTED broken: The host served request R with 0 permits of 1. []",
    ],
  },
  {
    name: "delivered by another instance",
    lie: async (world) => {
      const asked = await world.ask();
      const answer = await world.answer(asked);
      await world.deliver(asked, [answer], {}, await world.start());
      return { asked, answer };
    },
    says: [
      "DELIVERY_UNASKED broken: Request R was recorded by one instance and delivered by another. [header, 10 bytes]",
    ],
  },
  {
    name: "all right, by a host that vouches",
    lie: (world) =>
      asking(world, {
        session: { heldBy: "host", host: hostIdOf(hostKey.publicKey), subject: "local#anyone" },
        sessionSigner: hostKey,
      }),
    says: [],
  },
];

describe("Of a request", () => {
  it.each(cases)("$name, an audit says exactly what is wrong, and hands over the papers", async ({ lie, says }) => {
    expect(await found(lie)).toEqual(says);
  });
});
