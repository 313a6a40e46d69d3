import { generateSealingKey, randomBytes, type SealingKey } from "@fogbound/crypto";
import { authorityPart, hashOf, hostPart, ownerPart, sealedPart } from "@fogbound/protocol";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
  draftFrom,
  type ManifestDraft,
  type ManifestVersion,
  openAsOwner,
  openPart,
  openPartAs,
  sealPart,
  signManifest,
} from "../src/index.js";
import { type Bench, draftOf, expectFailure, flipped, newBench } from "./kit.js";

let bench: Bench;
let draft: ManifestDraft;
let version: ManifestVersion;
beforeAll(async () => {
  bench = await newBench();
  draft = draftOf(bench);
  version = await signManifest(bench.capsule, draft, null, 1000, bench.root);
});

const recipientsOf = (part: Uint8Array): Uint8Array[] =>
  sealedPart.decode(part).wraps.map(({ recipient }) => recipient);

describe("A manifest's parts", () => {
  it("open to those they are for, and to nobody else", async () => {
    const { capsule } = bench;
    const { object } = version;
    expect(recipientsOf(object.owner)).toEqual([bench.read.publicKey, bench.recovery.publicKey]);
    expect(recipientsOf(object.host)).toEqual([bench.auditor.publicKey]);
    expect(recipientsOf(object.authority)).toEqual(bench.group.members.map(() => bench.part.publicKey));
    const open = {
      owner: (reader: SealingKey) => openPartAs(ownerPart, object.owner, { capsule, part: "owner", reader }),
      host: (reader: SealingKey) => openPartAs(hostPart, object.host, { capsule, part: "host", reader }),
      authority: (reader: SealingKey) =>
        openPartAs(authorityPart, object.authority, { capsule, part: "authority", reader }),
    };
    expect((await open.host(bench.auditor)).items).toEqual(draft.host.items);
    expect((await open.authority(bench.part)).policy).toBe(draft.authority.policy);
    const stranger = await generateSealingKey();
    for (const reader of [bench.auditor, bench.part, stranger])
      await expectFailure("KEY_WRONG", () => open.owner(reader));
    for (const reader of [bench.read, bench.part, stranger]) await expectFailure("KEY_WRONG", () => open.host(reader));
    for (const reader of [bench.read, bench.auditor, stranger])
      await expectFailure("KEY_WRONG", () => open.authority(reader));
  });

  it("show the owner, and whoever has the recovery key, all that was sealed", async () => {
    for (const reader of [bench.read, bench.recovery]) {
      const view = await openAsOwner(version, reader);
      expect(draftFrom(view)).toEqual(draft);
      expect(view.owner.itemKeys).toEqual(draft.itemKeys);
      expect(view.authority.hostPartKey).toEqual(view.owner.hostPartKey);
    }
  });

  it("do not open to another key, or to another who claims to be the owner", async () => {
    await expectFailure("KEY_WRONG", async () => openAsOwner(version, await generateSealingKey()));
    await expectFailure("KEY_WRONG", () => openAsOwner(version, bench.auditor));
    const impostor = { publicKey: bench.read.publicKey, secretKey: randomBytes(32) };
    await expectFailure("VERIFICATION_FAILED", () => openAsOwner(version, impostor));
  });

  it("have keys of their own in every version", async () => {
    const next = await signManifest(
      bench.capsule,
      draftFrom(await openAsOwner(version, bench.read)),
      version,
      2,
      bench.root,
    );
    const [before, after] = [await openAsOwner(version, bench.read), await openAsOwner(next, bench.read)];
    expect(after.owner.hostPartKey).not.toEqual(before.owner.hostPartKey);
    expect(draftFrom(after)).toEqual(draft);
    const key = before.owner.hostPartKey;
    await expectFailure("VERIFICATION_FAILED", () =>
      openPart(hostPart, next.object.host, { capsule: bench.capsule, part: "host", key }),
    );
  });

  it("do not open in another capsule, or as another part", async () => {
    const { capsule, read: reader } = bench;
    const other = await newBench();
    const from = { capsule, part: "owner", reader } as const;
    await openPartAs(ownerPart, version.object.owner, from);
    await expectFailure("VERIFICATION_FAILED", () =>
      openPartAs(ownerPart, version.object.owner, { ...from, capsule: other.capsule }),
    );
    await expectFailure("VERIFICATION_FAILED", () =>
      openPartAs(ownerPart, version.object.owner, { ...from, part: "host" }),
    );
    const key = randomBytes(32);
    const sealed = await sealPart(
      hostPart,
      { suite: 1, ...draft.host },
      { capsule, part: "host", key, recipients: [] },
    );
    expect(await openPart(hostPart, sealed, { capsule, part: "host", key })).toEqual({ suite: 1, ...draft.host });
    await expectFailure("VERIFICATION_FAILED", () => openPart(hostPart, sealed, { capsule, part: "authority", key }));
    await expectFailure("VERIFICATION_FAILED", () =>
      openPart(hostPart, sealed, { capsule: other.capsule, part: "host", key }),
    );
    await expectFailure("FORMAT_INVALID", () => openPart(ownerPart, sealed, { capsule, part: "host", key }));
  });

  it("fail with a code of ours for any flipped bit", async () => {
    const { owner } = version.object;
    await fc.assert(
      fc.asyncProperty(fc.nat(owner.length - 1), async (at) => {
        const from = { capsule: bench.capsule, part: "owner", reader: bench.read } as const;
        // Another recipient's wrap is nothing to this one.
        const opened = await openPartAs(ownerPart, flipped(owner, at), from).then(
          (value) => value.itemKeys,
          (error: unknown) => error,
        );
        if (Array.isArray(opened)) expect(opened).toEqual(draft.itemKeys);
        else
          expect(opened).toMatchObject({
            code: expect.stringMatching(/^(VERIFICATION_FAILED|FORMAT_INVALID|KEY_WRONG)$/),
          });
      }),
      { numRuns: 60 },
    );
  });

  it("are not sealed to a key everybody can open with", async () => {
    for (const recipient of [new Uint8Array(32), new Uint8Array(31)])
      await expectFailure("KEY_WRONG", () =>
        sealPart(
          hostPart,
          { suite: 1, ...draft.host },
          { capsule: bench.capsule, part: "host", recipients: [recipient] },
        ),
      );
  });
});

describe("Signing a manifest", () => {
  const sign = (changed: ManifestDraft) => signManifest(bench.capsule, changed, null, 1000, bench.root);

  it.each<readonly [string, (of: ManifestDraft) => ManifestDraft]>([
    ["without items", (of) => ({ ...of, public: { ...of.public, items: [] } })],
    ["without hosts", (of) => ({ ...of, public: { ...of.public, hosts: [] } })],
    ["without issuers", (of) => ({ ...of, authority: { ...of.authority, issuers: [] } })],
    ["without descriptions", (of) => ({ ...of, host: { ...of.host, items: [] } })],
    ["without item keys", (of) => ({ ...of, itemKeys: [] })],
    [
      "without authorities",
      (of) => ({ ...of, public: { ...of.public, authorities: { ...of.public.authorities, members: [] } } }),
    ],
    ["larger than 8 MiB", (of) => ({ ...of, authority: { ...of.authority, fog: new Uint8Array(8 * 1024 * 1024) } })],
  ])("%s is refused", async (_, change) => {
    await expectFailure("FORMAT_INVALID", () => sign(change(draft)));
  });

  it("gives the version, its hash and bytes that hold for everybody", async () => {
    const one = await sign(draft);
    expect(one.manifest).toMatchObject({ version: 1, previous: null, time: 1000, ...draft.public });
    expect(one.hash).toEqual(hashOf(one.object.manifest));
    const two = await signManifest(bench.capsule, draft, one, 2000, bench.publisher);
    expect(two.manifest).toMatchObject({ version: 2, previous: one.hash, time: 2000 });
  });

  it("writes neither item keys nor names nor policy in the clear", () => {
    const clear = Buffer.from(version.bytes);
    for (const secret of [
      draft.itemKeys[0]?.[0],
      draft.host.countKey,
      draft.host.items[0]?.name,
      draft.authority.policy,
    ])
      expect(clear.includes(Buffer.from(secret ?? "capsule"))).toBe(false);
    expect(clear.includes(Buffer.from(bench.genesis))).toBe(true);
  });
});
