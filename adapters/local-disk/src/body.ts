import type { FileHandle } from "node:fs/promises";

/** Bytes read at a time; what is no longer is read at once, and its file closed before the body is handed out. */
const chunkBytes = 256 * 1024;

/** `length` bytes from `offset` of an open file, which is closed when they were read, and when the body is cancelled. */
export async function bodyOf(file: FileHandle, offset: number, length: number): Promise<ReadableStream<Uint8Array>> {
  let position = offset;
  const end = offset + length;
  const first = length <= chunkBytes ? await readLast(file, position, length) : null;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        if (first === null) return;
        if (first.length > 0) controller.enqueue(first);
        controller.close();
      },
      async pull(controller) {
        try {
          const chunk = await readChunk(file, position, Math.min(chunkBytes, end - position));
          position += chunk.length;
          if (chunk.length > 0) controller.enqueue(chunk);
          if (position < end && chunk.length > 0) return;
          await file.close();
          controller.close();
        } catch (error) {
          await file.close().catch(() => undefined);
          controller.error(error);
        }
      },
      async cancel() {
        await file.close();
      },
    },
    { highWaterMark: 0 },
  );
}

async function readLast(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  try {
    return await readChunk(file, position, length);
  } finally {
    await file.close();
  }
}

/** Shorter than asked only where the file ends. */
async function readChunk(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
