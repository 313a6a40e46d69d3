import type { Writable } from "node:stream";
import { OutputClosed } from "./failure.js";

export interface Stream extends Writable {
  readonly isTTY?: boolean;
  /** How wide a terminal is. */
  readonly columns?: number;
}

export interface OutputOptions {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly json: boolean;
  readonly quiet: boolean;
  /** False under NO_COLOR. */
  readonly color: boolean;
}

/** Results go to stdout, everything else to stderr; never the two mixed. */
export class Output {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly #stdout: Stream;
  readonly #stderr: Stream;
  readonly #color: boolean;
  #closed = false;

  constructor(options: OutputOptions) {
    this.json = options.json;
    this.quiet = options.quiet;
    this.#stdout = options.stdout;
    this.#stderr = options.stderr;
    this.#color = options.color;
    // Without a listener a reader that goes away (`| head`) would end the process with a stack trace.
    this.#stdout.on("error", () => {
      this.#closed = true;
    });
    this.#stderr.on("error", () => undefined);
  }

  get stdoutIsTerminal(): boolean {
    return this.#stdout.isTTY === true;
  }

  get stderrIsTerminal(): boolean {
    return this.#stderr.isTTY === true;
  }

  get stderr(): Stream {
    return this.#stderr;
  }

  /** A result, one line each. @throws OutputClosed when nobody reads any more. */
  async lines(...lines: readonly string[]): Promise<void> {
    if (lines.length > 0) await this.bytes(`${lines.join("\n")}\n`);
  }

  /** One JSON document on one line, its schema first. */
  async document(verb: string, body: Readonly<Record<string, unknown>>): Promise<void> {
    await this.lines(JSON.stringify({ schema: `fogbound.${verb}/1`, ...body }));
  }

  /** The document under `--json`, the lines otherwise. */
  async result(verb: string, body: Readonly<Record<string, unknown>>, lines: readonly string[]): Promise<void> {
    await (this.json ? this.document(verb, body) : this.lines(...lines));
  }

  /** Resolves when it has left this process, so that no more is held than is being written. */
  bytes(chunk: Uint8Array | string): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new OutputClosed());
      this.#stdout.write(chunk, (error) => (error ? reject(new OutputClosed("stdout", { cause: error })) : resolve()));
    });
  }

  /** What happened, for a person. Not under `--quiet`. */
  note(text: string): void {
    if (!this.quiet) this.#stderr.write(`${text}\n`);
  }

  /** What a person must not miss, `--quiet` or not. */
  warn(text: string): void {
    this.#stderr.write(`fogbound: ${text}\n`);
  }

  /** `text` in the colour, on a terminal that shows colours. */
  paint(color: "red" | "green" | "yellow" | "bold", text: string): string {
    if (!this.#color || !this.stdoutIsTerminal) return text;
    return `\u001b[${{ red: 31, green: 32, yellow: 33, bold: 1 }[color]}m${text}\u001b[0m`;
  }
}
