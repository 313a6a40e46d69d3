import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { basename, dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { explain } from "@fogbound/audit";
import { say, show, showTable } from "./print.mjs";

/** The accesses one by one, then what was and was not proved. */
export async function printAudit(audit) {
  const rows = [];
  for await (const { time, instance, reader, item, action, outcome, bytes, place } of audit.accesses()) {
    const from = place.address === null ? "" : `${place.address} (${place.saidBy}'s word)`;
    const host = `${instance.slice(0, 8)}…`;
    rows.push([`${time.toISOString().slice(0, 19)}Z`, host, reader, action, item, outcome, String(bytes), from]);
  }
  showTable(["TIME", "HOST", "READER", "ACTION", "ITEM", "OUTCOME", "BYTES", "FROM"], rows);
  const verdict = await audit.verdict();
  show(explain(verdict).join("\n"));
  return verdict;
}

export async function exportTo(owner, capsule, file) {
  await pipeline(owner.export(capsule), createWriteStream(file, { mode: 0o600 }));
}

/**
 * Runs `fogbound verify` in a process of its own, which has no store, no network and nothing of this process.
 * @param {{ keyFile: string, passphrase: string }} [owner] whoever holds the owner's key can also read who asked for what
 */
export async function verifyElsewhere(file, capsule, expected, owner) {
  const args = ["verify", basename(file), "--trust", capsule, "--rehash"];
  if (owner !== undefined) args.push("--key-file", owner.keyFile);
  say(`$ fogbound ${args.map((arg) => (arg === owner?.keyFile ? basename(arg) : arg)).join(" ")}`);
  const { status, output } = await runCommand(args, dirname(file), owner === undefined ? {} : telling(owner));
  show(output);
  say(`   exit code ${status}`);
  if (status !== expected) throw new Error(`Expected exit code ${expected}, got ${status}.`);
}

/** The passphrase goes from process to process, and into no file. */
function telling({ passphrase }) {
  return {
    FOGBOUND_PASSPHRASE_COMMAND: `"${process.execPath}" -p process.env.DEMO_PASSPHRASE`,
    DEMO_PASSPHRASE: passphrase,
  };
}

function runCommand(args, directory, more) {
  const script = fileURLToPath(new URL("dist/main.js", import.meta.resolve("@fogbound/cli/package.json")));
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("FOGBOUND_"));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd: directory,
      env: { ...Object.fromEntries(inherited), ...more },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (piece) => {
        output += piece;
      });
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, output }));
  });
}
