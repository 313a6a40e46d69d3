import { readFileSync } from "node:fs";

/** Where a party keeps what it writes: each is a bucket, or a container, of its own. */
export type StoreName = "vault" | "log" | "journal";

export const partyNames = ["owner", "host", "auditor", "harmonizer", "authority"] as const;
export type PartyName = (typeof partyNames)[number];

/** Which store each party is opened with. */
export const storeOf: { readonly [Party in PartyName]: StoreName } = {
  owner: "vault",
  host: "vault",
  auditor: "vault",
  harmonizer: "log",
  authority: "journal",
};

const page = new URL("../../../docs/least-rights.md", import.meta.url);

/** The policy of each bucket, as the page gives it. @throws Error when the page has another number of them. */
export function bucketPolicies(): ReadonlyMap<string, string> {
  const found = [...readFileSync(page, "utf8").matchAll(/`(fogbound-[a-z]+)`:\n\n```json\n([\s\S]*?)^```$/gm)];
  const policies = new Map(found.map(([, bucket = "", policy = ""]) => [bucket, policy]));
  if (policies.size === 3) return policies;
  throw new Error(`Expected the policies of three buckets in docs/least-rights.md, found ${policies.size}.`);
}

export const containers = ["content", "logs", "harmonizer", "journal"] as const;
export type Container = (typeof containers)[number];

/** What each party's shared access signatures permit, by container, as the page's table gives it. @throws Error for a party without a row. */
export function containerPermissions(party: PartyName): ReadonlyMap<Container, string> {
  const text = readFileSync(page, "utf8");
  const table = text.slice(text.indexOf("| party | `content` |"));
  const row = table.split("\n").find((line) => line.startsWith(`| ${party} |`));
  const cells = row?.split("|").map((cell) => cell.trim()) ?? [];
  if (cells.length !== containers.length + 3) throw new Error(`Expected a row for ${party} in docs/least-rights.md.`);
  const permissions = containers.map((container, at) => [container, cells[at + 2] ?? ""] as const);
  return new Map(permissions.filter(([, given]) => given !== ""));
}
