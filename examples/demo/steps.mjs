import { createHash } from "node:crypto";
import { say } from "./print.mjs";

/**
 * Asks for an item, reads all of it when permitted, and tells what came of it.
 * @throws Error when that is not what the demo is there to show
 */
export async function ask({ host, subject, capsule, document, action }, expected) {
  const session = await host.sessionFor(subject, { address: "192.0.2.7" });
  const access = await host.access(session, { capsule, item: document.item.name, action });
  const came = access.outcome === "permitted" ? "permitted" : `${access.outcome} (${access.reason ?? access.question})`;
  const served = access.outcome === "permitted" ? await readAll(access, document) : "";
  say(`${subject} asks to ${action} ${document.item.name}: ${came}${served}`);
  if (came !== expected) throw new Error(`Expected ${expected}, got ${came}.`);
}

async function readAll(access, document) {
  const hash = createHash("sha256");
  for await (const piece of access.read()) hash.update(piece);
  if (hash.digest("hex") !== document.digest())
    throw new Error(`The bytes served of ${document.item.name} are not the bytes that were sealed.`);
  return `, ${access.size} bytes served, the same as were sealed`;
}
