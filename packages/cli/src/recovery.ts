import { CommandFailure, wrongUsage } from "./failure.js";
import { checkFree, writeWhole } from "./files.js";
import { askText, canAsk, type Terminal } from "./terminal.js";

const attempts = 3;

/** @throws CommandFailure, exit 2 when there is neither a file nor a terminal to hand the recovery key to; exit 1 when the file is there. */
export async function checkRecoveryTarget(file: string | null, terminal: Terminal): Promise<void> {
  if (file !== null) return checkFree(file, "A recovery key is never written over: name another place.");
  if (!canAsk(terminal))
    throw wrongUsage(
      "The recovery key is shown once, and there is no terminal to show it on. Give --recovery-key FILE, outside the store.",
    );
}

/**
 * Gives the recovery key away, once: to a private file, or shown on the terminal and its last six characters typed back.
 * @throws CommandFailure, exit 1, when they were not; 130 when it was cancelled.
 */
export async function handOver(recoveryKey: string, file: string | null, terminal: Terminal): Promise<void> {
  if (file !== null)
    return writeWhole(file, [new TextEncoder().encode(`${recoveryKey}\n`)], { force: false, mode: 0o600 });
  terminal.stderr.write(
    `\nThe recovery key. It opens what you seal when the key file is lost; write it down, it is shown only now.\n\n  ${recoveryKey}\n\n`,
  );
  for (let attempt = 0; attempt < attempts; attempt++) {
    const typed = await askText(terminal, "Its last six characters, without the dash");
    if (isEnd(typed, recoveryKey)) return;
  }
  throw new CommandFailure(
    1,
    "NOT_CONFIRMED",
    "The recovery key was not typed back, so no key was made. Run init again.",
  );
}

/** Compared as a person types it: any case, with or without the dash. */
function isEnd(typed: string, recoveryKey: string): boolean {
  const plain = (text: string): string => text.replaceAll("-", "").trim().toUpperCase();
  return plain(typed).length === 6 && plain(recoveryKey).endsWith(plain(typed));
}
