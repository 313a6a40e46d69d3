import type { Profiler } from "@fogbound/protocol";

/** A guard that is loaded with the first access it is to judge: most capsules want none, and what makes decoys is large. */
export function lazyGuard(): Profiler {
  let loading: Promise<Profiler> | null = null;
  const guard = (): Promise<Profiler> => {
    loading ??= import("@fogbound/fog").then(({ Guard }) => new Guard());
    return loading;
  };
  return {
    judge: async (access, hands, waiting) => (await guard()).judge(access, hands, waiting),
    trust: async (owner, reader, time, hands, waiting) => (await guard()).trust(owner, reader, time, hands, waiting),
    close: async (waiting) => (await loading)?.close(waiting),
  };
}
