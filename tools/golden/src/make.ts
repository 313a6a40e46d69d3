import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { openAsOwner } from "../../../packages/capsule/src/index.js";
import { sha256, toHex, utf8 } from "../../../packages/crypto/src/index.js";
import { sealKeyFile } from "../../../packages/identity/src/index.js";
import {
  authorityPart,
  genesis,
  hostPart,
  keyFile,
  ownerPart,
  question,
} from "../../../packages/protocol/src/index.js";
import { sealCapsule } from "./capsule.js";
import { sampleFog } from "./fog.js";
import { type Founded, found } from "./ids.js";
import { fixed, sealingKey, sealingNames, signingKey, signingNames } from "./keys.js";
import { type Reading, signReading } from "./reading.js";
import { type Recorded, record } from "./records.js";
import { type Sample, summary } from "./sample.js";
import { type Sequenced, sequence } from "./sequenced.js";

/** Samples of the formats that came later, beside those that are there. */
async function add(directory: string): Promise<void> {
  const index = JSON.parse(readFileSync(`${directory}/index.json`, "utf8"));
  const known = new Set(index.samples.map(({ file }: Sample) => file));
  const later = (await sampleFog(index.capsule)).filter(({ file }) => !known.has(file));
  for (const { file, bytes } of later) writeFileSync(`${directory}/${file}`, bytes, { flag: "wx" });
  const samples = [...index.samples, ...later.map(entryOf)];
  writeFileSync(`${directory}/index.json`, `${JSON.stringify({ ...index, samples }, null, 1)}\n`);
}

/** Makes version 1 of every golden file, once: a golden file is never made anew. */
async function make(directory: string): Promise<void> {
  if (existsSync(`${directory}/index.json`))
    throw new Error(`${directory} holds golden files already. A new version of a format gets new files beside them.`);
  const founded = await found();
  const { version, samples } = await sealCapsule(founded);
  const reading = await signReading(founded, version.hash);
  const recorded = await record(founded, reading, version.hash);
  const sequenced = await sequence(founded, recorded, version.hash, reading.registration);
  const owner = await openAsOwner(version, await sealingKey("read"));
  const all: Sample[] = [
    plain("genesis", founded.genesis, genesis.decode(founded.genesis)),
    ...samples,
    plain("host-part", hostPart.encode(owner.host), owner.host),
    plain("authority-part", authorityPart.encode(owner.authority), owner.authority),
    plain("owner-part", ownerPart.encode(owner.owner), owner.owner),
    ...reading.samples,
    ...recorded.samples,
    ...sequenced.samples,
    questionOf(founded, reading, recorded, sequenced),
    ...(await keyFiles()),
  ];
  mkdirSync(directory, { recursive: true });
  for (const { file, bytes } of all) writeFileSync(`${directory}/${file}`, bytes, { flag: "wx" });
  writeFileSync(`${directory}/index.json`, `${JSON.stringify(await indexOf(founded, all), null, 1)}\n`, { flag: "wx" });
}

function plain(format: string, bytes: Uint8Array, value: unknown): Sample {
  return { file: `${format}-v1.cbor`, format, bytes, signer: null, value };
}

function questionOf({ capsule }: Founded, reading: Reading, recorded: Recorded, sequenced: Sequenced): Sample {
  const { request, session } = reading;
  const value = {
    suite: 1 as const,
    capsule,
    request,
    session,
    header: recorded.headers[1] ?? new Uint8Array(),
    statement: sequenced.statement,
    place: 1,
    path: [fixed("path 1"), fixed("path 2")],
    opening: recorded.opening,
    receipt: sequenced.leafReceipt,
    recipient: recorded.recipient,
    address: "198.51.100.9",
    country: null,
    shares: [1],
  };
  return plain("question", question.encode(value), value);
}

async function keyFiles(): Promise<Sample[]> {
  const passphrase = "Zwölf Boxkämpfer jagen Viktor";
  const secrets = new Map([["signing", fixed("reader")]]);
  const text = await sealKeyFile({ kind: "reader", secrets }, passphrase, { cost: 1024 });
  const bytes = Buffer.from(text.split("\n").slice(1, -2).join(""), "base64");
  const opens = { passphrase, secrets: { signing: fixed("reader") } };
  return [
    { ...plain("key-file", new Uint8Array(bytes), keyFile.decode(bytes)), opens },
    { file: "key-file-v1.txt", format: "armored-key-file", bytes: utf8(text), signer: null, value: null, opens },
  ];
}

async function indexOf(founded: Founded, samples: readonly Sample[]): Promise<unknown> {
  const signing = signingNames.map((name) => [name, { seed: fixed(name), public: signingKey(name).publicKey }]);
  const sealing = sealingNames.map(async (name) => [
    name,
    { secret: fixed(name), public: (await sealingKey(name)).publicKey },
  ]);
  return {
    about:
      "Version 1 of every format, made once by tools/golden. Bytes are hex:, or sha256:/length when longer than 64.",
    capsule: founded.capsule,
    signingKeys: summary(Object.fromEntries(signing)),
    sealingKeys: summary(Object.fromEntries(await Promise.all(sealing))),
    samples: samples.map(entryOf),
  };
}

function entryOf({ file, format, bytes, signer, value, opens }: Sample): unknown {
  return {
    file,
    format,
    length: bytes.length,
    sha256: toHex(sha256(bytes)),
    signer,
    value: summary(value),
    opens: opens === undefined ? null : summary(opens),
  };
}

const [directory = "", later] = process.argv.slice(2);
await (later === "add" ? add(directory) : make(directory));
