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

/** What each party's shared access signature permits, as the page's table gives it. @throws Error for a party without a row. */
export function containerPermissions(): ReadonlyMap<PartyName, string> {
  const text = readFileSync(page, "utf8");
  return new Map(
    partyNames.map((party) => {
      const permissions = new RegExp(`^\\| ${party} \\| ${storeOf[party]} \\| ([a-z]+) \\|$`, "m").exec(text)?.[1];
      if (permissions === undefined) throw new Error(`Expected a row for ${party} in docs/least-rights.md.`);
      return [party, permissions];
    }),
  );
}
