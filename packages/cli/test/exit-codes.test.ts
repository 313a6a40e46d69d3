import { chmod, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ErrorCode, errorCodes, FogboundError } from "@fogbound/errors";
import { type Proof, proofs } from "@fogbound/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exitCodeOf, exitCodeOfVerdict, exitCodes, worst } from "../src/exit-codes.js";
import { notFound, OutputClosed } from "../src/failure.js";
import { Desk, passphrase } from "./kit.js";

describe("what each failure ends with", () => {
  const expected = {
    1: "STORE_REFUSED STORE_FULL OBJECT_EXISTS FORMAT_INVALID FORMAT_TOO_NEW CLOCK_UNTRUSTED",
    2: "STORE_UNSUITABLE STORE_UNSUPPORTED POLICY_INVALID",
    3: "READER_UNPROVED HOST_UNPROVED",
    4: "VERIFICATION_FAILED",
    6: "STORE_UNREACHABLE OUTCOME_UNKNOWN MANIFEST_STALE RECORD_NOT_DURABLE AUTHORITY_UNREACHABLE HARMONIZER_UNREACHABLE RATE_LIMITED",
    7: "CAPSULE_NOT_FOUND ITEM_NOT_FOUND",
    8: "KEY_LOCKED KEY_WRONG",
  };
  const rows = Object.entries(expected).flatMap(([exit, codes]) =>
    codes.split(" ").map((code) => [code, Number(exit)]),
  );

  it("every code of the union has its exit code, and no other has one", () => {
    expect(Object.fromEntries(rows)).toEqual(exitCodes);
    expect(Object.keys(exitCodes).sort()).toEqual(Object.keys(errorCodes).sort());
  });

  it.each(Object.keys(errorCodes).filter(isErrorCode))("%s, as it is thrown", (code) => {
    expect(exitCodeOf(new FogboundError(code, "So it went."))).toBe(exitCodes[code]);
  });

  it("and what is no FogboundError", () => {
    expect(exitCodeOf(notFound("There is no such file."))).toBe(7);
    expect(exitCodeOf(new TypeError("Expected text."))).toBe(2);
    expect(exitCodeOf(new RangeError("Expected less."))).toBe(2);
    expect(exitCodeOf(new Error("Something else."))).toBe(1);
    expect(exitCodeOf("a string")).toBe(1);
    expect(exitCodeOf(new OutputClosed())).toBe(1);
    expect(exitCodeOf(AbortSignal.abort().reason)).toBe(130);
  });
});

describe("what each verdict ends with", () => {
  const all: readonly Proof[] = proofs;
  const lost = { code: "BATCH_MISSING", severity: "incomplete", sentence: "A batch is lost.", evidence: [] } as const;

  it("proved is 0, repaired 0 or with --strict 4, broken 4, incomplete 5", () => {
    const verdict = { proved: all, findings: [] };
    expect(exitCodeOfVerdict({ ...verdict, outcome: "proved" })).toBe(0);
    expect(exitCodeOfVerdict({ ...verdict, outcome: "repaired" })).toBe(0);
    expect(exitCodeOfVerdict({ ...verdict, outcome: "repaired" }, { strict: true })).toBe(4);
    expect(exitCodeOfVerdict({ ...verdict, outcome: "broken" }, { unread: true })).toBe(4);
    expect(exitCodeOfVerdict({ ...verdict, outcome: "incomplete" })).toBe(5);
  });

  it("proved without what was asked for is 5", () => {
    const proved = all.filter((proof) => proof !== "bytes-rehashed");
    expect(exitCodeOfVerdict({ outcome: "proved", proved, findings: [] }, { proofs: ["bytes-rehashed"] })).toBe(5);
  });

  it("without a read key, incomplete is 0 only when all else is proved and there is no finding", () => {
    const unread = { unread: true };
    const proved = all.filter((proof) => proof !== "journal-matches" && proof !== "signed-by-readers");
    expect(exitCodeOfVerdict({ outcome: "incomplete", proved, findings: [] }, unread)).toBe(0);
    expect(exitCodeOfVerdict({ outcome: "incomplete", proved, findings: [] })).toBe(5);
    expect(exitCodeOfVerdict({ outcome: "incomplete", proved, findings: [lost] }, unread)).toBe(5);
    for (const missing of ["chains-complete", "receipts", "checkpoint", "tail-anchored", "keys-pinned"])
      expect(
        exitCodeOfVerdict(
          { outcome: "incomplete", proved: proved.filter((proof) => proof !== missing), findings: [] },
          unread,
        ),
        missing,
      ).toBe(5);
  });

  it("of several, broken outweighs what could not be looked at, and that outweighs what is incomplete", () => {
    expect(worst([])).toBe(0);
    expect(worst([0, 5, 0])).toBe(5);
    expect(worst([5, 6, 0])).toBe(6);
    expect(worst([6, 4, 5])).toBe(4);
    expect(worst([4, 130])).toBe(130);
  });
});

describe("every row of the table, through the command", () => {
  let desk: Desk;
  let capsule = "";

  beforeAll(async () => {
    desk = await Desk.initialised();
    await desk.reader("ann");
    await desk.write("a.txt", "a");
    capsule = await desk.done("seal", "a.txt", "--allow", "ann", "--uses", "1");
  });

  afterAll(() => desk.close());

  const exitOf = async (...argv: readonly string[]): Promise<number> => (await desk.run(argv)).exitCode;

  it("0, then 3 when the one use is used up", async () => {
    expect(await exitOf("view", capsule, "a.txt", "--as", "ann.key")).toBe(0);
    const second = await desk.run(["view", capsule, "a.txt", "--as", "ann.key"]);
    expect(second.exitCode).toBe(3);
    expect(second.stderr).toContain("Refused: too-many-uses");
  });

  it("1 for a file that is there", async () => {
    expect(await exitOf("export", capsule, "-o", "a.txt")).toBe(1);
  });

  it("2 for a setting that is none", async () => {
    expect((await desk.run(["list"], { environment: { FOGBOUND_STORE: "nonsense" } })).exitCode).toBe(2);
  });

  it("6 when the store goes away after it was opened; there again, it is 0", async () => {
    const vault = desk.path("vault");
    const away = `mv ${JSON.stringify(vault)} ${JSON.stringify(`${vault}.away`)} && echo ${JSON.stringify(passphrase)}`;
    const environment = { FOGBOUND_PASSPHRASE_FILE: "", FOGBOUND_PASSPHRASE_COMMAND: away };
    const { exitCode, documents } = await desk.run(["list", "--json"], { environment });
    await rename(`${vault}.away`, vault);
    expect({ exitCode, documents }).toEqual({
      exitCode: 6,
      documents: [expect.objectContaining({ schema: "fogbound.error/1", retryable: true, exitCode: 6 })],
    });
    await desk.done("list");
  });

  it("7 for a capsule that the store has not", async () => {
    expect(await exitOf("list", `cap_${"a".repeat(52)}`)).toBe(7);
  });

  it("8 for a wrong passphrase, a mode too wide, and readers that others could change", async () => {
    const wrong = desk.path("wrong-passphrase");
    await writeFile(wrong, "not it\n");
    const locked = await desk.run(["key", "show", "ann.key"], { environment: { FOGBOUND_PASSPHRASE_FILE: wrong } });
    expect(locked.exitCode).toBe(8);
    await chmod(desk.path("ann.key"), 0o640);
    expect(await exitOf("key", "show", "ann.key")).toBe(8);
    await chmod(desk.path("ann.key"), 0o600);
    const readers = `${desk.environment.XDG_CONFIG_HOME}/fogbound/readers.json`;
    await chmod(readers, 0o666);
    expect(await exitOf("reader", "list")).toBe(8);
    expect(await exitOf("seal", "a.txt", "--allow", "ann")).toBe(8);
    expect(await exitOf("doctor")).toBe(8);
    await chmod(readers, 0o600);
  });

  it("130 when it is interrupted before anything is done", async () => {
    const { exitCode, stdout, stderr } = await desk.run(["seal", "a.txt", "--record-only"], {
      signal: AbortSignal.abort(),
    });
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 130,
      stdout: "",
      stderr: "fogbound: Interrupted; nothing half-done is visible.\n",
    });
  });

  it("0 with a warning for a batch that could be restored, 4 with --strict", async () => {
    const [batch] = await objects(desk.path("vault"), hostBatch);
    const bytes = await readFile(batch);
    await rm(batch);
    const lenient = await desk.run(["audit", capsule]);
    const strict = await desk.run(["audit", capsule, "--strict"]);
    await writeFile(batch, bytes);
    expect([lenient.exitCode, strict.exitCode]).toEqual([0, 4]);
    expect(lenient.stdout).toMatch(/\nREPAIRED {4}BATCH_/);
    expect(lenient.stderr).toContain("with --strict this is a failure");
  });

  it("4 for a batch that is lost with its copy, and for one that was changed", async () => {
    const [batch] = await objects(desk.path("vault"), hostBatch);
    const bytes = await readFile(batch);
    const copies = desk.path("vault", "objects", "harmonizer", "open");
    await rename(copies, desk.path("copies"));
    await rm(batch);
    const lost = await desk.run(["audit", capsule]);
    const changed = Buffer.from(bytes);
    const middle = Math.floor(bytes.length / 2); // in the record's sealed body, which nobody else keeps
    changed.writeUInt8(changed.readUInt8(middle) ^ 1, middle);
    await writeFile(batch, changed);
    const altered = await desk.run(["audit"]);
    await writeFile(batch, bytes);
    await rm(copies, { recursive: true, force: true });
    await rename(desk.path("copies"), copies);
    for (const { exitCode, stdout } of [lost, altered])
      expect({ exitCode, stdout }).toEqual({
        exitCode: 4,
        stdout: expect.stringMatching(/\nBROKEN {6}[A-Z]+_[A-Z]+: /),
      });
    expect(await exitOf("audit", capsule)).toBe(0);
  });

  it("5 for evidence that is whole, and nobody said whose", async () => {
    await desk.done("export", capsule, "-o", "evidence.fog");
    expect(await exitOf("verify", "evidence.fog")).toBe(5);
    expect(await exitOf("verify", "evidence.fog", "--trust", capsule)).toBe(0);
  });
});

const hostBatch = /capsules.*instances.*\b0{7}1\b.0{7}1\.object$/;

async function objects(vault: string, name: RegExp): Promise<readonly [string, ...string[]]> {
  const entries = await readdir(vault, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const [first, ...more] = paths.filter((path) => name.test(path));
  if (first === undefined) throw new Error(`Expected ${name} in the vault.`);
  return [first, ...more];
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code);
}
