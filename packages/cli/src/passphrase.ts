import { spawn } from "node:child_process";
import { open } from "node:fs/promises";
import { CommandFailure, notFound, wrongUsage } from "./failure.js";
import { type Environment, variable } from "./settings.js";
import { isMissing } from "./system-errors.js";
import { askSecret, canAsk, type Terminal } from "./terminal.js";

const longest = 64 * 1024;
const fileVariable = "FOGBOUND_PASSPHRASE_FILE";
const commandVariable = "FOGBOUND_PASSPHRASE_COMMAND";

/**
 * The passphrase of a key file: from the file or the command that the environment names, else asked for on a terminal.
 * Never from a flag or a variable's own value: both are seen by others in process lists.
 *
 * One newline at the end is not part of it. The command finds the key file's path in `FOGBOUND_PASSPHRASE_FOR`.
 * @throws CommandFailure, exit 2 when there is no way to ask, 7 for a file that is not there, 8 for a command that fails.
 */
export async function readPassphrase(keyFile: string, environment: Environment, terminal: Terminal): Promise<string> {
  const given = await fromEnvironment(keyFile, environment, terminal.signal);
  if (given !== null) return given;
  checkCanAsk(terminal);
  return checked(await askSecret(terminal, `Passphrase of ${keyFile}`), "what was typed");
}

/** As `readPassphrase`, for a key file that is about to be made: typed twice. */
export async function newPassphrase(keyFile: string, environment: Environment, terminal: Terminal): Promise<string> {
  const given = await fromEnvironment(keyFile, environment, terminal.signal);
  if (given !== null) return given;
  checkCanAsk(terminal);
  const first = checked(await askSecret(terminal, `New passphrase for ${keyFile}`), "what was typed");
  const second = await askSecret(terminal, "The same again");
  if (first === second) return first;
  throw new CommandFailure(8, "KEY_LOCKED", "The two passphrases are not the same. Nothing was made; try again.");
}

async function fromEnvironment(keyFile: string, environment: Environment, signal: AbortSignal): Promise<string | null> {
  const file = variable(environment, fileVariable);
  const command = variable(environment, commandVariable);
  if (file !== undefined && command !== undefined)
    throw wrongUsage(`Expected one of ${fileVariable} and ${commandVariable}, got both. Unset one.`);
  if (file !== undefined) return checked(await readFirst(file), fileVariable);
  return command === undefined
    ? null
    : checked(await runCommand(command, keyFile, environment, signal), commandVariable);
}

function checkCanAsk(terminal: Terminal): void {
  if (canAsk(terminal)) return;
  throw wrongUsage(
    `A passphrase is needed and there is no terminal to ask on. Set ${fileVariable} or ${commandVariable}.`,
  );
}

async function readFirst(path: string): Promise<string> {
  const file = await open(path, "r").catch((error: unknown) => {
    if (isMissing(error)) throw notFound(`There is no file ${path}, which ${fileVariable} names.`, { cause: error });
    throw error;
  });
  try {
    const bytes = Buffer.alloc(longest + 1);
    let length = 0;
    for (let read = 1; read > 0 && length < bytes.length; length += read)
      read = (await file.read(bytes, length, bytes.length - length)).bytesRead;
    return bytes.toString("utf8", 0, length);
  } finally {
    await file.close();
  }
}

function runCommand(command: string, keyFile: string, environment: Environment, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { ...environment, FOGBOUND_PASSPHRASE_FOR: keyFile };
    const child = spawn(command, { shell: true, stdio: ["inherit", "pipe", "inherit"], env, signal });
    const parts: Buffer[] = [];
    child.stdout.on("data", (part: Buffer) => parts.push(part));
    child.once("error", reject);
    child.once("close", (status) => {
      if (status === 0) return resolve(Buffer.concat(parts).toString("utf8"));
      const message = `The command in ${commandVariable} ended with ${status ?? "a signal"}, so the key file stays locked.`;
      reject(new CommandFailure(8, "KEY_LOCKED", message));
    });
  });
}

function checked(text: string, from: string): string {
  const passphrase = text.replace(/\r?\n$/, "");
  if (passphrase === "" || passphrase.length > longest || /[\r\n\0]/.test(passphrase))
    throw wrongUsage(`Expected a passphrase of one line from ${from}, got ${passphrase === "" ? "nothing" : "more"}.`);
  return passphrase;
}
