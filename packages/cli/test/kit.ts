import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { expect } from "vitest";
import { type Environment, type ExitCode, type Input, run, type Stream } from "../src/index.js";

export const passphrase = "a passphrase for tests alone";
export const cheap: readonly string[] = ["--passphrase-cost", "1024"];

/** What a run printed and ended with. */
export interface Ran {
  readonly exitCode: ExitCode;
  readonly stdout: string;
  readonly bytes: Uint8Array;
  readonly stderr: string;
  /** Every JSON document on stdout; throws for anything else there. */
  readonly documents: readonly Document[];
}

export type Document = Readonly<Record<string, unknown>>;

export interface RunWith {
  readonly environment?: Environment;
  readonly directory?: string;
  readonly signal?: AbortSignal;
  readonly stdin?: Input;
  readonly stderr?: Collector;
  readonly stdout?: Stream;
}

/** A stream that keeps what is written to it. */
export class Collector extends Writable {
  readonly isTTY: boolean;
  readonly columns = 80;
  readonly #chunks: Buffer[] = [];

  constructor(options: { readonly terminal: boolean } = { terminal: false }) {
    super();
    this.isTTY = options.terminal;
  }

  get bytes(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString("utf8");
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#chunks.push(Buffer.from(chunk));
    done();
  }
}

/** A person's working directory, with settings and keys of its own, where the command is run in this process. */
export class Desk {
  readonly folder: string;
  readonly environment: Environment;
  readonly #printed: string[] = [];

  private constructor(folder: string, more: Environment) {
    this.folder = join(folder, "work");
    this.environment = {
      XDG_CONFIG_HOME: join(folder, "config"),
      FOGBOUND_PASSPHRASE_FILE: join(folder, "passphrase"),
      PATH: process.env.PATH,
      ...more,
    };
  }

  static async open(more: Environment = {}): Promise<Desk> {
    const folder = await mkdtemp(join(tmpdir(), "fogbound-cli-"));
    await writeFile(join(folder, "passphrase"), `${passphrase}\n`, { mode: 0o600 });
    await mkdir(join(folder, "work"));
    return new Desk(folder, more);
  }

  /** One where `init` has been run. @param store another one than `./vault`, with what its adapter needs */
  static async initialised(store?: { readonly url: string; readonly environment: Environment }): Promise<Desk> {
    const desk = await Desk.open(store?.environment);
    const elsewhere = store === undefined ? [] : ["--store", store.url];
    await desk.done("init", "--recovery-key", "recovery.txt", ...elsewhere, ...cheap);
    return desk;
  }

  async run(argv: readonly string[], options: RunWith = {}): Promise<Ran> {
    const stdout = new Collector();
    const stderr = options.stderr ?? new Collector();
    const exitCode = await run(argv, {
      stdin: options.stdin ?? Readable.from([]),
      stdout: options.stdout ?? stdout,
      stderr,
      environment: { ...this.environment, ...options.environment },
      directory: options.directory ?? this.folder,
      signal: options.signal ?? new AbortController().signal,
    });
    this.#printed.push(stdout.text, stderr.text);
    return ranFrom(exitCode, stdout.bytes, stderr.text);
  }

  /** Runs what has to succeed. @returns stdout, without its last newline. */
  async done(...argv: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run(argv);
    expect({ argv, exitCode, stderr }).toEqual({ argv, exitCode: 0, stderr });
    return stdout.trimEnd();
  }

  /** A reader with a key file of its own, whom this owner knows. @returns the key file's name. */
  async reader(name: string): Promise<string> {
    const file = `${name}.key`;
    await this.done("reader", "add", name, await this.done("key", "new", "-o", file, ...cheap));
    return file;
  }

  async write(name: string, content: string | Uint8Array): Promise<string> {
    await writeFile(this.path(name), content);
    return name;
  }

  path(...parts: readonly string[]): string {
    return join(this.folder, ...parts);
  }

  async text(name: string): Promise<string> {
    return readFile(this.path(name), "utf8");
  }

  /** Everything any run has printed so far. */
  get printed(): string {
    return this.#printed.join("\n");
  }

  async close(): Promise<void> {
    await rm(join(this.folder, ".."), { recursive: true, force: true });
  }
}

function ranFrom(exitCode: ExitCode, bytes: Uint8Array, stderr: string): Ran {
  const stdout = Buffer.from(bytes).toString("utf8");
  return {
    exitCode,
    stdout,
    bytes,
    stderr,
    get documents() {
      return stdout
        .trimEnd()
        .split("\n")
        .map((line) => documentFrom(line));
    },
  };
}

function documentFrom(line: string): Document {
  const value: unknown = JSON.parse(line);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new Error(`Expected a JSON object on each line, got ${line.slice(0, 80)}`);
}

/** No failure shows its innards. */
export function expectNoStackTrace(text: string): void {
  expect(text).not.toMatch(/\n\s+at .+:\d+:\d+|node:internal|\[object |undefined/);
}
