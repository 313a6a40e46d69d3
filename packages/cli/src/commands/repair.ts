import type { CapsuleId } from "@fogbound/protocol";
import type { Repair } from "fogbound";
import type { Context } from "../context.js";
import { counted } from "../numbers.js";
import type { Vault } from "../vault.js";

/** What `fogbound audit --repair` does first: writes back whatever can be restored, and says what cannot. */
export async function repair(context: Context, { owner }: Vault, capsule: CapsuleId): Promise<void> {
  const { output, signal } = context;
  const done = await owner.repair(capsule, { signal });
  if (output.json) await output.document("audit", { type: "repair", capsule, ...done });
  const note = noteOf(done);
  if (note !== "") output.note(`${capsule}: ${note}`);
  for (const { name, log, records } of done.lost)
    output.warn(
      `${capsule}: ${name} of ${log === "hosts" ? "the vault" : log} cannot be restored: records ${records.join(", ")} are lost`,
    );
  for (const { name, log } of done.outOfReach)
    output.warn(`${capsule}: ${name} can be restored, by whoever runs ${log}`);
}

function noteOf({ restored, spared, shown }: Repair): string {
  const parts: string[] = [];
  if (restored.length > 0) parts.push(`restored ${counted(restored.length, "object", "objects")}`);
  if (spared > 0) parts.push(`gave the harmonizer ${counted(spared, "batch", "batches")} to keep anew`);
  if (shown > 0) parts.push(`showed ${counted(shown, "manifest", "manifests")} once more to whoever had lost a copy`);
  return parts.join(", ");
}
