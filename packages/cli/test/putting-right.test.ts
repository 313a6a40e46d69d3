import { cp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Desk, expectNoStackTrace } from "./kit.js";

let desk: Desk;
let capsule: string;

beforeEach(async () => {
  desk = await Desk.initialised();
  await desk.reader("ann");
  await desk.write("report.txt", "the report");
  capsule = await desk.done("seal", "report.txt", "--allow", "ann", "--retain-days", "0");
});
afterEach(() => desk.close());

async function view(times = 1): Promise<void> {
  for (let at = 0; at < times; at++) await desk.done("view", capsule, "report.txt", "--as", "ann.key");
}

/** Every file of the vault, by path below it. */
async function files(): Promise<string[]> {
  const all = await readdir(desk.path("vault"), { recursive: true, withFileTypes: true });
  const whole = all.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  return whole.map((path) => path.slice(desk.path("vault").length + 1)).sort();
}

/** The hosts' batches of records. */
async function batches(): Promise<string[]> {
  return (await files()).filter((path) => /^objects\/capsules.*instances\/[^/]+\/\d{8}\/\d{8}\.object$/.test(path));
}

/** The names an audit prints in brackets. */
function namesIn(stdout: string): string[] {
  return [...stdout.matchAll(/\[([0-9a-f]{8})\]$/gm)].map(([, name = ""]) => name);
}

describe("a backup of the vault that was put back", () => {
  it("is exit 4 until its owner has signed why: then 0 with a warning, and 0 from there on", async () => {
    await view();
    await desk.done("audit", capsule);
    await cp(desk.path("vault"), desk.path("friday"), { recursive: true });
    await view();
    expect(await desk.done("audit", capsule)).toMatch(/; pinned in .*owner\.key\.pins: \d+ leaves/);
    await rm(desk.path("vault"), { recursive: true });
    await cp(desk.path("friday"), desk.path("vault"), { recursive: true });

    const found = await desk.run(["audit", capsule]);
    expect(found.exitCode).toBe(4);
    expect(found.stdout).toContain("PIN_CONTRADICTED");
    const names = namesIn(found.stdout);
    expect(names.length).toBeGreaterThan(1);
    const again = await desk.run(["audit", capsule, "--json"]);
    const verdict = JSON.stringify(again.documents.at(-1));
    for (const name of names) expect(verdict).toContain(`"name":"${name}"`);

    const signed = await desk.run(["acknowledge", ...names, "--because", "restored from the backup of Friday"]);
    expect({ exitCode: signed.exitCode, stdout: signed.stdout }).toEqual({ exitCode: 0, stdout: "" });
    expect(signed.stderr).toContain(`signed why for ${names.length} findings`);
    const told = await desk.run(["audit", capsule]);
    expect(told.exitCode).toBe(0);
    expect(told.stdout).toContain("The owner: restored from the backup of Friday");
    expect(told.stderr).toContain("you have signed why");
    const after = await desk.run(["audit", capsule, "--strict"]);
    expect({ exitCode: after.exitCode, stderr: after.stderr }).toEqual({ exitCode: 0, stderr: "" });
  });

  it("leaves the pins for their owner's eyes alone, and a damaged one stops the audit", async () => {
    await desk.done("audit", capsule);
    const folder = join(desk.environment.XDG_CONFIG_HOME ?? "", "fogbound", "owner.key.pins");
    const path = join(folder, `${capsule}.pin`);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await writeFile(path, (await readFile(path)).subarray(0, 30));
    const { exitCode, stderr } = await desk.run(["audit", capsule]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("it is damaged");
    expectNoStackTrace(stderr);
    expect((await desk.run(["list"])).exitCode).toBe(0);
  });
});

describe("acknowledge", () => {
  it.each([
    [["acknowledge", "1a2b3c4d"], 2, "--because"],
    [["acknowledge", "1a2b3c4d", "--because", " "], 2, "--because"],
    [["acknowledge", "BATCH_MISSING", "--because", "why"], 2, "a finding's name"],
    [["acknowledge", "1a2b3c4d", "--because", "why"], 7, "named 1a2b3c4d"],
    [["acknowledge", "--because", "why"], 2, "finding"],
  ])("%j is exit %d", async (argv, exitCode, says) => {
    const ran = await desk.run(argv);
    expect(ran.exitCode).toBe(exitCode);
    expect(ran.stderr).toContain(says);
    expectNoStackTrace(ran.stderr);
  });

  it("signs for one finding, told every time, and for no other", async () => {
    await view(2);
    await desk.done("audit", capsule);
    const [first = "", second = ""] = await batches();
    await rm(desk.path("vault", first));
    await rm(desk.path("vault", second));
    const { stdout } = await desk.run(["audit", capsule]);
    const names = namesIn(stdout);
    expect(names).toHaveLength(2);
    const body = await desk.run([
      "acknowledge",
      names[0]?.slice(0, 6) ?? "",
      "--because",
      "a fire",
      "--capsule",
      capsule,
      "--json",
    ]);
    expect(body.exitCode).toBe(0);
    expect(body.documents[0]).toMatchObject({ because: "a fire", findings: [{ capsule, code: "BATCH_MISSING" }] });
    const told = await desk.run(["audit", capsule]);
    expect(told.stdout.match(/The owner: a fire/g)).toHaveLength(1);
    expect(told.stderr).toContain(
      "were lost and can be restored (--repair); something was wrong, and you have signed why",
    );
  });
});

describe("audit --repair", () => {
  it("writes back what was deleted and what rotted, bit for bit, and then everything is proved", async () => {
    await view(2);
    await desk.done("audit", capsule);
    const [first = "", second = ""] = await batches();
    const whole = await Promise.all([first, second].map((path) => readFile(desk.path("vault", path))));
    await rm(desk.path("vault", first));
    await writeFile(desk.path("vault", second), "rotten");
    const strict = await desk.run(["audit", capsule, "--strict"]);
    expect(strict.exitCode).toBe(4);
    const { exitCode, stdout, stderr } = await desk.run(["audit", capsule, "--repair", "--strict"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: `${capsule}: restored 2 objects\n` });
    expect(stdout).toContain("VERDICT     proved");
    const now = await Promise.all([first, second].map((path) => readFile(desk.path("vault", path))));
    expect(now).toEqual(whole);
    const quiet = await desk.run(["audit", capsule, "--repair", "--json"]);
    expect(quiet.documents[0]).toMatchObject({ type: "repair", capsule, restored: [], lost: [], spared: 0, shown: 0 });
  });

  it("names the records that nothing brings back, and stays at 4", async () => {
    await view();
    const [first = ""] = await batches();
    await rm(desk.path("vault", first));
    for (const path of (await files()).filter((one) => /^objects\/harmonizer\/(open|parity)\//.test(one)))
      await rm(desk.path("vault", path));
    const { exitCode, stderr } = await desk.run(["audit", capsule, "--repair"]);
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/cannot be restored: records 1(, \d+)* are lost/);
  });
});

describe("erase and drop", () => {
  const instanceOf = (path: string): string => /ins_[a-z2-7]{26}/.exec(path)?.[0] ?? "";

  it("erase takes records away for good, and the audit is proved with their number", async () => {
    await view(2);
    const [first = ""] = await batches();
    const argv = ["erase", capsule, "--instance", instanceOf(first), "--epoch", "1", "--record", "1"];
    expect((await desk.run([...argv, "--because", "asked to"])).exitCode).toBe(2);
    const { exitCode, stderr } = await desk.run([...argv, "--because", "asked to", "--yes"]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: `${capsule}: erased records 1 of ${instanceOf(first)}; every audit tells that it was, and why\n`,
    });
    expect(await desk.done("audit", capsule, "--strict")).toContain("1 records erased by the owner");
    const nowhere = await desk.run([...argv.slice(0, -1), "99", "--because", "asked to", "--yes"]);
    expect(nowhere.exitCode).toBe(2);
    const running = await desk.run(["erase", capsule, "--epoch", "1", "--because", "x", "--yes"]);
    expect({ exitCode: running.exitCode, says: running.stderr.includes("--instance") }).toEqual({
      exitCode: 2,
      says: true,
    });
  });

  it("drop takes what was received and is old enough, and says what waits for a signature", async () => {
    await view(2);
    const waiting = await desk.run(["drop", capsule]);
    expect(waiting.exitCode).toBe(0);
    expect(waiting.stderr).toContain("nobody has signed that they arrived");
    const before = (await batches()).length;
    const { exitCode, documents } = await desk.run(["drop", capsule, "--received", "--json"]);
    expect(exitCode).toBe(0);
    expect(documents[0]).toMatchObject({ capsule, kept: [] });
    expect((await batches()).length).toBeLessThan(before);
    expect(await desk.done("audit", capsule, "--strict")).toMatch(/\d+ records dropped by the manifest's retention/);
  });
});
