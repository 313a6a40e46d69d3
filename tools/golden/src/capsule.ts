import {
  type ManifestDraft,
  type ManifestVersion,
  sealContent,
  signManifest,
  wrapperFor,
} from "../../../packages/capsule/src/index.js";
import { generateMaster } from "../../../packages/crypto/src/ibe.js";
import {
  type AuthorityGroup,
  layout,
  manifest,
  manifestObject,
  sealedPart,
} from "../../../packages/protocol/src/index.js";
import { memoryDriver, ObjectStore, readAll } from "../../../packages/storage/src/index.js";
import { authority, content, type Founded, host, item, origin, reader, start } from "./ids.js";
import { fixed, sealingKey, signingKey } from "./keys.js";
import type { Sample } from "./sample.js";

export interface SealedCapsule {
  readonly version: ManifestVersion;
  readonly samples: readonly Sample[];
}

/** One item of two chunks, its manifest under a publisher's and an auditor's eyes, and all that opens them again. */
export async function sealCapsule(founded: Founded): Promise<SealedCapsule> {
  const plain = Uint8Array.from({ length: 65_600 }, (_, index) => (index * 7) % 256);
  const key = fixed("item-key");
  const place = { capsule: founded.capsule, item, variant: 0, content };
  const store = await ObjectStore.open(memoryDriver());
  const { chunks, root, length } = await sealContent(store, place, key, pieces(plain));
  const stored = await store.get(layout.content(founded.capsule, content));
  if (stored === null) throw new Error("Expected the content that was just sealed.");
  const { group, secret } = await authorities();
  const wrap = (await wrapperFor(group, founded.capsule, 1)).wrap(key);
  const items = [{ id: item, variants: [{ content, chunks, root, wrap }] }];
  const version = await signManifest(
    founded.capsule,
    { ...draft(), public: { ...(await publicPart(founded, group)), items } },
    null,
    start,
    signingKey("root"),
  );
  const sealed = await readAll(stored, 1_000_000);
  return { version, samples: samplesOf(version, { sealed, length, secret, key }) };
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}

async function authorities(): Promise<{ group: AuthorityGroup; secret: Uint8Array }> {
  const { publicKey, shares } = generateMaster(1, 1);
  const [share] = shares;
  if (share === undefined) throw new Error("Expected one share.");
  const member = {
    id: authority,
    index: share.index,
    answerKey: signingKey("answer").publicKey,
    partKey: (await sealingKey("part")).publicKey,
    journalKey: signingKey("journal").publicKey,
    commitment: share.commitment,
  };
  return { group: { threshold: 1, publicKey, members: [member] }, secret: share.secret };
}

async function publicPart(founded: Founded, group: AuthorityGroup): Promise<Omit<ManifestDraft["public"], "items">> {
  return {
    genesis: founded.genesis,
    mode: "access-log",
    keyVersion: 1,
    hosts: [{ id: host, key: signingKey("host").publicKey, mostInstances: 4 }],
    authorities: group,
    harmonizer: { origin, receiptKey: signingKey("receipt").publicKey, logKey: signingKey("log").publicKey },
    publishers: [signingKey("publisher").publicKey],
    auditors: [
      { readKey: (await sealingKey("auditor-read")).publicKey, signingKey: signingKey("auditor-signing").publicKey },
    ],
    revoked: { hosts: [], instances: [founded.journal], everything: false },
    leaseSeconds: 0,
    push: { seconds: 900, bytes: 1_048_576 },
    stripe: { batches: 8, parity: 2 },
    checkpointSeconds: 10,
    retainDays: 3650,
    breakGlass: { releases: 3, seconds: 600 },
  };
}

function draft(): Omit<ManifestDraft, "public"> {
  return {
    host: {
      items: [{ id: item, name: "Bericht/Übersicht.pdf", mediaType: "application/pdf", length: 65_600 }],
      countKey: fixed("count-key"),
      counted: [{ id: "rule-1", actions: ["view"], items: null }],
    },
    authority: {
      policy: "permit(principal, action, resource);",
      issuers: [{ id: "local", hosts: [host], readers: [{ name: "reader", key: signingKey("reader").publicKey }] }],
      revokedReaders: ["local#former"],
      real: [0],
      regrants: [{ reader, item, rule: "rule-1", uses: 2 }],
      fog: null,
    },
    itemKeys: [[fixed("item-key")]],
  };
}

function samplesOf(
  version: ManifestVersion,
  opened: { sealed: Uint8Array; length: number; secret: Uint8Array; key: Uint8Array },
): Sample[] {
  const { object } = version;
  const part = (name: "host" | "authority" | "owner", opens: Record<string, unknown>): Sample => ({
    file: `sealed-part-${name}-v1.cbor`,
    format: "sealed-part",
    bytes: object[name],
    signer: null,
    value: sealedPart.decode(object[name]),
    opens,
  });
  return [
    {
      file: "manifest-v1.cbor",
      format: "manifest",
      bytes: object.manifest,
      signer: "root",
      value: manifest.read(object.manifest).value,
    },
    {
      file: "manifest-object-v1.cbor",
      format: "manifest-object",
      bytes: version.bytes,
      signer: null,
      value: manifestObject.decode(version.bytes),
      opens: { authorityIndex: 1, authoritySecret: opened.secret },
    },
    part("host", { reader: "auditor-read" }),
    part("authority", { reader: "part" }),
    part("owner", { reader: "recovery" }),
    {
      file: "content-v1.bin",
      format: "content",
      bytes: opened.sealed,
      signer: null,
      value: null,
      opens: { length: opened.length, key: opened.key, byte: "(index * 7) % 256" },
    },
  ];
}
