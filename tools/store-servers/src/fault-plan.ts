import type { IncomingMessage } from "node:http";

/**
 * - `reset`: the connection breaks: `before` anything reaches the server, `mid-upload` when it has half of the body, or
 *   `after` it has done all that was asked.
 * - `answer`: the client gets this answer; `before` means that the server never heard of the request, `after` that it
 *   has done all that was asked.
 * - `silence`: the request is read, and nothing is done or answered.
 * - `slow`: the answer's body comes byte by byte.
 * - `truncate`: the answer's body ends this many bytes early, and with it the connection.
 * - `wrong-length`: the answer announces this many bytes more, or fewer, than come.
 */
export type HttpFault =
  | { readonly kind: "reset"; readonly when: "before" | "mid-upload" | "after" }
  | {
      readonly kind: "answer";
      readonly when: "before" | "after";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  | { readonly kind: "silence" }
  | { readonly kind: "slow" }
  | { readonly kind: "truncate"; readonly missing: number }
  | { readonly kind: "wrong-length"; readonly difference: number };

export interface PlannedHttpFault {
  /** Default: every method. */
  readonly method?: string;
  /** Matched against path and query. Default: every one. */
  readonly path?: RegExp;
  /** Which of the matching requests, counted from 1. Default: all of them. */
  readonly calls?: number | { readonly from: number };
  readonly fault: HttpFault;
}

/** Of several faults that meet, the first planned one happens. */
export class Plan {
  #pending: { readonly planned: PlannedHttpFault; seen: number; happened: number }[] = [];

  add(faults: readonly PlannedHttpFault[]): void {
    this.#pending.push(...faults.map((planned) => ({ planned, seen: 0, happened: 0 })));
  }

  clear(): void {
    this.#pending = [];
  }

  happened(): readonly number[] {
    return this.#pending.map(({ happened }) => happened);
  }

  faultOf({ method, url = "" }: IncomingMessage): HttpFault | null {
    let fault: HttpFault | null = null;
    for (const pending of this.#pending) {
      const { planned } = pending;
      if (planned.method !== undefined && planned.method !== method) continue;
      if (planned.path !== undefined && !planned.path.test(url)) continue;
      pending.seen++;
      if (fault !== null || !isDue(planned, pending.seen)) continue;
      pending.happened++;
      fault = planned.fault;
    }
    return fault;
  }
}

function isDue({ calls }: PlannedHttpFault, seen: number): boolean {
  if (calls === undefined) return true;
  return typeof calls === "number" ? seen === calls : seen >= calls.from;
}
