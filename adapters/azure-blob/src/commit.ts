import type { BlockBlobClient } from "@azure/storage-blob";
import type { StagedBlocks } from "./blocks.js";
import { contentType, maxRepeats } from "./defaults.js";
import { AzureBlobError, ask, errorCode, isMiss, isOpen } from "./error-code.js";
import { askAgain, beforeRepeat } from "./repeat.js";

/**
 * Makes a blob of staged blocks, where there is none. An open outcome is settled here, since what was staged could not
 * be sent again: the ids of the blocks that lie there tell whose they are, and only after a miss is the commit repeated.
 *
 * @returns when it was written.
 * @throws AzureBlobError `OBJECT_EXISTS`
 */
export async function commitNew(
  blob: BlockBlobClient,
  staged: StagedBlocks,
  signal: AbortSignal,
): Promise<Date | undefined> {
  const blobHTTPHeaders = { blobContentType: contentType };
  const options = { conditions: { ifNoneMatch: "*" }, blobHTTPHeaders, abortSignal: signal };
  let open = false;
  for (let repeat = 0; ; repeat++) {
    try {
      return (await ask(() => blob.commitBlockList(staged.ids, options))).lastModified;
    } catch (error) {
      open ||= isOpen(error);
      if (!open || signal.aborted || (!isOpen(error) && errorCode(error) !== "OBJECT_EXISTS")) throw error;
      const found = await whatLiesThere(blob, staged, signal);
      if (found !== null) return found.modified;
      if (repeat >= maxRepeats) throw error;
    }
    await beforeRepeat(repeat, signal);
  }
}

/** null for a proved miss. @throws AzureBlobError `OBJECT_EXISTS` when it is somebody else's. */
async function whatLiesThere(
  blob: BlockBlobClient,
  { ids, size }: StagedBlocks,
  signal: AbortSignal,
): Promise<{ readonly modified: Date | undefined } | null> {
  try {
    const found = await askAgain(() => blob.getProperties({ abortSignal: signal }), signal);
    const list = await askAgain(() => blob.getBlockList("committed", { abortSignal: signal }), signal);
    const committed = list.committedBlocks?.map(({ name }) => name) ?? [];
    const isOurs = found.contentLength === size && committed.length === ids.length;
    if (isOurs && committed.every((id, index) => id === ids[index])) return { modified: found.lastModified };
    throw new AzureBlobError("the blob there was committed by another upload", "OBJECT_EXISTS");
  } catch (error) {
    if (isMiss(error)) return null;
    throw error;
  }
}
