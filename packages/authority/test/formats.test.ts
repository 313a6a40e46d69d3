import { encodeCbor } from "@fogbound/crypto";
import { Policy } from "@fogbound/policy";
import { leafReceipt, manifestObject, type Question, question } from "@fogbound/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import type { EmbeddedAuthority } from "../src/index.js";
import { type Papers, reader, signRegistration, TestHost, type Version, World } from "./kit.js";
import { expectPermitted, expectRefused } from "./refused.js";
import { resigned, withField } from "./resign.js";

const viewing = Policy.allow({ readers: [reader], actions: ["view"] });
const changes = [
  ["an unknown field", "extra", 1, "FORMAT_INVALID"],
  ["a later suite", "suite", 2, "FORMAT_TOO_NEW"],
  ["no suite that there was", "suite", 0, "FORMAT_INVALID"],
] as const;

describe.each(changes)("With %s, under a signature that holds,", (_, field, value, code) => {
  let world: World;
  let version: Version;
  let authority: EmbeddedAuthority;
  let host: TestHost;
  let papers: Papers;
  beforeEach(async () => {
    world = await World.create();
    version = await world.seal(viewing);
    authority = await world.openAuthority();
    await world.publish(version, authority);
    host = await TestHost.register(world, version, [authority]);
    papers = await host.papers();
  });

  const refuse = (change: Partial<Question>): Promise<void> =>
    expectRefused(world, authority, code, () => authority.answer(question.encode({ ...papers.question, ...change })));

  it("no part of a question is read", async () => {
    const asked = papers.question;
    const given = leafReceipt.decode(asked.receipt);
    const signed = await resigned(given.receipt, world.harmonizer.key, field, value);
    await refuse({ request: await resigned(asked.request, host.key, field, value) });
    await refuse({ session: await resigned(asked.session, world.readerKey, field, value) });
    await refuse({ header: withField(asked.header, field, value) });
    await refuse({ statement: await resigned(asked.statement, host.key, field, value) });
    await refuse({ receipt: withField(asked.receipt, field, value) });
    await refuse({ receipt: leafReceipt.encode({ ...given, receipt: signed }) });
    await refuse({ recipient: await resigned(asked.recipient, host.key, field, value) });
    const whole = withField(question.encode(asked), field, value);
    await expectRefused(world, authority, code, () => authority.answer(whole));
    await expectPermitted(authority, papers);
  });

  it("no registration is read", async () => {
    const signed = await signRegistration(world, host.key, { nonce: await authority.nonce() });
    const outer = await resigned(signed, world.hostKey, field, value);
    await expectRefused(world, authority, code, () => authority.register(outer));
  });

  it("no manifest is read", async () => {
    const next = await world.seal(viewing, version);
    const receipt = await world.harmonizer.submitManifest(next.signed);
    const object = manifestObject.decode(next.bytes);
    const signed = await resigned(next.signed, world.owner.root, field, value);
    const attempts = [manifestObject.encode({ ...object, manifest: signed }), withField(next.bytes, field, value)];
    for (const bytes of attempts) await expectRefused(world, authority, code, () => authority.publish(bytes, receipt));
    await authority.publish(next.bytes, receipt);
  });
});

it("What is no question, registration or manifest at all is an error of ours, never of the machine", async () => {
  const world = await World.create();
  const version = await world.seal(viewing);
  const authority = await world.openAuthority();
  await world.publish(version, authority);
  const junk = [
    new Uint8Array(),
    new Uint8Array(100_000).fill(0x9f),
    encodeCbor(new Map()),
    encodeCbor([1, 2]),
    version.bytes,
  ];
  for (const bytes of junk) {
    const invalid = { name: "FogboundError", code: "FORMAT_INVALID" };
    await expect(authority.answer(bytes)).rejects.toMatchObject(invalid);
    await expect(authority.register(bytes)).rejects.toMatchObject(invalid);
    if (bytes !== version.bytes) await expect(authority.publish(bytes, bytes)).rejects.toMatchObject(invalid);
    await expect(authority.publish(version.bytes, bytes)).rejects.toMatchObject(invalid);
  }
});
