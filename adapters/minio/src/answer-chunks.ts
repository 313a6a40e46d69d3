import type { IncomingMessage } from "node:http";
import { S3Error } from "./error-code.js";

/** The error of a connection on which nothing came for too long. What was asked for may still be done. */
export function silence(idleMilliseconds: number): S3Error {
  return S3Error.found(null, `expected an answer, got none for ${idleMilliseconds / 1000} s`);
}

/**
 * The body of an answer, piece by piece. Not by Node's own iterator: it would take a timer and a generator's turn for each
 * piece, also for those that have come already, and a large object has tens of thousands.
 */
export class AnswerChunks {
  readonly #response: IncomingMessage;
  readonly #idleMilliseconds: number;
  #wake: () => void = () => undefined;

  constructor(response: IncomingMessage, idleMilliseconds: number) {
    this.#response = response;
    this.#idleMilliseconds = idleMilliseconds;
    const wake = (): void => this.#wake();
    // With "error", which nobody else listens to between two pieces, and which would end the process.
    for (const event of ["readable", "end", "error", "close"]) response.on(event, wake);
  }

  /** The next piece, waited for no longer than agreed; null at the end. Rejects when the connection ends early. */
  async next(): Promise<Uint8Array | null> {
    const response = this.#response;
    for (;;) {
      if (response.readableEnded) return null;
      if (response.destroyed)
        throw response.errored ?? S3Error.found(null, "expected the rest of an answer, got its end");
      const piece: Buffer | null = response.read();
      if (piece !== null) return new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
      await this.#news();
    }
  }

  /** Ends the connection. */
  giveUp(): void {
    this.#response.destroy();
  }

  #news(): Promise<void> {
    return new Promise((resolve) => {
      const giveUp = (): void => {
        this.#response.destroy(silence(this.#idleMilliseconds));
      };
      const impatience = setTimeout(giveUp, this.#idleMilliseconds);
      this.#wake = () => {
        clearTimeout(impatience);
        resolve();
      };
    });
  }
}
