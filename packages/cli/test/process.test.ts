import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, readdir } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Desk, expectNoStackTrace } from "./kit.js";

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));

describe("the real process", () => {
  let desk: Desk;
  let capsule = "";

  beforeAll(async () => {
    if (!existsSync(main))
      throw new Error("There is no dist/main.js. Build first: turbo run build --filter=@fogbound/cli");
    desk = await Desk.initialised();
    await desk.write("big.bin", new Uint8Array(24 * 1024 * 1024));
    await desk.write("a.txt", "a");
    capsule = await desk.done("seal", "big.bin", "a.txt", "--record-only");
  });

  afterAll(() => desk.close());

  const start = (...argv: readonly string[]): ChildProcessWithoutNullStreams => {
    const child = spawn(process.execPath, [main, ...argv], { cwd: desk.folder, env: { ...desk.environment } });
    child.stdin.end();
    return child;
  };

  const ended = async (child: ChildProcess): Promise<unknown> => {
    const [code, signal]: unknown[] = await once(child, "close");
    return signal ?? code;
  };

  const ran = async (child: ChildProcessWithoutNullStreams): Promise<readonly [unknown, string, string]> =>
    Promise.all([ended(child), text(child.stdout), text(child.stderr)]);

  it("says its version, and nothing on stderr", async () => {
    const [exit, stdout, stderr] = await ran(start("--version"));
    expect([exit, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+/);
  });

  it("ends with the verb's exit code, all output written", async () => {
    const [exit, stdout, stderr] = await ran(start("list", capsule));
    expect([exit, stdout.split("\n").length]).toEqual([0, 4]);
    expect(stderr).toContain(capsule);
    expect((await ran(start("sael")))[0]).toBe(2);
    expect((await ran(start("list", `cap_${"a".repeat(52)}x`)))[0]).toBe(2);
    expect((await ran(start("view", capsule, "b.txt")))[0]).toBe(7);
  });

  it.each([
    ["s3", "@fogbound/adapter-minio"],
    ["azblob", "@fogbound/adapter-azure-blob"],
  ])("says what to install for %s: when that is not there", async (scheme, adapter) => {
    // As where it was not installed: Node resolves everything but this one package.
    const missing = `export async function resolve(name, context, next) {
      if (name !== ${JSON.stringify(adapter)}) return next(name, context);
      throw Object.assign(new Error("not installed"), { code: "ERR_MODULE_NOT_FOUND" });
    }`;
    const hook = (source: string): string => `data:text/javascript,${encodeURIComponent(source)}`;
    const register = hook(`import { register } from "node:module"; register(${JSON.stringify(hook(missing))});`);
    const argv = ["--import", register, main, "list", "--store", `${scheme}://vault/vault`];
    const child = spawn(process.execPath, argv, { cwd: desk.folder, env: { ...desk.environment } });
    child.stdin.end();
    const [exit, stdout, stderr] = await ran(child);
    expect([exit, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(`Store "${scheme}://…" needs ${adapter}: npm i ${adapter}`);
  });

  it("without a terminal it asks nothing: exit 2, naming what to set", async () => {
    const env = { ...desk.environment, FOGBOUND_PASSPHRASE_FILE: "" };
    const child = spawn(process.execPath, [main, "list"], { cwd: desk.folder, env });
    const [exit, stdout, stderr] = await ran(child);
    expect([exit, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("FOGBOUND_PASSPHRASE_FILE");
  });

  it("a key file that others may read is 8", async () => {
    const keyFile = join(desk.environment.XDG_CONFIG_HOME ?? "", "fogbound", "owner.key");
    await chmod(keyFile, 0o644);
    const [exit, stdout, stderr] = await ran(start("list"));
    await chmod(keyFile, 0o600);
    expect([exit, stdout]).toEqual([8, ""]);
    expect(stderr).toContain("chmod 600");
  });

  it("a reader that goes away, as in `| head`, ends it without a word", async () => {
    const child = start("view", capsule, "big.bin", "--quiet");
    const stderr = text(child.stderr);
    await once(child.stdout, "data");
    child.stdout.destroy();
    expect([await ended(child), await stderr]).toEqual([1, ""]);
  });

  it.each(["SIGINT", "SIGTERM"] as const)(
    "%s in the middle of a download is 130, and leaves no file",
    async (signal) => {
      const folder = desk.path(`out-${signal}`);
      const child = start("download", capsule, "big.bin", "--to", folder);
      const stderr = text(child.stderr);
      await untilSomethingLiesIn(folder, child);
      child.kill(signal);
      expect([await ended(child), await readdir(folder)]).toEqual([130, []]);
      expect(await stderr).toMatch(/Interrupted; nothing half-done is visible\.\n$/);
      expectNoStackTrace(await stderr);
    },
  );

  it("Ctrl-C in the middle of a seal is 130, and no capsule is listed", async () => {
    const before = await desk.done("list");
    const child = start("seal", "big.bin", "--record-only");
    const stdout = text(child.stdout);
    const contents = async (): Promise<number> => (await readdir(desk.path("vault"), { recursive: true })).length;
    const atFirst = await contents();
    while (child.exitCode === null && (await contents()) === atFirst);
    child.kill("SIGINT");
    expect([await ended(child), await stdout]).toEqual([130, ""]);
    expect(await desk.done("list")).toBe(before);
  });
});

async function untilSomethingLiesIn(folder: string, child: ChildProcess): Promise<void> {
  while (child.exitCode === null && (await readdir(folder).catch(() => [])).length === 0);
}
