import { encodeCbor, hmacSha256, sha256, signingKeyFromSeed, toBase32, toHex, utf8 } from "@fogbound/crypto";
import { describe, expect, test } from "vitest";
import {
  actions,
  capsuleIdOf,
  commitmentOf,
  countTags,
  derivedIdentifier,
  epochBinding,
  epochSecretCommitment,
  findingHash,
  type HostPart,
  hashInName,
  hostIdOf,
  instanceIdOf,
  isAction,
  isIdentifier,
  isSubject,
  keyKinds,
  layout,
  manifestName,
  noteKinds,
  ownerIdOf,
  padded,
  parseIdentifier,
  parseSubject,
  proofs,
  quietly,
  randomIdentifier,
  randomOpening,
  recipientName,
} from "../src/index.js";
import { expectFailure } from "./kit/failure.js";

const capsule = `cap_${"c".repeat(52)}` as const;
const instance = `ins_${"i".repeat(26)}` as const;
const authority = `aut_${"a".repeat(26)}` as const;
const bytes = new Uint8Array(32).fill(5);

/** What PROTOCOL says an identifier is: the beginning of the base32 of a hash under a label. */
const named = (kind: string, length: number, ...parts: (string | Uint8Array)[]): string =>
  `${kind}_${toBase32(sha256(...parts.map((part) => (typeof part === "string" ? utf8(part) : part)))).slice(0, length)}`;

test("everything lies where it has always lain", () => {
  expect([
    layout.capsules(),
    layout.capsule(capsule),
    layout.content(capsule, `cnt_${"n".repeat(26)}`),
    layout.manifests(capsule),
    layout.manifest(capsule, 7, Uint8Array.of(0xab, 0x01)),
    layout.hostLog(capsule),
    layout.imported(capsule),
    layout.journal(authority, capsule),
    layout.outages(authority, capsule),
    layout.mailbox(capsule),
    layout.head(instance, 1),
    layout.epochKey(instance, 2, "recipient"),
    layout.batch(instance, 3, 99_999_999),
  ]).toEqual([
    "capsules/",
    `capsules/${capsule}/`,
    `capsules/${capsule}/content/cnt_${"n".repeat(26)}`,
    `capsules/${capsule}/manifests/`,
    `capsules/${capsule}/manifests/00000007-ab01`,
    `capsules/${capsule}/`,
    `capsules/${capsule}/imported/`,
    `authority/${authority}/${capsule}/`,
    `authority/${authority}/${capsule}/outages/`,
    `mailbox/${capsule}/`,
    `instances/${instance}/00000001/head`,
    `instances/${instance}/00000002/keys/recipient`,
    `instances/${instance}/00000003/99999999`,
  ]);
  expect([9, 10].map(padded).sort()).toEqual(["00000009", "00000010"]);
});

test("a copy of a manifest is called by its version and hash, and anything else is none", () => {
  const name = manifestName(12, bytes);
  expect(name).toBe(`00000012-${toHex(bytes)}`);
  expect(hashInName(name)).toEqual(bytes);
  const hex = toHex(bytes);
  for (const other of [
    "",
    hex,
    `12-${hex}`,
    `x00000012-${hex}`,
    `000000012-${hex}`,
    `0000001x-${hex}`,
    `00000012_${hex}`,
    `00000012-${hex.slice(1)}`,
    `00000012-${hex}0`,
    `00000012-${hex.slice(1)}g`,
    `00000012-${hex.toUpperCase().replaceAll("0", "A")}`,
    `${name}.tmp`,
    `manifests/${name}`,
  ])
    expect(hashInName(other), other).toBeNull();
});

describe("identifiers", () => {
  test("are the hash of what they name, under a label of its own", () => {
    const { publicKey } = signingKeyFromSeed(bytes);
    expect(capsuleIdOf(bytes)).toBe(named("cap", 52, "fogbound/v1/genesis", bytes));
    expect(ownerIdOf(publicKey)).toBe(named("own", 26, "fogbound/v1/owner", publicKey));
    expect(hostIdOf(publicKey)).toBe(named("hst", 26, "fogbound/v1/host", publicKey));
    expect(instanceIdOf(publicKey, capsule)).toBe(named("ins", 26, "fogbound/v1/instance", publicKey, capsule));
    expect(derivedIdentifier("itm", "a label", bytes, bytes)).toBe(named("itm", 26, "a label", bytes, bytes));
  });

  test("are random where nothing names them", () => {
    const [one, two] = [randomIdentifier("itm"), randomIdentifier("itm")];
    expect(one).toMatch(/^itm_[a-z2-7]{26}$/);
    expect(one).not.toBe(two);
  });

  const letters = `${"a2z7".repeat(6)}bc`;
  test.each(["itm", "cnt", "ins", "acc", "own", "hst", "aut"] as const)(
    "of kind %s are 26 letters after it",
    (kind) => {
      expect(isIdentifier(kind, `${kind}_${letters}`)).toBe(true);
      expect(parseIdentifier(kind, `${kind}_${letters}`)).toBe(`${kind}_${letters}`);
      for (const wrong of ["", "a", letters.slice(1), `${letters}a`, letters.repeat(2), `A${letters.slice(1)}`])
        expect(isIdentifier(kind, `${kind}_${wrong}`)).toBe(false);
      for (const strange of ["1", "8", "0", "-", " ", "\n"]) {
        expect(isIdentifier(kind, `${kind}_${letters.slice(1)}${strange}`)).toBe(false);
        expect(isIdentifier(kind, `${kind}_${strange}${letters.slice(1)}`)).toBe(false);
      }
      expect(isIdentifier(kind, `xxx_${letters}`)).toBe(false);
      expect(isIdentifier(kind, `${kind}-${letters}`)).toBe(false);
      expect(isIdentifier(kind, new String(`${kind}_${letters}`))).toBe(false);
    },
  );

  test("of a capsule are twice as long, and what is none says what was expected and what came", async () => {
    expect(isIdentifier("cap", capsule)).toBe(true);
    expect(isIdentifier("cap", capsule.slice(0, 30))).toBe(false);
    const error = await expectFailure("FORMAT_INVALID", () => parseIdentifier("cap", "x".repeat(100)));
    expect(error.message).toBe(`Expected cap_ and 52 characters of a-z and 2-7, got "${"x".repeat(80)}".`);
  });
});

describe("subjects", () => {
  test("end with a name after the last #", () => {
    expect(parseSubject("local#reader")).toEqual({ issuer: "local", name: "reader" });
    expect(parseSubject("https://id.example/#a#b")).toEqual({ issuer: "https://id.example/#a", name: "b" });
    expect(parseSubject(`i#${"n".repeat(510)}`).name).toHaveLength(510);
    expect(isSubject("a#\u{feff}b")).toBe(true);
  });

  test.each([
    ["a bare name", "reader"],
    ["nothing", ""],
    ["no issuer", "#reader"],
    ["no name", "local#"],
    ["a # alone", "#"],
    ["a control character", "local#rea\u{7}der"],
    ["a line break at its end", "local#reader\n"],
    ["a control character in front", "\u{0}local#reader"],
    ["a byte order mark in front", "\u{feff}local#reader"],
    ["half a character", "local#\u{d800}"],
    ["another spelling than NFC", "local#e\u{301}"],
    ["513 characters", `i#${"n".repeat(511)}`],
  ])("are not %s", async (_name, text) => {
    const error = await expectFailure("FORMAT_INVALID", () => parseSubject(text));
    expect(error.message).toContain(`got ${JSON.stringify(text.slice(0, 80))}.`);
    expect(isSubject(text)).toBe(false);
  });

  test("ask for one of two actions", () => {
    expect(actions).toEqual(["view", "download"]);
    expect(["view", "download", "", "VIEW", null, ["view"]].map(isAction)).toEqual([
      true,
      true,
      ...Array(4).fill(false),
    ]);
  });
});

test("what binds one thing to another is a hash under its own label", () => {
  const other = new Uint8Array(32).fill(6);
  const hex = (...parts: Uint8Array[]): string => toHex(sha256(...parts));
  expect(toHex(commitmentOf(bytes, other))).toBe(hex(utf8("fogbound/v1/commitment"), bytes, other));
  expect(toHex(epochSecretCommitment(bytes))).toBe(hex(utf8("fogbound/v1/epoch-secret"), bytes));
  const finding = { code: "BATCH_MISSING", sentence: "It is gone.", evidence: ["one", "two"] } as const;
  expect(toHex(findingHash(finding))).toBe(
    hex(utf8("fogbound/v1/finding"), encodeCbor(["BATCH_MISSING", "It is gone.", ["one", "two"]])),
  );
  expect(recipientName(bytes)).toBe(toBase32(sha256(utf8("fogbound/v1/recipient"), bytes)).slice(0, 26));
  expect(epochBinding(instance, 7)).toEqual(utf8(`${instance}/7`));
  expect(randomOpening()).toHaveLength(32);
  expect(randomOpening()).not.toEqual(randomOpening());
});

test("the words of the protocol are the ones that were signed", () => {
  expect(keyKinds).toEqual(["owner", "reader", "auditor", "recovery", "host"]);
  expect(noteKinds).toEqual(["erased", "received", "explained"]);
  expect(proofs.join(" ")).toBe(
    "bytes-rehashed chains-complete journal-matches receipts checkpoint tail-anchored signed-by-readers keys-pinned witnessed time-trusted parties-separate",
  );
});

describe("counting rules", () => {
  const item = { id: `itm_${"t".repeat(26)}`, name: "plan.pdf", mediaType: "application/pdf", length: 1 } as const;
  const rules = [
    { id: "all", actions: null, items: null },
    { id: "views", actions: ["view"], items: null },
    { id: "downloads", actions: ["download"], items: ["other.pdf", "plan.pdf"] },
    { id: "other", actions: null, items: ["other.pdf"] },
    { id: "none", actions: [], items: [] },
  ] as const;
  const part: HostPart = { suite: 1, items: [item], countKey: bytes, counted: rules };
  const tag = (rule: string): Uint8Array =>
    hmacSha256(bytes, utf8(`fogbound/v1/count|local#reader|${item.id}|${rule}`));

  test("count what falls under their actions and items, by reader, item and rule, in their order", () => {
    expect(countTags(part, "local#reader", item, "view")).toEqual([tag("all"), tag("views")]);
    expect(countTags(part, "local#reader", item, "download")).toEqual([tag("all"), tag("downloads")]);
    expect(countTags(part, "local#other", item, "view")).not.toContainEqual(tag("all"));
  });
});

test("whoever is told of an alert cannot stop what he is told of, and nobody need be told", () => {
  const alert = { kind: "authority-unreachable", capsule, since: 1 } as const;
  const told: unknown[] = [];
  quietly({ raise: (one) => told.push(one) }).raise(alert);
  expect(told).toEqual([alert]);
  const fails = (): never => {
    throw new Error("The mail could not be sent.");
  };
  expect(() => quietly({ raise: fails }).raise(alert)).not.toThrow();
  expect(() => quietly(undefined).raise(alert)).not.toThrow();
});
