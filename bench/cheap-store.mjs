import { memoryDriver } from "fogbound/testing";

/** What the adapter for local disks reads at a time. */
export const storedPieceBytes = 256 * 1024;

/**
 * A store that costs next to nothing: small objects lie in memory, the content of items is counted and dropped, or with
 * `keep` held in pieces and served without a copy. What is measured over it is the work of Fogbound, and no disk's.
 */
export function cheapStore({ keep }) {
  const memory = memoryDriver();
  const contents = new Map();
  return {
    name: "cheap",
    capabilities: memory.capabilities,
    create: (key, bytes, retainUntil, signal) => memory.create(key, bytes, retainUntil, signal),
    replace: (key, bytes, signal) => memory.replace(key, bytes, signal),
    head: (key, signal) => memory.head(key, signal),
    list: (prefix, after, limit, signal) => memory.list(prefix, after, limit, signal),
    delete: (key, signal) => memory.delete(key, signal),
    close: () => memory.close(),
    errorCode: (error) => memory.errorCode(error),
    async upload(key, content) {
      const pieces = [];
      let size = 0;
      for await (const piece of keep ? regrouped(content, storedPieceBytes) : content) {
        size += piece.length;
        if (keep) pieces.push(piece);
      }
      const info = { key, size, modified: new Date() };
      if (keep) contents.set(key, { info, pieces });
      return info;
    },
    async get(key, range, signal) {
      const content = contents.get(key);
      if (content === undefined) return memory.get(key, range, signal);
      return { ...content.info, body: ReadableStream.from(cut(content.pieces, range ?? whole(content.info))) };
    },
  };
}

/** The same bytes in pieces of one length, each of its own memory. */
export async function* regrouped(source, length) {
  let piece = new Uint8Array(length);
  let filled = 0;
  for await (const bytes of source) {
    for (let at = 0; at < bytes.length; ) {
      const part = bytes.subarray(at, at + length - filled);
      piece.set(part, filled);
      at += part.length;
      filled += part.length;
      if (filled < length) continue;
      yield piece;
      piece = new Uint8Array(length);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}

function whole({ size }) {
  return { offset: 0, length: size };
}

async function* cut(pieces, { offset, length }) {
  const end = offset + length;
  for (let index = Math.floor(offset / storedPieceBytes); index * storedPieceBytes < end; index++) {
    const start = index * storedPieceBytes;
    yield pieces[index].subarray(Math.max(0, offset - start), end - start);
  }
}
