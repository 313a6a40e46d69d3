import { exactAzurite } from "./azurite.js";
import { miniflare } from "./miniflare.js";
import { fromNpm, nodeOfAtLeast } from "./newer-node.js";
import { s3rver } from "./s3rver.js";

/**
 * Brings the servers that come from npm before any test runs: half a gigabyte, once. Inside the tests several files
 * would bring them at the same time, against their own clocks. A run of other tests alone brings nothing.
 */
export async function setup(): Promise<void> {
  if (!needsServers(process.argv.slice(2))) return;
  // What cannot be brought is said by the test that needs it, with what to do.
  for (const bring of [
    () => fromNpm(exactAzurite),
    () => nodeOfAtLeast(22),
    () => fromNpm(miniflare),
    () => fromNpm(s3rver),
  ])
    await bring().catch(() => undefined);
}

/** Vitest's own arguments: without a filter everything runs. */
function needsServers(args: readonly string[]): boolean {
  const filters = args.filter((arg, at) => !arg.startsWith("-") && arg !== "run" && args[at - 1] !== "-t");
  return filters.length === 0 || filters.some((filter) => /adapters|store|azure|minio|tools/.test(filter));
}
