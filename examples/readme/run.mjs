import { spawn } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const report = fileURLToPath(new URL("../documents/quarterly-report.pdf", import.meta.url));
const command = fileURLToPath(new URL("dist/main.js", import.meta.resolve("@fogbound/cli/package.json")));
/** What the program imports, as npm would put it into the folder. */
const installed = {
  fogbound: import.meta.resolve("fogbound/package.json"),
  "@fogbound/adapter-local-disk": import.meta.resolve("@fogbound/adapter-local-disk/package.json"),
};

/** A reader's folder: the packages are installed in it, and a report lies there. */
export async function withFolder(use) {
  const folder = await mkdtemp(join(tmpdir(), "fogbound-readme-"));
  try {
    await copyFile(report, join(folder, "report.pdf"));
    for (const [name, manifest] of Object.entries(installed)) await install(name, manifest, folder);
    await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function install(name, manifest, folder) {
  const place = join(folder, "node_modules", name);
  await mkdir(dirname(place), { recursive: true });
  await symlink(dirname(fileURLToPath(manifest)), place, "junction");
}

/** The block is TypeScript without types: it is checked as docs/programs/first-program.ts, and runs as it stands. */
export async function runProgram(folder, text) {
  await writeFile(join(folder, "program.mjs"), text);
  const said = await run(folder, process.execPath, ["program.mjs"], { VAULT_PASSPHRASE: "only for this run" });
  expectIn(said, ["local#ann view report.pdf permitted", "local#ann download report.pdf denied", "proved {"]);
}

export async function runPackageProgram(folder, { name, directory }, text) {
  if (!Object.hasOwn(installed, name)) await install(name, pathToFileURL(join(directory, "package.json")), folder);
  await writeFile(join(folder, "program.mjs"), text);
  await run(folder, process.execPath, ["program.mjs"], {});
}

export async function runCommands(folder, text) {
  const outside = join(folder, "home");
  const bin = join(folder, "bin");
  for (const directory of [outside, bin]) await mkdir(directory);
  const passphraseFile = join(outside, "passphrase");
  await writeFile(passphraseFile, "only for this run\n", { mode: 0o600 });
  await writeFile(join(bin, "fogbound"), `#!/bin/sh\nexec "${process.execPath}" "${command}" "$@"\n`, { mode: 0o755 });
  const said = await run(folder, "sh", ["-eu", "-c", text], {
    HOME: outside,
    XDG_CONFIG_HOME: outside,
    PATH: `${bin}${delimiter}${process.env.PATH}`,
    FOGBOUND_PASSPHRASE_FILE: passphraseFile,
  });
  expectIn(said, ["permitted", "VERDICT     proved", "VERDICT     incomplete"]);
}

function expectIn(said, parts) {
  for (const part of parts)
    if (!said.includes(part)) throw new Error(`Expected it to say ${part}, it said:\n${withoutSecrets(said)}`);
}

/** The program shows its recovery key once, to its reader and not to a log. */
function withoutSecrets(said) {
  return said.replaceAll(/FOGBOUND-RECOVERY-[A-Z0-9-]+/g, "FOGBOUND-RECOVERY-…");
}

function run(folder, program, args, more) {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("FOGBOUND_"));
  const environment = { ...Object.fromEntries(inherited), ...more };
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: folder, env: environment, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (piece) => {
        said += piece;
      });
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0
        ? resolve(said)
        : reject(new Error(`${program} ended with ${code}, and said:\n${withoutSecrets(said)}`)),
    );
  });
}
