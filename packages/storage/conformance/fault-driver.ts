import { reservedPrefix } from "../src/defaults.js";
import type { ByteRange, FoundObject, ObjectInfo, StoreDriver, StoreErrorCode } from "../src/index.js";
import { shortenBody } from "./short-body.js";

export type Operation = "create" | "upload" | "replace" | "get" | "head" | "list" | "delete";

/**
 * - `fail-before`: nothing is done, then an error of this code; null is one that the driver cannot explain.
 * - `fail-after`: all of it is done, then the error. With null it is the unknown outcome that did commit.
 * - `hang`: nothing is done and nothing answered until the signal aborts.
 * - `short-body`: `get` announces the object's size, and its body ends `missing` bytes early, without an error.
 */
export type Fault =
  | { readonly kind: "fail-before"; readonly code: StoreErrorCode | null }
  | { readonly kind: "fail-after"; readonly code: StoreErrorCode | null }
  | { readonly kind: "hang" }
  | { readonly kind: "short-body"; readonly missing: number };

export interface PlannedFault {
  readonly operation: Operation | "any" | "any-write";
  /** Which calls of the operation, counted from 1. Default: all of them. */
  readonly calls?: number | { readonly from: number };
  /** Only keys (for `list` prefixes) that start with this. Others are not counted for this fault. */
  readonly keyPrefix?: string;
  /** Also the calls of the probe when a store is opened. Default: false, they neither fail nor count. */
  readonly onProbes?: boolean;
  readonly fault: Fault;
}

export interface FaultDriver extends StoreDriver {
  /** Calls that came so far, those of the probe at open left out. */
  readonly calls: Readonly<Record<Operation, number>>;
  /** Adds to the plan; these faults count calls from now on. */
  plan(...faults: readonly PlannedFault[]): void;
  /** Drops every planned fault: the store is well again. */
  heal(): void;
}

class InjectedError extends Error {
  readonly code: StoreErrorCode | null;

  constructor(operation: Operation, code: StoreErrorCode | null) {
    super(`injected into ${operation}`);
    this.code = code;
  }
}

interface Pending {
  readonly planned: PlannedFault;
  seen: number;
}

/**
 * A driver that fails by plan, in front of a real one. Of several faults that meet, the first planned one happens.
 */
export function faultDriver(driver: StoreDriver, plan: readonly PlannedFault[] = []): FaultDriver {
  return new PlanningDriver(driver, plan);
}

class PlanningDriver implements FaultDriver {
  readonly name: string;
  readonly capabilities: StoreDriver["capabilities"];
  readonly calls: Record<Operation, number> = { create: 0, upload: 0, replace: 0, get: 0, head: 0, list: 0, delete: 0 };
  readonly #driver: StoreDriver;
  #pending: Pending[];

  constructor(driver: StoreDriver, plan: readonly PlannedFault[]) {
    this.name = `faulty ${driver.name}`;
    this.capabilities = driver.capabilities;
    this.#driver = driver;
    this.#pending = plan.map((planned) => ({ planned, seen: 0 }));
  }

  plan(...faults: readonly PlannedFault[]): void {
    this.#pending.push(...faults.map((planned) => ({ planned, seen: 0 })));
  }

  heal(): void {
    this.#pending = [];
  }

  create(key: string, bytes: Uint8Array, retainUntil: Date | null, signal: AbortSignal): Promise<ObjectInfo> {
    return this.#run("create", key, signal, () => this.#driver.create(key, bytes, retainUntil, signal));
  }

  upload(key: string, content: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<ObjectInfo> {
    return this.#run("upload", key, signal, () => this.#driver.upload(key, content, signal));
  }

  replace(key: string, bytes: Uint8Array, signal: AbortSignal): Promise<ObjectInfo> {
    return this.#run("replace", key, signal, () => this.#driver.replace(key, bytes, signal));
  }

  get(key: string, range: ByteRange | null, signal: AbortSignal): Promise<FoundObject | null> {
    return this.#run("get", key, signal, () => this.#driver.get(key, range, signal), shortenBody);
  }

  head(key: string, signal: AbortSignal): Promise<ObjectInfo | null> {
    return this.#run("head", key, signal, () => this.#driver.head(key, signal));
  }

  list(prefix: string, after: string, limit: number, signal: AbortSignal): Promise<readonly ObjectInfo[]> {
    return this.#run("list", prefix, signal, () => this.#driver.list(prefix, after, limit, signal));
  }

  delete(key: string, signal: AbortSignal): Promise<void> {
    return this.#run("delete", key, signal, () => this.#driver.delete(key, signal));
  }

  close(): Promise<void> {
    return this.#driver.close();
  }

  errorCode(error: unknown): StoreErrorCode | null {
    return error instanceof InjectedError ? error.code : this.#driver.errorCode(error);
  }

  async #run<T>(
    operation: Operation,
    key: string,
    signal: AbortSignal,
    work: () => Promise<T>,
    shorten?: (result: T, missing: number) => T,
  ): Promise<T> {
    const fault = this.#faultOf(operation, key);
    if (fault?.kind === "hang") return hang(signal);
    if (fault?.kind === "fail-before") throw new InjectedError(operation, fault.code);
    const result = await work();
    if (fault?.kind === "fail-after") throw new InjectedError(operation, fault.code);
    return fault?.kind === "short-body" && shorten !== undefined ? shorten(result, fault.missing) : result;
  }

  #faultOf(operation: Operation, key: string): Fault | null {
    const isProbe = `/${key}`.includes(`/${reservedPrefix}`);
    if (!isProbe) this.calls[operation]++;
    let fault: Fault | null = null;
    for (const pending of this.#pending) {
      if (!concerns(pending.planned, operation, key) || (isProbe && pending.planned.onProbes !== true)) continue;
      pending.seen++;
      if (isDue(pending)) fault ??= pending.planned.fault;
    }
    return fault;
  }
}

const writes: ReadonlySet<Operation> = new Set(["create", "upload", "replace", "delete"] satisfies Operation[]);

function concerns({ operation, keyPrefix = "" }: PlannedFault, called: Operation, key: string): boolean {
  if (!key.startsWith(keyPrefix)) return false;
  return operation === called || operation === "any" || (operation === "any-write" && writes.has(called));
}

function isDue({ planned: { calls }, seen }: Pending): boolean {
  if (calls === undefined) return true;
  return typeof calls === "number" ? seen === calls : seen >= calls.from;
}

function hang(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
