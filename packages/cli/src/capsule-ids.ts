import { FogboundError } from "@fogbound/errors";
import { type CapsuleId, isIdentifier, layout } from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";
import { wrongUsage } from "./failure.js";

const shape = /^cap_[a-z2-7]{1,52}$/;

/** Every capsule id in the store that begins with `prefix`, in order: one listing step each, however much lies below it. */
export async function* capsuleIds(
  store: ObjectStore,
  prefix: string,
  signal: AbortSignal,
): AsyncGenerator<CapsuleId, void, undefined> {
  let after = "";
  for (;;) {
    const id = await nextId(store, prefix, after, signal);
    if (id === null) return;
    yield id;
    after = `${layout.capsules()}${id}0`; // "0" follows "/": everything below this capsule is passed over
  }
}

async function nextId(
  store: ObjectStore,
  prefix: string,
  after: string,
  signal: AbortSignal,
): Promise<CapsuleId | null> {
  const options = after === "" ? { signal } : { signal, after };
  for await (const { key } of store.list(layout.capsules() + prefix, options)) {
    const id = key.slice(layout.capsules().length).split("/", 1)[0];
    if (isIdentifier("cap", id)) return id;
  }
  return null;
}

/**
 * The capsule that an id, or the beginning of one, names.
 * @throws CommandFailure, exit 2, for something else and for a beginning that several share.
 * @throws FogboundError `CAPSULE_NOT_FOUND` when the store has none that begins so. A whole id is not looked up.
 */
export async function resolveCapsule(store: ObjectStore, text: string, signal: AbortSignal): Promise<CapsuleId> {
  if (isIdentifier("cap", text)) return text;
  if (!shape.test(text))
    throw wrongUsage(
      `Expected a capsule id or the beginning of one, such as cap_7k2m, got ${JSON.stringify(text.slice(0, 80))}.`,
    );
  const found: CapsuleId[] = [];
  for await (const id of capsuleIds(store, text, signal)) {
    found.push(id);
    if (found.length > 1) break;
  }
  const [only, another] = found;
  if (only === undefined)
    throw new FogboundError("CAPSULE_NOT_FOUND", `The store has no capsule whose id begins with ${text}.`);
  if (another === undefined) return only;
  throw wrongUsage(`Several capsules begin with ${text}, among them ${only} and ${another}. Type more of the id.`);
}
