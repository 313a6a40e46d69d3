import { FogboundError } from "@fogbound/errors";
import type { FogHands, FogMemory, Remembered, Waiting } from "@fogbound/protocol";
import type { Format } from "@fogbound/protocol/codec";

/** Something remembered under a name, and after what it was loaded or saved last. */
export interface Kept<T> {
  readonly value: T;
  readonly after: Remembered | null;
}

/** Reads what is remembered. What is there and damaged is as if nothing had been: the keeper of the memory has told. */
export async function load<T>(
  memory: FogMemory,
  name: string,
  format: Format<T>,
  fresh: () => T,
  waiting: Waiting,
): Promise<Kept<T>> {
  const after = await memory.load(name, waiting);
  const value = after === null || after.bytes.length === 0 ? fresh() : format.decode(after.bytes);
  return { value, after };
}

const mostTurns = 8;

/**
 * Changes what is remembered, and has it durable: again from what another process saved, if that came first.
 * @param change is called once for every try
 */
export async function update<T, Result>(
  { memory }: Pick<FogHands, "memory">,
  name: string,
  format: Format<T>,
  fresh: () => T,
  change: (value: T) => { readonly value: T; readonly result: Result },
  waiting: Waiting,
): Promise<Result> {
  for (let turn = 0; turn < mostTurns; turn++) {
    const { value, after } = await load(memory, name, format, fresh, waiting);
    const changed = change(value);
    if ((await memory.save(name, format.encode(changed.value), after, waiting)) !== null) return changed.result;
  }
  throw busy();
}

export function busy(): FogboundError {
  return new FogboundError(
    "OUTCOME_UNKNOWN",
    "Expected to save what a guard remembers, but another process saves all the time. Try again.",
    { retryable: true },
  );
}
