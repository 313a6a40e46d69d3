#!/usr/bin/env node
import { run } from "./run.js";

const interruption = new AbortController();
// Once each: a second Ctrl-C ends the process at once, whatever it is waiting for.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => interruption.abort());

run(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  directory: process.cwd(),
  signal: interruption.signal,
}).then((exitCode) => {
  process.exitCode = exitCode;
});
