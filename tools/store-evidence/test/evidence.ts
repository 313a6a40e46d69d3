import type { Ground } from "../../../packages/cli/test/evidence/kit/ground.js";
import { large, medium } from "../../../packages/cli/test/evidence/kit/history.js";
import { isFull, rounds } from "../../../packages/cli/test/evidence/kit/numbers.js";
import { dying, killing } from "../../../packages/cli/test/evidence/suites/kill.js";
import { changingBytes } from "../../../packages/cli/test/evidence/suites/one-byte.js";
import { restoring } from "../../../packages/cli/test/evidence/suites/parity.js";
import { tampering } from "../../../packages/cli/test/evidence/suites/tamper.js";

/** What is shown on a disk, on another store: the same tests, over another URL, with the vendor's own client for an attacker. */
export function everythingOn(ground: Ground): void {
  const full = isFull("STORE_ATTACKS");
  tampering(ground, { size: full ? large : medium, processes: full });
  changingBytes(ground, rounds("STORE_BYTES", 200, 12), full ? 25 : 2);
  restoring(ground, rounds("STORE_PAIRS", 8, 1));
}

/** Of the client alone: nothing here kills the server. */
export function killsOn(ground: Ground): void {
  const kills = rounds("STORE_KILLS", 50, 6);
  for (const work of ["logging", "seal", "upload"] as const) killing(ground, { work, kills, longestDelay: 400 });
  dying(ground, rounds("STORE_DEATHS", 6, 2));
}
