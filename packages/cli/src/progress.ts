import { byteSize } from "./numbers.js";
import type { Output } from "./output.js";

const everyMilliseconds = 100;

/** One line on stderr that is painted over; on a terminal only, and not under `--quiet` or `--json`. */
export class Progress {
  readonly #output: Output;
  readonly #what: string;
  readonly #shown: boolean;
  #last = 0;

  constructor(output: Output, what: string) {
    this.#output = output;
    this.#what = what;
    this.#shown = output.stderrIsTerminal && !output.quiet && !output.json;
  }

  update(bytes: number, total: number | null): void {
    const now = Date.now();
    if (!this.#shown || now - this.#last < everyMilliseconds) return;
    this.#last = now;
    const share =
      total === null || total === 0 ? "" : ` of ${byteSize(total)} (${Math.floor((bytes / total) * 100)} %)`;
    this.#paint(`${this.#what} ${byteSize(bytes)}${share}`);
  }

  /** Takes the line away. */
  end(): void {
    if (this.#shown && this.#last > 0) this.#paint("");
  }

  #paint(text: string): void {
    this.#output.stderr.write(`\r\u001b[K${text}`);
  }
}
