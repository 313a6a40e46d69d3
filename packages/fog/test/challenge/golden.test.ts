import { readFileSync } from "node:fs";
import { fromHex, toHex } from "@fogbound/crypto";
import { Secret, TOTP } from "otpauth";
import { describe, expect, it } from "vitest";
import { answerChallenge } from "../../src/challenge/answer.js";
import { beginChallenge, decideChallenge } from "../../src/challenge/begin.js";
import { enrolled } from "../../src/challenge/enrolled.js";
import { challengeState, freshState } from "../../src/challenge/state.js";

type Field = "question" | "answer" | "totp" | "id" | "waitingId" | "withQuestion" | "withTotp" | "begun" | "kept";

const golden: Readonly<Record<Field, string>> & { readonly now: number } = JSON.parse(
  readFileSync(new URL("../../golden/challenge-v1.json", import.meta.url), "utf8"),
);
const { now } = golden;
const id = fromHex(golden.id);

describe("what was enrolled and kept in version 1", () => {
  it.each(["withQuestion", "withTotp"] as const)("reads and writes the same bytes: %s", (field) => {
    expect(toHex(enrolled.encode(enrolled.decode(fromHex(golden[field]))))).toBe(golden[field]);
  });

  it.each(["begun", "kept"] as const)("reads and writes the same bytes: a state, %s", (field) => {
    expect(toHex(challengeState.encode(challengeState.decode(fromHex(golden[field]))))).toBe(golden[field]);
  });

  it("lets the reader pass by the answer that was hashed then", async () => {
    const who = enrolled.decode(fromHex(golden.withQuestion));
    const state = challengeState.decode(fromHex(golden.begun));
    expect(beginChallenge(who, state, { id, now, random: new Uint8Array(32) }).question).toBe(golden.question);
    const reply = golden.answer.toUpperCase();
    expect(await answerChallenge(who, state, { id, reply, now })).toMatchObject({ passed: true });
    expect(await answerChallenge(who, state, { id, reply: `${reply}a`, now })).toMatchObject({ passed: false });
  });

  it("lets the reader pass by the authenticator that was enrolled then, and the owner decide", async () => {
    const who = enrolled.decode(fromHex(golden.withTotp));
    const { state } = beginChallenge(who, freshState, { id, now, random: new Uint8Array(32) });
    const secret = new Secret({ buffer: Uint8Array.from(fromHex(golden.totp)).buffer });
    const reply = TOTP.generate({ secret, timestamp: now });
    expect(await answerChallenge(who, state, { id, reply, now })).toMatchObject({ passed: true });
    const kept = challengeState.decode(fromHex(golden.kept));
    expect(kept).toMatchObject({
      failures: 1,
      passes: 1,
      replays: 2,
      memories: [{ method: "totp", memory: 59_000_000 }],
    });
    expect(decideChallenge(kept, { id: fromHex(golden.waitingId), decision: "confirmed", now })).not.toBeNull();
  });
});
