import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Collector, cheap, Desk, expectNoStackTrace, passphrase } from "./kit.js";

// One person's first day, in order: each step stands on the one before.
describe("a new owner's path", () => {
  let desk: Desk;
  let capsule = "";
  const report = Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * 7919) % 251));

  beforeAll(async () => {
    desk = await Desk.open();
    await desk.write("report.pdf", report);
  });

  afterAll(() => desk.close());

  it("init prints the owner id alone, and leaves keys that only their owner can read", async () => {
    const { exitCode, stdout, stderr } = await desk.run(["init", "--recovery-key", "recovery.txt", ...cheap]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^own_[a-z2-7]{26}\n$/);
    expect(stderr).toContain("fogbound.json");
    const keyFile = join(desk.environment.XDG_CONFIG_HOME ?? "", "fogbound", "owner.key");
    for (const secret of [keyFile, desk.path("recovery.txt")]) expect((await stat(secret)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await desk.text("fogbound.json"))).toEqual({ store: "file:./vault" });
    expect(await desk.done("key", "show", keyFile)).toBe(stdout.trim());
  });

  it("init again refuses, and changes nothing", async () => {
    const before = await desk.text("fogbound.json");
    const { exitCode, stderr } = await desk.run(["init", "--recovery-key", "other.txt", ...cheap]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("already");
    expect(await desk.text("fogbound.json")).toBe(before);
    const forced = await desk.run(["init", "--recovery-key", "other.txt", "--force", ...cheap]);
    expect(forced.exitCode).toBe(1);
    expect(forced.stderr).toContain("A key is never written over");
  });

  it("a reader makes a key, and the owner gives it a name", async () => {
    const publicKey = await desk.done("key", "new", "-o", "ann.key", ...cheap);
    expect(publicKey).toMatch(/^rdr_[a-z2-7]{52}$/);
    expect(await desk.done("key", "show", "ann.key")).toBe(publicKey);
    expect(await desk.done("reader", "add", "ann", publicKey)).toBe("");
    expect(await desk.done("reader", "list")).toBe(`NAME  PUBLIC KEY\nann   ${publicKey}`);
  });

  it("seal prints the capsule id, alone", async () => {
    const { exitCode, stdout, stderr } = await desk.run(["seal", "report.pdf", "--allow", "ann"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "sealed 1 item, 195.3 KiB\n" });
    expect(stdout).toMatch(/^cap_[a-z2-7]{52}\n$/);
    capsule = stdout.trim();
  });

  it("list shows it, and its items by the beginning of its id", async () => {
    expect(await desk.done("list")).toMatch(new RegExp(`^CAPSULE +VERSION +STATE\n${capsule} +1 +published$`));
    expect(await desk.done("list", capsule.slice(0, 9))).toBe(
      "ITEM        TYPE               BYTES\nreport.pdf  application/pdf  200,000",
    );
  });

  it("the reader views it: the very bytes, and nothing else on stdout", async () => {
    const { exitCode, bytes } = await desk.run([
      "view",
      capsule,
      "report.pdf",
      "--as",
      "ann.key",
      "--address",
      "10.0.0.7",
    ]);
    expect(exitCode).toBe(0);
    expect(digest(bytes)).toBe(digest(report));
  });

  it("a download is refused with 3: view was allowed, and nothing lies in the folder", async () => {
    const { exitCode, stdout, stderr } = await desk.run(["download", capsule, "--to", "out", "--as", "ann.key"]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: "" });
    expect(stderr).toMatch(/report\.pdf: Refused: policy \(acc_[a-z2-7]{26}\)\. The request is recorded\./);
    expect(await readdir(desk.path("out"))).toEqual([]);
  });

  it("the owner downloads with his own key", async () => {
    expect(await desk.done("download", capsule, "--to", "mine")).toBe(desk.path("mine", "report.pdf"));
    expect(digest(await readFile(desk.path("mine", "report.pdf")))).toBe(digest(report));
    const again = await desk.run(["download", capsule, "--to", "mine"]);
    expect(again.exitCode).toBe(1);
    expect(again.stderr).toContain("--force");
    await desk.done("download", capsule, "--to", "mine", "--force");
  });

  it("policy prints Cedar that can be changed and set again", async () => {
    const cedar = await desk.done("policy", capsule);
    expect(cedar).toContain('principal == Reader::"local#ann"');
    await desk.write("policy.cedar", cedar.replace('Action::"view"', 'Action::"download"'));
    await desk.done("policy", capsule, "--set", "policy.cedar");
    expect(await desk.done("policy", capsule)).toContain('Action::"download"');
    await desk.write("policy.cedar", cedar);
    await desk.done("policy", capsule, "--set", "policy.cedar");
    expect(await desk.done("policy", capsule)).toBe(cedar);
  });

  it("once revoked, the reader is refused with 3", async () => {
    const { exitCode, stderr } = await desk.run(["revoke", capsule, "--reader", "ann"]);
    expect(exitCode).toBe(0);
    expect(stderr).toContain("in force as version 4");
    const refused = await desk.run(["view", capsule, "report.pdf", "--as", "ann.key"]);
    expect({ exitCode: refused.exitCode, stdout: refused.stdout }).toEqual({ exitCode: 3, stdout: "" });
    expect(refused.stderr).toContain("Refused: revoked");
  });

  it("the audit tells all of it, and what is proved", async () => {
    const lines = (await desk.done("audit", capsule)).split("\n");
    const time = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ`;
    expect(lines[0]).toMatch(/^TIME {18}READER {5}ITEM {8}ACTION {4}OUTCOME {6}BYTES {2}FROM$/);
    expect(lines[1]).toMatch(
      new RegExp(
        String.raw`^${time}  local#ann  report\.pdf  view      permitted  200,000  10\.0\.0\.7 \(host's word\)$`,
      ),
    );
    expect(lines[2]).toMatch(
      new RegExp(String.raw`^${time}  local#ann  report\.pdf  download  denied           0  unknown$`),
    );
    expect(lines[3]).toMatch(
      new RegExp(String.raw`^${time}  local#ann  report\.pdf  view      denied           0  unknown$`),
    );
    expect(lines[4]).toBe("3 accesses, 3 instances");
    const verdict = lines.slice(6).join("\n");
    expect(verdict).toMatch(/^VERDICT +proved\nPROVED +chains complete/);
    expect(verdict).toMatch(/NOT PROVED +content re-hashed[\s\S]+parties separate \(embedded: one process\)/);
    expect(verdict).toMatch(/KEYS HELD +ins_[a-z2-7]{26} holds the key of report\.pdf since /);
  });

  it("paints the verdict on a terminal only, and not under NO_COLOR", async () => {
    const shown = async (terminal: boolean, noColor: string): Promise<string> => {
      const stdout = new Collector({ terminal });
      await desk.run(["audit", capsule], { stdout, environment: { NO_COLOR: noColor } });
      return stdout.text;
    };
    expect(await shown(true, "")).toContain("\u001b[32mPROVED\u001b[0m");
    for (const plain of [await shown(true, "1"), await shown(false, "")]) {
      expect(plain).toContain("\nPROVED  ");
      expect(plain).not.toContain("\u001b");
    }
  });

  it("does not pour an export onto a terminal", async () => {
    const stdout = new Collector({ terminal: true });
    const { exitCode, stderr } = await desk.run(["export", capsule], { stdout });
    expect({ exitCode, text: stdout.text }).toEqual({ exitCode: 2, text: "" });
    expect(stderr).toContain("Give -o FILE");
  });

  it("with --rehash the contents are proved too, and --since hides accesses but not the verdict", async () => {
    expect(await desk.done("audit", capsule, "--rehash")).toMatch(
      /\nPROVED[\s\S]+content re-hashed[\s\S]+\nNOT PROVED/,
    );
    const none = await desk.done("audit", capsule, "--since", "2999-01-01");
    expect(none).toMatch(
      /^TIME[^\n]+\n0 accesses, 0 instances since 2999-01-01T00:00:00.000Z; the verdict is about all/,
    );
    expect(none).toContain("VERDICT     proved");
  });

  it("export writes one file and no second time over it", async () => {
    await desk.done("export", capsule, "-o", "evidence.fog");
    const again = await desk.run(["export", capsule, "-o", "evidence.fog"]);
    expect(again.exitCode).toBe(1);
    expect(again.stderr).toContain("Give --force to replace it");
    await desk.done("export", capsule, "-o", "evidence.fog", "--force");
    const piped = await desk.run(["export", capsule.slice(0, 12)]);
    expect(piped.exitCode).toBe(0);
    expect(piped.bytes.length).toBeGreaterThan(200_000);
  });

  it("somebody with the file and the id verifies it: no store, no key", async () => {
    const stranger = await Desk.open();
    await stranger.write("evidence.fog", await readFile(desk.path("evidence.fog")));
    const argv = ["verify", "evidence.fog", "--trust", capsule, "--rehash"];
    const verified = await stranger.run(argv, { environment: { FOGBOUND_PASSPHRASE_FILE: "" } });
    expect(verified.exitCode).toBe(0);
    expect(verified.stdout).toMatch(/keys pinned \(capsule cap_[a-z2-7]{52}, given from outside the evidence\)/);
    expect(verified.stderr).toContain("the records stayed sealed");
    await stranger.close();
  });

  it("with the owner's key the records are compared as well", async () => {
    const keyFile = join(desk.environment.XDG_CONFIG_HOME ?? "", "fogbound", "owner.key");
    const verdict = await desk.done("verify", "evidence.fog", "--trust", capsule, "--key-file", keyFile);
    expect(verdict).toMatch(/^VERDICT +proved\n[\s\S]+signed by readers \(3 requests/);
  });

  it("without trust it is 5: consistent with itself, whosever it is", async () => {
    const { exitCode, stdout, stderr } = await desk.run(["verify", "evidence.fog"]);
    expect(exitCode).toBe(5);
    expect(stdout).toContain("keys pinned (the capsule id comes from the evidence itself)");
    expect(stderr).toContain("Give --trust CAPSULE-ID");
  });

  it("trust can stand in fogbound.json", async () => {
    await desk.write("trusting.json", JSON.stringify({ store: "file:./vault", trust: [capsule] }));
    await desk.done("verify", "evidence.fog", "--config", "trusting.json");
  });

  it("one flipped byte of the evidence is 4, with a finding", async () => {
    const bytes = await readFile(desk.path("evidence.fog"));
    await desk.write("flipped.fog", flipped(bytes, bytes.indexOf("fogbound.embedded/")));
    const { exitCode, stdout } = await desk.run(["verify", "flipped.fog", "--trust", capsule]);
    expect(exitCode).toBe(4);
    expect(stdout).toMatch(/^VERDICT {5}broken\n[\s\S]+\nBROKEN {6}[A-Z_]+: /);
  });

  it("one flipped byte of the contents is 4 when they are read again", async () => {
    const bytes = await readFile(desk.path("evidence.fog"));
    await desk.write("flipped.fog", flipped(bytes, bytes.length - 100_000));
    const { exitCode, stdout } = await desk.run(["verify", "flipped.fog", "--trust", capsule, "--rehash"]);
    expect(exitCode).toBe(4);
    expect(stdout).toMatch(/\nBROKEN {6}CONTENT_ALTERED: /);
  });

  it("the capsule of somebody else under the same name is 4", async () => {
    const other = await desk.done("seal", "report.pdf", "--record-only");
    const { exitCode, stderr } = await desk.run(["verify", "evidence.fog", "--trust", other]);
    expect(exitCode).toBe(4);
    expectNoStackTrace(stderr);
  });

  it("printed no secret, and wrote none into the store", async () => {
    const recovery = (await desk.text("recovery.txt")).trim();
    expect(recovery.length).toBeGreaterThan(40);
    const vault = await allBytes(desk.path("vault"));
    for (const secret of [passphrase, recovery, recovery.replaceAll("-", "")]) {
      expect(desk.printed).not.toContain(secret);
      expect(vault.includes(secret)).toBe(false);
    }
  });
});

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const changed = Buffer.from(bytes);
  changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
  return changed;
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function allBytes(folder: string): Promise<Buffer> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  expect(files.length).toBeGreaterThan(10);
  return Buffer.concat(await Promise.all(files.map((file) => readFile(file))));
}
