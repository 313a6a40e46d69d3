import { generateSigningKey, randomBytes } from "@fogbound/crypto";
import { Policy } from "@fogbound/policy";
import { batchStatement, leafReceipt, type Question, receipt, recipient } from "@fogbound/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import type { EmbeddedAuthority } from "../src/index.js";
import { ask, type Papers, reader, TestHost, type Version, World } from "./kit.js";
import { expectPermitted, expectRefused } from "./refused.js";

const viewing = Policy.allow({ readers: [reader], actions: ["view"] });

let world: World;
let version: Version;
let authority: EmbeddedAuthority;
let host: TestHost;
beforeEach(async () => {
  world = await World.create();
  version = await world.seal(viewing);
  authority = await world.openAuthority();
  await world.publish(version, authority);
  host = await TestHost.register(world, version, [authority]);
});

const refuse = (papers: Papers, changes: Partial<Question>): Promise<void> =>
  expectRefused(world, authority, "VERIFICATION_FAILED", () => ask(authority, papers, changes));

describe("A receipt", () => {
  it("for another request, another header or another kind of leaf proves nothing", async () => {
    const [mine, other] = [await host.papers(), await host.papers()];
    const ofManifest = await world.harmonizer.submitManifest(version.signed);
    await refuse(mine, { receipt: other.question.receipt });
    await refuse(mine, { header: other.question.header, receipt: other.question.receipt });
    await refuse(mine, { receipt: ofManifest });
    await refuse(mine, { receipt: null });
    await expectPermitted(authority, mine);
  });

  it("signed by another key proves nothing, whatever it says", async () => {
    const papers = await host.papers();
    const given = leafReceipt.decode(papers.question.receipt);
    const forged = await receipt.sign(receipt.read(given.receipt).value, generateSigningKey());
    await refuse(papers, { receipt: leafReceipt.encode({ ...given, receipt: forged }) });
  });

  it("of another log under the same key proves nothing", async () => {
    const papers = await host.papers();
    const given = leafReceipt.decode(papers.question.receipt);
    const { value } = receipt.read(given.receipt);
    const forged = await receipt.sign({ ...value, origin: "elsewhere.invalid/log" }, world.harmonizer.key);
    await refuse(papers, { receipt: leafReceipt.encode({ ...given, receipt: forged }) });
  });

  it("does not hold with another path, place, version or ordinal than the harmonizer signed", async () => {
    const many = await Promise.all(Array.from({ length: 6 }, () => host.papers()));
    const papers = many.find(({ question }) => leafReceipt.decode(question.receipt).path.length > 0);
    if (papers === undefined) throw new Error("expected records that share a bundle");
    const given = leafReceipt.decode(papers.question.receipt);
    const changes = [
      { path: [randomBytes(32), ...given.path.slice(1)] },
      { path: given.path.slice(1) },
      { path: [...given.path, randomBytes(32)] },
      { place: given.place ^ 1 },
      { place: 1000 },
      { ordinals: [1] },
      { kind: "manifest" as const },
    ];
    for (const change of changes) await refuse(papers, { receipt: leafReceipt.encode({ ...given, ...change }) });
    const older = leafReceipt.encode({ ...given, version: 0 });
    await refuse(papers, { receipt: older });
    await expectPermitted(authority, papers);
  });
});

describe("The record of a request", () => {
  it("must be signed by the instance the request names", async () => {
    const other = await TestHost.register(world, version, [authority]);
    const mine = await host.papers();
    const theirs = await other.record(mine.question.request, mine.question.session);
    await refuse(theirs, {});
    await refuse(theirs, { recipient: mine.question.recipient });
    const statement = batchStatement.read(mine.question.statement).value;
    await refuse(mine, { statement: await batchStatement.sign(statement, other.key) });
    await refuse(mine, { statement: await batchStatement.sign(statement, generateSigningKey()) });
    await expectPermitted(authority, mine);
  });

  it("must commit to this very request", async () => {
    const [mine, other] = [await host.papers(), await host.papers()];
    const { header, statement, place, path, receipt: own, opening } = other.question;
    await refuse(mine, { header, statement, place, path, receipt: own, opening });
    await refuse(mine, { opening: randomBytes(32) });
    await refuse(mine, { opening: other.question.opening });
  });

  it("must stand where the signed statement says", async () => {
    const many = await Promise.all(Array.from({ length: 6 }, () => host.papers()));
    const papers = many.find(({ question }) => question.path.length > 0);
    if (papers === undefined) throw new Error("expected records that share a batch");
    const { path, place } = papers.question;
    for (const change of [{ path: [] }, { path: path.with(0, randomBytes(32)) }, { place: place ^ 1 }, { place: 9999 }])
      await refuse(papers, change);
    await expectPermitted(authority, papers);
  });

  it("must carry the tags it is counted under, all of them and no others", async () => {
    const counted = await world.seal(Policy.allow({ readers: [reader], actions: ["view"], uses: 1 }), version);
    await world.publish(counted, authority);
    const counting = await TestHost.register(world, counted, [authority]);
    for (const counts of [[], [randomBytes(32)], [randomBytes(32), randomBytes(32)]])
      await refuse(await counting.papers({ counts }), {});
    const foreign = await counting.papers({ item: world.items[1] });
    await refuse(await counting.papers({ counts: [] }), { receipt: foreign.question.receipt });
    await expectPermitted(authority, await counting.papers());
  });
});

describe("The key a share is sealed to", () => {
  it("must be the instance's own, for this request", async () => {
    const papers = await host.papers();
    const other = await TestHost.register(world, version, [authority]);
    const key = papers.recipient.publicKey;
    const byOther = await recipient.sign({ suite: 1, key, request: papers.hash }, other.key);
    const forAnother = await recipient.sign({ suite: 1, key, request: randomBytes(32) }, host.key);
    const earlier = (await host.papers()).question.recipient;
    for (const forged of [byOther, forAnother, earlier]) await refuse(papers, { recipient: forged });
    await expectPermitted(authority, papers);
    expect(await ask(authority, papers)).toMatchObject({ answer: { decision: "permit" } });
  });
});
