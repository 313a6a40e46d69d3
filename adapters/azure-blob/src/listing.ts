import type { ContainerClient } from "@azure/storage-blob";
import { compareKeys, type ObjectInfo } from "@fogbound/storage";
import { largestPage } from "./defaults.js";
import { ask, assertAzure } from "./error-code.js";
import { keyOf, type NameRange, rangesOf } from "./key-name.js";

export interface Page {
  readonly prefix: string;
  readonly after: string;
  readonly limit: number;
}

/** The first objects of both kinds of names, merged in the order of keys. Blobs that are nobody's are left out. */
export async function listPage(
  container: ContainerClient,
  base: string,
  page: Page,
  signal: AbortSignal,
): Promise<readonly ObjectInfo[]> {
  if (!page.after.startsWith(page.prefix) && compareKeys(page.after, page.prefix) > 0) return [];
  const ranges = rangesOf(base, page.prefix, page.after);
  const found = await Promise.all(ranges.map((range) => firstIn(container, base, range, page, signal)));
  const inOrder = found.flat().sort((left, right) => compareKeys(left.key, right.key));
  return inOrder.filter(({ key }, index) => key !== inOrder[index - 1]?.key).slice(0, page.limit);
}

/**
 * Goes on until the limit or a proved end: Azure's pages may be short, and even empty, before it. A server that knows
 * no `startFrom` begins at the beginning, which takes longer and comes to the same.
 */
async function firstIn(
  container: ContainerClient,
  base: string,
  range: NameRange,
  { prefix, after, limit }: Page,
  signal: AbortSignal,
): Promise<ObjectInfo[]> {
  const infos: ObjectInfo[] = [];
  const startFrom = range.from > range.prefix ? { startFrom: range.from } : {};
  const options = { prefix: range.prefix, abortSignal: signal, ...startFrom };
  const pages = container.listBlobsFlat(options).byPage({ maxPageSize: Math.min(limit + 1, largestPage) });
  for (;;) {
    const next = await ask(() => pages.next());
    if (next.done === true) return infos;
    assertAzure(next.value.requestId);
    for (const { name, properties } of next.value.segment.blobItems) {
      if (range.isBehind(name)) return infos;
      const key = keyOf(base, name);
      if (key === null || !key.startsWith(prefix) || compareKeys(key, after) <= 0) continue;
      infos.push({ key, size: properties.contentLength ?? Number.NaN, modified: properties.lastModified });
      if (infos.length === limit) return infos;
    }
    signal.throwIfAborted();
  }
}
