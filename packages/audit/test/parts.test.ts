import { label, randomBytes, type SealingKey, sealAead, sealTo, utf8 } from "@fogbound/crypto";
import {
  type AuthorityPart,
  authorityPart,
  type CapsuleId,
  type HostPart,
  hostPart,
  ownerPart,
  randomIdentifier,
  sealedPart,
} from "@fogbound/protocol";
import { beforeAll, describe, expect, it } from "vitest";
import { type KnownManifest, readManifests } from "../src/manifests.js";
import { openParts, type Parts } from "../src/parts.js";
import { sealingKey } from "./kit/keys.js";
import { World } from "./kit/world.js";

type Name = keyof KnownManifest["parts"];

let world: World;
let capsule: CapsuleId;
let known: KnownManifest;
let owner: SealingKey;
let authority: SealingKey;
let auditor: SealingKey;

const hostPartKey = randomBytes(32);
const described: HostPart = {
  suite: 1,
  items: [{ id: randomIdentifier("itm"), name: "report.pdf", mediaType: "application/pdf", length: 7 }],
  countKey: new Uint8Array(32).fill(7),
  counted: [],
};
const vouching: AuthorityPart = {
  suite: 1,
  policy: "permit(principal, action, resource);",
  issuers: [{ id: "local", hosts: [], readers: [{ name: "reader", key: new Uint8Array(32).fill(3) }] }],
  revokedReaders: [],
  hostPartKey,
  real: [0],
  regrants: [],
  fog: null,
};
const plain = {
  host: hostPart.encode(described),
  authority: authorityPart.encode(vouching),
  owner: ownerPart.encode({
    suite: 1,
    itemKeys: [[new Uint8Array(32)]],
    hostPartKey,
    authorityPart: authorityPart.encode({ ...vouching, policy: "forbid(principal, action, resource);" }),
  }),
};

beforeAll(async () => {
  world = await World.create();
  capsule = world.capsule.id;
  const [first] = [...(await readManifests(await world.evidence())).byHash.values()];
  if (first === undefined) throw new TypeError("no manifest");
  known = first;
  owner = world.capsule.owner;
  auditor = world.capsule.auditor;
  authority = await sealingKey(77);
});

async function sealed(
  name: Name,
  readers: readonly SealingKey[],
  as: { readonly capsule?: CapsuleId; readonly name?: Name } = {},
): Promise<Uint8Array> {
  const key = name === "host" ? hostPartKey : randomBytes(32);
  const bound = as.capsule ?? capsule;
  const ciphertext = await sealAead(key, new Uint8Array(12), plain[name], utf8(`${bound}/${as.name ?? name}`));
  const wraps = await Promise.all(
    readers.map(async ({ publicKey }) => ({
      recipient: publicKey,
      sealed: await sealTo(publicKey, label("part-key"), key, utf8(bound)),
    })),
  );
  return sealedPart.encode({ suite: 1, ciphertext, wraps });
}

async function opened(readers: readonly SealingKey[], changes: Partial<KnownManifest["parts"]> = {}): Promise<Parts> {
  const parts = {
    host: await sealed("host", []),
    authority: await sealed("authority", [authority]),
    owner: await sealed("owner", [owner]),
    ...changes,
  };
  return openParts(capsule, { ...known, parts }, readers);
}

const policyOf = ({ authority: part }: Parts): string | null | undefined => part?.policy;

describe("The parts of a manifest", () => {
  it("are open to the owner, by what the owner part holds", async () => {
    const parts = await opened([owner]);
    expect(parts.host).toEqual(described);
    expect(policyOf(parts)).toBe("forbid(principal, action, resource);");
    expect(await opened([owner], { authority: null })).toEqual(parts);
    expect(await opened([auditor, authority, owner])).toEqual(parts);
  });

  it("are open to whoever the authority part is wrapped to, host part and all", async () => {
    expect(await opened([authority])).toEqual({ host: described, authority: vouching });
    expect(await opened([auditor, authority], { owner: null })).toEqual({ host: described, authority: vouching });
  });

  it("are open to an auditor as far as the host part, when that is wrapped to him", async () => {
    const host = await sealed("host", [owner, auditor]);
    expect(await opened([auditor], { host })).toEqual({ host: described, authority: null });
    expect(await opened([auditor], { host, authority: null, owner: null })).toEqual({
      host: described,
      authority: null,
    });
  });

  it("are closed to everybody else, and to nobody's keys", async () => {
    const closed = { host: null, authority: null };
    expect(await opened([auditor])).toEqual(closed);
    expect(await opened([])).toEqual(closed);
    expect(await opened([owner, authority, auditor], { host: null, authority: null, owner: null })).toEqual(closed);
  });

  it("do without one that is lost or damaged, and open the others", async () => {
    for (const host of [null, randomBytes(60)])
      expect(await opened([authority], { host })).toEqual({ host: null, authority: vouching });
    for (const part of [null, randomBytes(60)])
      expect(await opened([owner, authority], { owner: part })).toEqual({ host: described, authority: vouching });
  });

  it("are no others than those sealed for this capsule and this place", async () => {
    const other = (await World.create()).capsule.id;
    for (const as of [{ capsule: other }, { name: "owner" }] as const)
      expect(await opened([authority], { authority: await sealed("authority", [authority], as) })).toEqual({
        host: null,
        authority: null,
      });
    for (const as of [{ capsule: other }, { name: "authority" }] as const)
      expect(await opened([authority], { host: await sealed("host", [], as) })).toEqual({
        host: null,
        authority: vouching,
      });
    for (const as of [{ capsule: other }, { name: "authority" }] as const)
      expect(await opened([owner], { owner: await sealed("owner", [owner], as) })).toEqual({
        host: null,
        authority: null,
      });
  });
});
