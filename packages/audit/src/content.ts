import { hashStream } from "@fogbound/crypto";
import { sameBytes, type Variant } from "@fogbound/protocol";
import { ifItHolds } from "./attempt.js";
import type { Context } from "./context.js";
import { hash } from "./findings.js";
import type { KnownManifest } from "./manifests.js";

/** Re-hashes every variant of the manifest in force. @returns how many held; null when it was not asked for */
export async function rehashContent(context: Context, known: KnownManifest | undefined): Promise<number | null> {
  if (context.evidence.content === undefined || known === undefined) return null;
  let held = 0;
  for (const { id, variants } of known.value.items)
    for (const variant of variants) if (await rehash(context, id, variant)) held++;
  return held;
}

async function rehash(context: Context, item: string, variant: Variant): Promise<boolean> {
  context.signal?.throwIfAborted();
  const { findings, evidence } = context;
  const stream = (await evidence.content?.(variant.content)) ?? null;
  const papers = [variant.content, hash(variant.root)];
  if (stream === null) {
    findings.add("CONTENT_MISSING", "broken", `Content ${variant.content} of ${item} is not in the store.`, papers);
    return false;
  }
  const summary = await ifItHolds(() => hashStream(stream));
  if (summary !== null && summary.chunks === variant.chunks && sameBytes(summary.root, variant.root)) return true;
  const found = summary === null ? "cannot be read as sealed content" : `hashes to ${hash(summary.root)}`;
  findings.add("CONTENT_ALTERED", "broken", `Content ${variant.content} of ${item} ${found}.`, papers);
  return false;
}
