import type { ContainerClient } from "@azure/storage-blob";

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Bytes that no two places of one object share for long. */
export function patternBytes(length: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

export async function* inChunks(bytes: Uint8Array, chunkBytes: number): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += chunkBytes) yield bytes.subarray(offset, offset + chunkBytes);
}

/** What the vendor's own client reads; null when it finds nothing. */
export async function rawBytes(raw: ContainerClient, name: string): Promise<Uint8Array | null> {
  const blob = raw.getBlobClient(name);
  return (await blob.exists()) ? new Uint8Array(await blob.downloadToBuffer()) : null;
}

/** Every name the vendor's own client lists. */
export async function rawNames(raw: ContainerClient, prefix = ""): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of raw.listBlobsFlat({ prefix })) names.push(name);
  return names;
}
