import { randomBytes, toHex } from "@fogbound/crypto";
import { type AuthorityPart, hashOf, hostIdOf, type Manifest, type Session } from "@fogbound/protocol";
import { beforeAll, describe, expect, it } from "vitest";
import { type Context, Readable } from "../src/context.js";
import { type Papers, RememberedPapers } from "../src/papers.js";
import { judged } from "../src/restorable.js";
import { rotten } from "./kit/damage.js";
import { hostKey, readerKey, root, stranger } from "./kit/keys.js";
import { type AskOptions, World } from "./kit/world.js";

const lateness = 300_000;
const readers = [
  { name: "other", key: stranger.publicKey },
  { name: "reader", key: readerKey.publicKey },
  { name: "third", key: root.publicKey },
];
const house = { id: "house", hosts: [], readers: [{ name: "reader", key: stranger.publicKey }] };
const host = hostIdOf(hostKey.publicKey);
/** A host of the manifest whose own readers no issuer is. */
const silent = hostIdOf(stranger.publicKey);

let world: World;
let context: Context;

/** What the manifest in force says of readers is all that differs. */
async function vouching(part: Partial<AuthorityPart>, manifest: Partial<Manifest> = {}): Promise<void> {
  world = await World.create();
  await world.publish(await world.capsule.manifest(world.current, manifest, root, part));
  await world.anchor();
  const evidence = await world.evidence();
  const readable = new Readable(evidence, { readKeys: [world.capsule.owner] });
  context = { ...(await judged(evidence, {})).context, readable };
}

beforeAll(async () => {
  const hosts = [hostKey, stranger].map(({ publicKey }) => ({
    id: hostIdOf(publicKey),
    key: publicKey,
    mostInstances: 8,
  }));
  const issuers = [house, { id: "local", hosts: [host], readers }];
  await vouching({ issuers, revokedReaders: ["local#third"] }, { hosts });
});

interface Paper {
  readonly request: Uint8Array;
  readonly session: Uint8Array;
}

async function signed(options: AskOptions): Promise<Paper> {
  return world.ask({ unrecorded: true, fresh: true, ...options });
}

function checked({ request, session }: Paper, of = context): Promise<Papers | null> {
  return new RememberedPapers().check(of, toHex(hashOf(request)), request, session);
}

async function standing(session: Partial<Session>, options: AskOptions = {}): Promise<Papers["standing"] | undefined> {
  return (await checked(await signed({ session, ...options })))?.standing;
}

const byHost = { heldBy: "host", host, subject: "local#anyone" } as const;

describe("A reader is vouched for", () => {
  it("by the issuer he names, under his own key", async () => {
    expect(await standing({})).toBe("vouched");
    expect(await standing({ subject: "local#other" }, { sessionSigner: stranger })).toBe("vouched");
    expect(await standing({ subject: "house#reader" }, { sessionSigner: stranger })).toBe("vouched");
  });

  it("not by another issuer, or under another reader's name or key", async () => {
    expect(await standing({ subject: "house#reader" })).toBe("stranger");
    expect(await standing({ subject: "nobody#reader" })).toBe("stranger");
    expect(await standing({ subject: "local#other" })).toBe("stranger");
    expect(await standing({ subject: "local#nobody" })).toBe("stranger");
    expect(await standing({}, { sessionSigner: stranger })).toBe("stranger");
  });

  it("not when the owner has revoked him", async () => {
    expect(await standing({ subject: "local#third" }, { sessionSigner: root })).toBe("stranger");
  });

  it("by a host that an issuer names, under that host's own key", async () => {
    expect(await standing(byHost, { sessionSigner: hostKey })).toBe("vouched");
    expect(await standing(byHost, { sessionSigner: stranger })).toBe("stranger");
    expect(await standing(byHost)).toBe("stranger");
  });

  it("not by a host that its issuer does not name, or the manifest does not", async () => {
    expect(await standing({ ...byHost, host: silent }, { sessionSigner: stranger })).toBe("stranger");
    expect(await standing({ ...byHost, subject: "house#anyone" }, { sessionSigner: hostKey })).toBe("stranger");
    const nowhere = hostIdOf(root.publicKey);
    expect(await standing({ ...byHost, host: nowhere }, { sessionSigner: root })).toBe("stranger");
    expect(await standing({ ...byHost, host: null }, { sessionSigner: hostKey })).toBe("stranger");
  });

  it("not as one who holds his session himself when it names a host", async () => {
    expect(await standing({ host })).toBe("stranger");
  });

  it("until his session ends, and as much longer as clocks may differ", async () => {
    const expires = world.now;
    expect(await standing({ expires }, { request: { time: expires + lateness } })).toBe("vouched");
    expect(await standing({ expires }, { request: { time: expires + lateness + 1 } })).toBe("stranger");
  });

  it("by the manifest that the request names, and by none that is not the capsule's", async () => {
    expect(await standing({}, { request: { manifest: randomBytes(32) } })).toBe("stranger");
    const [first] = [...context.manifests.byHash.values()];
    const manifest = hashOf(first?.bytes ?? new Uint8Array(0));
    expect(await standing({ subject: "house#reader" }, { sessionSigner: stranger, request: { manifest } })).toBe(
      "stranger",
    );
    expect(await standing({}, { request: { manifest } })).toBe("vouched");
  });

  it("by nobody whom the keys given cannot read", async () => {
    const readable = new Readable(context.evidence, { readKeys: [] });
    expect((await checked(await signed({}), { ...context, readable }))?.standing).toBe("unread");
  });
});

describe("A request is genuine", () => {
  it("when reader and session signed it, each for itself", async () => {
    const paper = await signed({});
    expect((await checked(paper))?.genuine).toBe(true);
    expect((await checked({ ...paper, session: rotten(paper.session) }))?.genuine).toBe(false);
    expect((await checked({ ...paper, request: rotten(paper.request) }))?.genuine).toBe(false);
    expect((await checked(await signed({ signer: stranger })))?.genuine).toBe(false);
    expect((await checked({ ...paper, session: (await signed({})).session }))?.genuine).toBe(false);
  });

  it("or cannot be read at all, or its session cannot", async () => {
    const paper = await signed({});
    expect(await checked({ ...paper, session: randomBytes(70) })).toBeNull();
    expect(await checked({ ...paper, request: randomBytes(70) })).toBeNull();
    expect(await checked({ request: randomBytes(70), session: randomBytes(70) })).toBeNull();
  });
});

describe("Papers that were verified", () => {
  const check = (papers: RememberedPapers, { request, session }: Paper): Promise<Papers | null> =>
    papers.check(context, toHex(hashOf(request)), request, session);

  it("are not verified again, unless with another session, or once they were forgotten", async () => {
    const papers = new RememberedPapers();
    const paper = await signed({});
    const first = check(papers, paper);
    expect(check(papers, paper)).toBe(first);
    const other = { ...paper, session: (await signed({})).session };
    expect((await check(papers, other))?.genuine).toBe(false);
    expect((await check(papers, paper))?.genuine).toBe(true);
    const again = check(papers, paper);
    papers.forget(toHex(hashOf(paper.request)));
    expect(check(papers, paper)).not.toBe(again);
  });

  it("are forgotten from the oldest on, when there are more than 4096", async () => {
    const papers = new RememberedPapers();
    const all = Array.from({ length: 4096 }, (_, at) => ({
      request: new Uint8Array(8).fill(at % 251, 0, 4).fill(at >> 4, 4),
      session: Uint8Array.of(1),
    }));
    const kept = all.map((paper) => check(papers, paper));
    const [first, second] = all;
    if (first === undefined || second === undefined) throw new TypeError("no papers");
    expect(check(papers, first)).toBe(kept[0]);
    await check(papers, await signed({}));
    expect(check(papers, second)).toBe(kept[1]);
    expect(check(papers, first)).not.toBe(kept[0]);
  });
});
