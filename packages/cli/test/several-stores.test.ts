import { existsSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cheap, Desk } from "./kit.js";

let desk: Desk;
beforeEach(async () => {
  desk = await Desk.open();
});
afterEach(() => desk.close());

const three = ["--store", "file:./content", "--log-store", "file:./logs", "--harmonizer-store", "file:./h"];
const names = ["content", "logs", "h"];

async function initialised(...flags: readonly string[]): Promise<string> {
  await desk.done("init", "--recovery-key", "recovery.txt", ...cheap, ...flags);
  await desk.reader("ann");
  await desk.write("a.txt", "the plain text");
  return desk.done("seal", "a.txt", "--allow", "ann");
}

/** What the first two segments of keys under a folder's objects are, with ids left out. */
async function partsIn(folder: string): Promise<string[]> {
  const entries = await readdir(desk.path(folder, "objects"), { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(desk.path(folder, "objects").length + 1));
  const shapes = paths.map((path) => path.replaceAll(/(cap|aut|ins|cnt)_[a-z2-7]+/g, "$1").split("/"));
  return [
    ...new Set(
      shapes.map(([first = "", second = "", third = ""]) => (first === "capsules" ? third : `${first}/${second}`)),
    ),
  ].sort();
}

describe("a vault in several stores", () => {
  it("is sealed, served, refused, audited, exported and imported as one, each part in its own store", async () => {
    const capsule = await initialised(...three);
    expect(JSON.parse(await desk.text("fogbound.json"))).toEqual({
      store: { content: "file:./content", log: "file:./logs", harmonizer: "file:./h" },
    });
    expect(await desk.done("view", capsule, "a.txt", "--as", "ann.key")).toBe("the plain text");
    const refused = await desk.run(["download", capsule, "a.txt", "--to", "out", "--as", "ann.key"]);
    expect(refused.exitCode).toBe(3);
    const audit = await desk.done("audit", capsule, "--rehash");
    expect(audit).toContain("2 accesses");
    expect(audit).toContain("VERDICT     proved");
    expect(await partsIn("content")).toEqual(["content", "manifests"]);
    expect(await partsIn("logs")).toEqual(["authority/aut", "instances"]);
    expect((await partsIn("h")).every((part) => part.startsWith("harmonizer/"))).toBe(true);

    await desk.done("export", capsule, "-o", "e.fog");
    const keyFile = `${desk.environment.XDG_CONFIG_HOME}/fogbound/owner.key`;
    const verified = await desk.done("verify", "e.fog", "--trust", capsule, "--key-file", keyFile);
    expect(verified).toContain("VERDICT     proved");
    const stores = { content: "file:./c2", log: "file:./l2", harmonizer: "file:./c2" };
    await desk.write("other.json", JSON.stringify({ store: stores }));
    await desk.done("import", "e.fog", "--config", "other.json");
    expect(await desk.done("audit", capsule, "--config", "other.json")).toContain("2 accesses");
    expect(await partsIn("c2")).not.toContain("imported");
    expect(await partsIn("l2")).toContain("imported");
    expect(await desk.done("list", "--config", "other.json")).toContain(capsule);
  });

  it("comes from one store, and goes back into one, by sync: what lies where it does not belong is not seen", async () => {
    const capsule = await initialised("--store", "file:./vault");
    await desk.done("view", capsule, "a.txt", "--as", "ann.key");
    for (const name of names) await desk.done("sync", "file:./vault", `file:./${name}`);
    const stores = { content: "file:./content", log: "file:./logs", harmonizer: "file:./h" };
    await desk.write("several.json", JSON.stringify({ store: stores }));
    const several = ["--config", "several.json"];
    await desk.done("view", capsule, "a.txt", "--as", "ann.key", ...several);
    expect(await desk.done("audit", capsule, "--rehash", ...several)).toContain("2 accesses");
    for (const [name, part] of [
      ["content", "harmonizer"],
      ["logs", "harmonizer"],
      ["h", "capsules"],
    ] as const)
      await rm(desk.path(name, "objects", part), { recursive: true });
    const audit = await desk.done("audit", capsule, "--rehash", ...several);
    expect(audit).toContain("2 accesses");
    expect(audit).toContain("VERDICT     proved");
    await rm(desk.path("content", "objects", "authority"), { recursive: true });
    await rm(desk.path("content", "objects", "capsules", capsule, "instances"), { recursive: true });
    await rm(desk.path("logs", "objects", "capsules", capsule, "manifests"), { recursive: true });
    await rm(desk.path("h", "objects", "authority"), { recursive: true });
    for (const name of names) await desk.done("sync", `file:./${name}`, "file:./one");
    expect(await desk.done("audit", capsule, "--rehash", "--store", "file:./one")).toContain("VERDICT     proved");
  });

  it("is looked at store by store by doctor, and one that is not there is named and not made", async () => {
    await initialised(...three);
    const { documents, exitCode } = await desk.run(["doctor", "--json"]);
    expect(exitCode).toBe(0);
    for (const part of ["content", "log", "harmonizer"])
      expect(documents[0]).toMatchObject({
        settings: expect.arrayContaining([expect.objectContaining({ setting: `store.${part}` })]),
        checks: expect.arrayContaining([
          { check: `${part}: create-only, of many writers one wins`, result: "proved", exitCode: 0 },
        ]),
      });
    await rm(desk.path("logs"), { recursive: true });
    const { stderr, exitCode: missing } = await desk.run(["list"]);
    expect(missing).toBe(7);
    expect(stderr).toContain(desk.path("logs"));
    const doctor = await desk.run(["doctor"]);
    expect(doctor.exitCode).toBe(7);
    expect(doctor.stdout).toMatch(/log: store +There is no store at/);
    expect(existsSync(desk.path("logs"))).toBe(false);
    expect((await desk.run(["list", "--store", "file:./content"])).exitCode).toBe(0);
  });

  it("is not sealed into itself, and no key lies in any of its stores", async () => {
    await initialised(...three);
    for (const name of names) {
      const sealed = await desk.run(["seal", name, "--allow", "ann"]);
      expect({ name, code: sealed.exitCode, said: sealed.stderr.includes("is the store itself") }).toEqual({
        name,
        code: 2,
        said: true,
      });
      expect((await desk.run(["key", "new", "-o", `${name}/k.key`, ...cheap])).exitCode).toBe(2);
    }
  });

  it("is recovered with the recovery key alone", async () => {
    const capsule = await initialised(...three);
    await desk.done("view", capsule, "a.txt", "--as", "ann.key");
    await desk.done("audit", capsule);
    await desk.done("recover", capsule, "--recovery-key", "recovery.txt", "--to", "saved");
    expect(await readFile(desk.path("saved", capsule, "a.txt"), "utf8")).toBe("the plain text");
  });

  it("needs a URL for every part, and none with a password", async () => {
    const urls = { content: "file:./content", log: "file:./logs", harmonizer: "file:./h" };
    for (const [store, code] of [
      [{ content: urls.content, log: urls.log }, 2],
      [{ ...urls, journal: "file:./j" }, 2],
      [{ ...urls, log: "s3://user:hunter2@bucket" }, 2],
      [{ ...urls, content: "memory:" }, 2],
      [[urls.content], 2],
      [urls, 7],
    ] as const) {
      await desk.write("fogbound.json", JSON.stringify({ store }));
      const { exitCode, stderr } = await desk.run(["recover", "--all", "--recovery-key", "fogbound.json", "--to", "x"]);
      expect({ store, exitCode }).toEqual({ store, exitCode: code });
      expect(stderr).not.toContain("hunter2");
    }
  });
});
