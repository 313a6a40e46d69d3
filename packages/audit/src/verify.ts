import type { Audit, AuditKeys, AuditOptions, Entry, Evidence } from "./evidence.js";
import type { PassOptions, Reached } from "./pass.js";

const defaultWindow = 65_536;

/**
 * Verifies a capsule's history from its evidence alone. Whatever an attacker can change leads to a finding and a worse
 * outcome, whatever he can take away to a proof that is not given.
 *
 * @throws RangeError for a window that is not a positive integer, TypeError for a pin of another capsule.
 */
export function verify(evidence: Evidence, keys: AuditKeys, options: AuditOptions = {}): Audit {
  const window = options.window ?? defaultWindow;
  if (!Number.isSafeInteger(window) || window < 1)
    throw new RangeError(`Expected a window of at least one access, got ${window}.`);
  if (options.pin && options.pin.capsule !== evidence.capsule)
    throw new TypeError(`Expected a pin of ${evidence.capsule}, got one of ${options.pin.capsule}.`);
  let reached: Promise<Reached> | null = null;
  const reach = (): Promise<Reached> => {
    reached ??= drain(pass(evidence, keys, { ...options, window })).catch((error: unknown) => {
      reached = null; // what could not be reached may be reached the next time
      throw error;
    });
    return reached;
  };
  return {
    async *accesses() {
      const end = yield* pass(evidence, keys, { ...options, window });
      reached ??= Promise.resolve(end);
    },
    verdict: async () => (await reach()).verdict,
    pin: async () => (await reach()).pin,
  };
}

async function drain(entries: AsyncGenerator<Entry, Reached, undefined>): Promise<Reached> {
  for (;;) {
    const next = await entries.next();
    if (next.done) return next.value;
  }
}

/** Loaded with the first audit: a host that only serves, or a reader, carries none of it. */
async function* pass(
  evidence: Evidence,
  keys: AuditKeys,
  options: PassOptions,
): AsyncGenerator<Entry, Reached, undefined> {
  const { judgeHistory } = await import("./pass.js");
  return yield* judgeHistory(evidence, keys, options);
}
