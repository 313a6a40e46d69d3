import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { localDisk } from "@fogbound/adapter-local-disk";
import { type Item, ObjectStore } from "fogbound";
import { openEmbedded } from "fogbound/embedded";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { placeFor } from "../src/item-paths.js";
import { printable } from "../src/printable.js";
import { cheap, Desk, passphrase } from "./kit.js";

describe("what others choose", () => {
  let desk: Desk;

  beforeEach(async () => {
    desk = await Desk.initialised();
  });

  afterEach(() => desk.close());

  /** Seals under names that the command itself would not give. */
  const sealNamed = async (...names: readonly [string, ...string[]]): Promise<string> => {
    const store = await ObjectStore.open(localDisk({ directory: desk.path("vault") }));
    const keyFile = `${desk.environment.XDG_CONFIG_HOME}/fogbound/owner.key`;
    const { owner, close } = await openEmbedded({ store, keyFile, passphrase });
    const item = (name: string): Item => ({ name, content: new TextEncoder().encode("mine") });
    const [first, ...more] = names;
    const { id } = await owner.seal({ items: [item(first), ...more.map(item)], policy: "record-only" });
    await close();
    return id;
  };

  it.each(["../evil", "/etc/evil", "a/../../evil", "a//evil", "./evil", "", "evil\n", "c:evil", "a\\evil"])(
    "an item named %j has no place below a folder",
    async (name) => {
      await mkdir(desk.path("out"));
      await expect(placeFor(desk.path("out"), name, true)).rejects.toMatchObject({ exitCode: 1, code: "NAME_UNSAFE" });
      expect(await readdir(desk.path("out"))).toEqual([]);
    },
  );

  it("a link that lies in the folder is not followed out of it, nor written over", async () => {
    const capsule = await sealNamed("sub/file.txt", "file.txt");
    await mkdir(desk.path("out"));
    await mkdir(desk.path("elsewhere"));
    await symlink(desk.path("elsewhere"), desk.path("out", "sub"));
    expect((await desk.run(["download", capsule, "sub/file.txt", "--to", "out", "--force"])).exitCode).toBe(1);
    expect(await readdir(desk.path("elsewhere"))).toEqual([]);
    await writeFile(desk.path("target"), "theirs");
    await symlink(desk.path("target"), desk.path("out", "file.txt"));
    expect((await desk.run(["download", capsule, "file.txt", "--to", "out"])).exitCode).toBe(1);
    await desk.done("download", capsule, "file.txt", "--to", "out", "--force");
    expect(await readFile(desk.path("target"), "utf8")).toBe("theirs");
  });

  it("direction marks and escape sequences do not reach the terminal", async () => {
    const capsule = await sealNamed("red\u202efdp.exe");
    const listed = await desk.done("list", capsule);
    expect(listed).toContain("red\\u{202e}fdp.exe");
    expect(listed).not.toContain("\u202e");
    expect(printable("\u001b[2J\u009b1m\u2028 ä\ud800")).toBe("\\u{1b}[2J\\u{9b}1m\\u{2028} ä\\u{d800}");
  });

  it("somebody else's capsule in the store is told, and does not spoil an audit of one's own", async () => {
    const own = await sealNamed("a.txt");
    const other = await Desk.initialised();
    await other.write("b.txt", "b");
    const theirs = await other.done("seal", "b.txt", "--record-only");
    const place = ["vault", "objects", "capsules", theirs] as const;
    await cp(other.path(...place), desk.path(...place), { recursive: true });
    const listed = await desk.run(["list"]);
    expect(listed.exitCode).toBe(0);
    expect(listed.stdout).toContain(own);
    expect(listed.stdout).not.toContain(theirs);
    expect(listed.stderr).toContain(`${theirs} lies in the store and is not listed`);
    const audited = await desk.run(["audit"]);
    expect({ exitCode: audited.exitCode, stderr: audited.stderr }).toEqual({
      exitCode: 0,
      stderr: `${theirs}: passed over, it is somebody else's\n`,
    });
    const read = await desk.run(["view", theirs, "b.txt"]);
    expect({ exitCode: read.exitCode, stdout: read.stdout }).toEqual({ exitCode: 8, stdout: "" });
    await other.close();
  });

  it("a store that is in use gets no second owner: init makes no key, and other keys open nothing", async () => {
    await sealNamed("a.txt");
    const other = await Desk.initialised();
    const environment = { FOGBOUND_STORE: pathToFileURL(desk.path("vault")).href };
    const argv = ["init", "--recovery-key", "r.txt", "--key-file", "new.key", "--config", "new.json", ...cheap];
    const made = await other.run(argv, { environment });
    expect({ exitCode: made.exitCode, stdout: made.stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(made.stderr).toContain("is in use already");
    expect((await readdir(other.folder)).sort()).toEqual(["fogbound.json", "recovery.txt", "vault"]);
    const listed = await other.run(["list"], { environment });
    expect(listed.exitCode).not.toBe(0);
    expect(listed.stdout).toBe("");
    await other.close();
  });
});

describe("what is sealed", () => {
  let desk: Desk;

  beforeEach(async () => {
    desk = await Desk.initialised();
  });

  afterEach(() => desk.close());

  it("a folder is sealed with all that is in it, and comes back so", async () => {
    await mkdir(desk.path("docs", "deep"), { recursive: true });
    await desk.write("docs/b.txt", "b");
    await desk.write("docs/deep/a.json", "{}");
    await desk.write("docs/empty", "");
    const capsule = await desk.done("seal", "docs", "--record-only");
    expect((await desk.done("list", capsule)).split("\n").slice(1)).toEqual([
      "b.txt        text/plain                    1",
      "deep/a.json  application/json              2",
      "empty        application/octet-stream      0",
    ]);
    await desk.done("download", capsule, "--to", "out");
    expect(await desk.text("out/deep/a.json")).toBe("{}");
    expect(await desk.text("out/empty")).toBe("");
  });

  it("a link, two files of one name, and an empty folder are refused before a key is opened", async () => {
    await desk.write("a.txt", "a");
    await mkdir(desk.path("other"));
    await desk.write("other/a.txt", "another");
    await mkdir(desk.path("empty"));
    await symlink("a.txt", desk.path("link"));
    const environment = { FOGBOUND_PASSPHRASE_FILE: "" };
    const refused = async (...paths: readonly string[]): Promise<string> => {
      const { exitCode, stdout, stderr } = await desk.run(["seal", ...paths, "--record-only"], { environment });
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
      return stderr;
    };
    expect(await refused("link")).toContain("got a symbolic link");
    expect(await refused("a.txt", "other/a.txt")).toContain('Two files would have the name "a.txt"');
    await rm(desk.path("link"));
    expect(await refused("empty")).toContain("Expected at least one file to seal");
    expect(await refused(".")).toContain("is the store itself");
  });
});
