import type { FileHandle } from "node:fs/promises";

/** Bytes read at a time. What is no longer is read before its body is handed out. */
export const chunkBytes: number = 256 * 1024;

/** A body that is in memory. */
export function bodyInMemory(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        if (bytes.length > 0) controller.enqueue(bytes);
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

/** `length` bytes from `offset` of an open file, which is closed when they were read, and when the body is cancelled. */
export function bodyOf(file: FileHandle, offset: number, length: number): ReadableStream<Uint8Array> {
  let position = offset;
  const end = offset + length;
  return new ReadableStream<Uint8Array>(
    {
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
