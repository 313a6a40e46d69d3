import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";

/** Asks for an item, reads all of it when permitted, and compares it with the original file. */
export async function accessAs(host, subject, wish, originals) {
  const session = await host.sessionFor(subject, { address: "192.0.2.7" });
  const access = await host.access(session, wish);
  if (access.outcome !== "permitted") return { subject, wish, access };
  const [served, original] = await Promise.all([
    digestOf(access.read()),
    digestOf(createReadStream(join(originals, wish.item))),
  ]);
  if (served !== original) throw new Error(`${wish.item}: the bytes served are not the bytes that were sealed`);
  return { subject, wish, access };
}

export function outcomeOf({ subject, wish, access }) {
  const asked = `${subject} asks to ${wish.action} ${wish.item}:`;
  if (access.outcome === "permitted") return `${asked} permitted, ${access.size} bytes served, the same as were sealed`;
  return `${asked} ${access.outcome} (${access.reason ?? access.question})`;
}

async function digestOf(stream) {
  const hash = createHash("sha256");
  for await (const piece of stream) hash.update(piece);
  return hash.digest("hex");
}
