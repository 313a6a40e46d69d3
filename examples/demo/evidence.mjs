import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { createRequire } from "node:module";
import { pipeline } from "node:stream/promises";
import { explain } from "@fogbound/audit";
import { say, show } from "./print.mjs";

/** The accesses one by one, then what was and was not proved. */
export async function printAudit(audit) {
  for await (const { time, reader, item, action, outcome, bytes, place } of audit.accesses()) {
    const from = place.address === null ? "" : ` from ${place.address} (${place.saidBy}'s word)`;
    say(`   ${time.toISOString().slice(0, 19)}Z  ${reader}  ${action} ${item}: ${outcome}, ${bytes} bytes${from}`);
  }
  const verdict = await audit.verdict();
  say(`verdict: ${verdict.outcome}`);
  show(linesOf(explain(verdict)));
  return verdict;
}

export async function exportTo(owner, capsule, file) {
  await pipeline(owner.export(capsule), createWriteStream(file, { mode: 0o600 }));
  say(`exported to ${file.split("/").at(-1)}`);
}

/** Runs the command in a process of its own: no key, no network, only the file and the id. */
export async function verifyElsewhere(file, capsule) {
  const command = createRequire(import.meta.url)
    .resolve("@fogbound/cli/package.json")
    .replace("package.json", "dist/main.js");
  const { status, output } = await run(process.execPath, [command, "verify", file, "--trust", capsule, "--rehash"]);
  say(`$ fogbound verify ${file.split("/").at(-1)} --trust ${capsule.slice(0, 12)}… --rehash`);
  show(output);
  say(`exit ${status}`);
  return status;
}

function linesOf(explained) {
  return Array.isArray(explained) ? explained.join("\n") : explained;
}

function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (piece) => {
      output += piece;
    });
    child.stderr.on("data", (piece) => {
      output += piece;
    });
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, output }));
  });
}
