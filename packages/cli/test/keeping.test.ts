import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cheap, Desk, expectNoStackTrace } from "./kit.js";

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));

let desk: Desk;
let capsule = "";
beforeEach(async () => {
  desk = await Desk.initialised();
  await desk.reader("ann");
  await desk.write("a.txt", "the plain text");
  await desk.write("empty.txt", "");
  capsule = await desk.done("seal", "a.txt", "empty.txt", "--allow", "ann");
  expect(await desk.done("view", capsule, "a.txt", "--as", "ann.key")).toBe("the plain text");
});
afterEach(() => desk.close());

const keyFile = (): string => join(desk.environment.XDG_CONFIG_HOME ?? "", "fogbound", "owner.key");

async function contents(): Promise<string[]> {
  const entries = await readdir(desk.path("vault"), { recursive: true });
  return entries.filter((name) => /content.*\.object$/.test(name)).sort();
}

const asAnn = (item: string): Promise<string> => desk.done("view", capsule, item, "--as", "ann.key");

describe("rewrap and reseal", () => {
  it("rewrap keeps the contents, and says what it does not do", async () => {
    const before = await contents();
    const { exitCode, stdout, stderr } = await desk.run(["rewrap", capsule]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "" });
    expect(stderr).toContain("in force as version 2");
    expect(stderr).toContain("Item keys that have left still open it; reseal takes them back.");
    expect(await contents()).toEqual(before);
    expect(await asAnn("a.txt")).toBe("the plain text");
    await desk.done("audit", capsule, "--rehash");
  });

  it("reseal replaces the contents", async () => {
    const before = await contents();
    const { exitCode, documents } = await desk.run(["reseal", capsule.slice(0, 12), "--json"]);
    expect({ exitCode, documents }).toEqual({
      exitCode: 0,
      documents: [{ schema: "fogbound.reseal/1", capsule, version: 2, state: "read" }],
    });
    const after = await contents();
    expect(after).toHaveLength(before.length);
    expect(after.filter((name) => before.includes(name))).toEqual([]);
    expect(await asAnn("a.txt")).toBe("the plain text");
    await desk.done("audit", capsule, "--rehash");
  });

  it("the audit says with 5 when one is due, and with 0 when it is done", async () => {
    const [host] = (await desk.done("audit", capsule, "--json")).match(/ins_[a-z2-7]{26}/) ?? [];
    await desk.done("revoke", capsule, "--instance", host ?? "");
    const due = await desk.run(["audit", capsule]);
    expect(due.exitCode).toBe(5);
    expect(due.stdout).toMatch(/\nINCOMPLETE {2}RESEAL_DUE: Instance ins_\S+ was given the key of 1 item/);
    await desk.done("reseal", capsule);
    await desk.done("audit", capsule);
  });

  it.each(["rewrap", "reseal"])("%s of what is not there is 7", async (verb) => {
    expect((await desk.run([verb, `cap_${"a".repeat(52)}`])).exitCode).toBe(7);
    expect((await desk.run([verb, "cap_222"])).exitCode).toBe(7);
  });
});

describe("doctor --sweep", () => {
  it("finds exactly what a seal left that was killed half-way", async () => {
    if (!existsSync(main)) throw new Error("Build first: turbo run build --filter=@fogbound/cli");
    const before = await contents();
    await mkdir(desk.path("many"));
    await writeFile(desk.path("many", "a.txt"), "a");
    for (const name of ["b", "c", "d", "e", "f"])
      await writeFile(desk.path("many", name), new Uint8Array(48 * 1024 * 1024));
    const child = spawn(process.execPath, [main, "seal", "many", "--record-only"], {
      cwd: desk.folder,
      env: { ...desk.environment },
      stdio: "ignore",
    });
    const ended = once(child, "exit");
    while ((await contents()).length === before.length && child.exitCode === null);
    child.kill("SIGKILL");
    expect((await ended)[1]).toBe("SIGKILL");
    const left = (await contents()).filter((name) => !before.includes(name));
    expect(left.length).toBeGreaterThan(0);
    expect(await desk.done("doctor", "--sweep")).toBe("");
    const { owner, close } = await openOwner();
    const swept: string[] = [];
    for await (const { key, what } of owner.sweep({ olderThan: 0 })) swept.push(`${what} ${key.split("/")[1]}`);
    await close();
    expect(swept).toHaveLength(left.length);
    expect(new Set(swept).size).toBe(1);
    expect(await contents()).toEqual(before);
    expect(await asAnn("a.txt")).toBe("the plain text");
    expect(await desk.done("doctor", "--sweep", "--older-than", "1s")).toBe("");
  });

  it("says 2 for flags that belong to it alone", async () => {
    expect((await desk.run(["doctor", "--dry-run"])).exitCode).toBe(2);
    expect((await desk.run(["doctor", "--sweep", "--older-than", "soon"])).exitCode).toBe(2);
  });

  async function openOwner() {
    const [{ ObjectStore }, { openEmbedded }, { localDisk }] = await Promise.all([
      import("fogbound"),
      import("fogbound/embedded"),
      import("@fogbound/adapter-local-disk"),
    ]);
    const store = await ObjectStore.open(localDisk({ directory: desk.path("vault") }));
    const passphrase = (await readFile(desk.environment.FOGBOUND_PASSPHRASE_FILE ?? "", "utf8")).trimEnd();
    return openEmbedded({ store, keyFile: keyFile(), passphrase });
  }
});

describe("auditor", () => {
  it("add, list and remove; the auditor verifies an export with the key file", async () => {
    const publicKey = await desk.done("key", "new", "--auditor", "-o", "eve.key", ...cheap);
    expect(publicKey).toMatch(/^aud_[a-z2-7]{103}$/);
    expect(await desk.done("key", "show", "eve.key")).toBe(publicKey);
    const { exitCode, stderr } = await desk.run(["auditor", "add", capsule, publicKey, "--from", "beginning"]);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/reads what comes from version 2 on, and the \d+ epochs before/);
    expect(await desk.done("auditor", "list", capsule)).toBe(publicKey);
    await desk.done("export", capsule, "-o", "evidence.fog");
    const argv = ["verify", "evidence.fog", "--trust", capsule, "--key-file", "eve.key", "--json"];
    const verified = await desk.run(argv);
    // Who vouches for readers stands in a part that only owner and authorities open: to an auditor it is not proved.
    expect(verified.exitCode).toBe(5);
    expect(verified.documents).toMatchObject([{ verdict: { outcome: "incomplete", findings: [] } }]);
    expect(verified.stdout).toMatch(/"proved":\[[^\]]*"journal-matches"/);
    expect(verified.stdout).toMatch(/"notProved":\[[^\]]*"signed-by-readers"/);
    expect((await desk.run(["auditor", "remove", capsule, publicKey])).stderr).toContain("he can still read");
    expect(await desk.done("auditor", "list", capsule)).toBe("");
    expect((await desk.run(["auditor", "remove", capsule, publicKey])).exitCode).toBe(8);
  });

  it("says 2 for a key or a beginning that is none, and 8 for a key file of another kind", async () => {
    const publicKey = await desk.done("key", "new", "--auditor", "-o", "eve.key", ...cheap);
    expect((await desk.run(["auditor", "add", capsule, "aud_x"])).exitCode).toBe(2);
    expect((await desk.run(["auditor", "add", capsule, publicKey, "--from", "monday"])).exitCode).toBe(2);
    expect((await desk.run(["view", capsule, "a.txt", "--as", "eve.key"])).exitCode).toBe(8);
  });
});

describe("recover", () => {
  it("saves items, evidence and verdict when the key file is lost; what is saved can be sealed anew", async () => {
    await desk.done("audit", capsule);
    await rename(keyFile(), desk.path("lost"));
    expect((await desk.run(["list"])).exitCode).toBe(7);
    const ran = await desk.run(["recover", "--all", "--recovery-key", "recovery.txt", "--to", "back"]);
    expect({ exitCode: ran.exitCode, stderr: ran.stderr }).toEqual({ exitCode: 0, stderr: ran.stderr });
    expect(ran.stdout).toContain("\nPROVED ");
    expect(await readFile(desk.path("back", capsule, "a.txt"), "utf8")).toBe("the plain text");
    expect(await readFile(desk.path("back", capsule, "empty.txt"), "utf8")).toBe("");
    await desk.done("verify", join("back", `${capsule}.fog`), "--trust", capsule, "--rehash");
    const again = await desk.run(["recover", capsule, "--recovery-key", "recovery.txt", "--to", "back"]);
    expect(again.exitCode).toBe(1);
    expect(again.stderr).toContain("There is a file at");
    const fresh = ["--store", "file:./new", "--config", "new.json", "--key-file", "new.key"];
    await desk.done("init", ...fresh, "--recovery-key", "new-recovery.txt", ...cheap);
    const sealed = await desk.done("seal", join("back", capsule), "--record-only", "--config", "new.json");
    expect(await desk.done("view", sealed, "a.txt", "--config", "new.json")).toBe("the plain text");
  });

  it("writes nothing into the vault", async () => {
    const listed = async (): Promise<string[]> => (await readdir(desk.path("vault"), { recursive: true })).sort();
    const before = await listed();
    await desk.run(["recover", capsule, "--recovery-key", "recovery.txt", "--to", "back"]);
    expect(await listed()).toEqual(before);
  });

  it("saves what can be saved, and ends with what was wrong", async () => {
    const [first] = await contents();
    await rm(desk.path("vault", first ?? ""));
    const ran = await desk.run(["recover", "--all", "--recovery-key", "recovery.txt", "--to", "back", "--json"]);
    expect(ran.exitCode).not.toBe(0);
    expect(ran.documents).toMatchObject([{ schema: "fogbound.recover/1", capsule, saved: { length: 1 } }]);
    expectNoStackTrace(ran.stderr);
  });

  it("says 2, 7 or 8 for a key that is missing, not there or wrong", async () => {
    const exit = async (...argv: readonly string[]) => (await desk.run(["recover", ...argv])).exitCode;
    expect(await exit("--recovery-key", "recovery.txt", "--to", "back")).toBe(2);
    expect(await exit(capsule, "--all", "--recovery-key", "recovery.txt", "--to", "back")).toBe(2);
    expect(await exit("--all", "--to", "back")).toBe(2);
    expect(await exit("--all", "--recovery-key", "nowhere.txt", "--to", "back")).toBe(7);
    expect(await exit("--all", "--recovery-key", "a.txt", "--to", "back")).toBe(1);
    expect(await exit("--all", "--recovery-key", "recovery.txt", "--to", "vault/back")).toBe(2);
    const other = await Desk.initialised();
    await writeFile(desk.path("other.txt"), await other.text("recovery.txt"));
    await other.close();
    expect(await exit("--all", "--recovery-key", "other.txt", "--to", "back")).toBe(8);
    expect(await exit(capsule, "--recovery-key", "other.txt", "--to", "back")).toBe(8);
  });
});

describe("import", () => {
  const archive = ["--store", "file:./archive"];

  it("puts an export into another store, which it makes: listed, read, audited, and not served", async () => {
    await desk.done("export", capsule, "-o", "evidence.fog");
    expect(await desk.done("import", "evidence.fog", ...archive)).toBe(capsule);
    expect(await desk.done("list", ...archive)).toMatch(new RegExp(`\n${capsule} +1 +imported$`));
    expect(await desk.done("view", capsule, "a.txt", ...archive)).toBe("the plain text");
    const audit = await desk.done("audit", capsule, "--rehash", ...archive);
    expect(audit).toMatch(/local#ann +a\.txt +view +permitted/);
    expect((await desk.run(["view", capsule, "a.txt", "--as", "ann.key", ...archive])).exitCode).toBe(7);
    for (const verb of ["rewrap", "reseal", "publish"])
      expect((await desk.run([verb, capsule, ...archive])).exitCode).toBe(2);
    expect((await desk.run(["import", "evidence.fog", ...archive])).exitCode).toBe(1);
    expect((await desk.run(["import", "evidence.fog"])).exitCode).toBe(1);
  });

  it("says 7, 1, 4 and 8 for what is not there, is none, does not verify, or is another owner's", async () => {
    await desk.done("export", capsule, "-o", "evidence.fog");
    expect((await desk.run(["import", "nowhere.fog", ...archive])).exitCode).toBe(7);
    expect((await desk.run(["import", "a.txt", ...archive])).exitCode).toBe(1);
    const bytes = await readFile(desk.path("evidence.fog"));
    const content = bytes.length - 1024 - 512; // the last object's first block, before the end mark
    for (const at of [8, 40]) {
      const altered = Buffer.from(bytes);
      altered.writeUInt8(altered.readUInt8(content + at) ^ 1, content + at);
      await writeFile(desk.path("altered.fog"), altered);
      expect((await desk.run(["import", "altered.fog", ...archive])).exitCode).toBe(4);
    }
    const other = await Desk.initialised();
    await writeFile(other.path("evidence.fog"), await readFile(desk.path("evidence.fog")));
    expect((await other.run(["import", "evidence.fog"])).exitCode).toBe(8);
    await other.close();
  });
});
