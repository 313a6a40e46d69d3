import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditedByProcess, auditedHere, inShort } from "../kit/audits.js";
import type { Ground } from "../kit/ground.js";
import { type Damageable, type History, makeHistory, small } from "../kit/history.js";
import { chainsIn, nameInLog } from "../kit/log-names.js";

/** As the library seals: eight batches, two of parity. */
const parity = 2;

/** The first stripe of the hosts' longest log, closed. */
function stripeOf({ files }: Damageable): readonly string[] {
  const [{ batches, instance }] = chainsIn(files, "capsules/");
  const shards = files.keys(`harmonizer/parity/${instance}/00000001/00000001-00000008/`);
  expect(shards).toHaveLength(parity);
  return batches.slice(0, 8);
}

function spoil({ files }: Damageable, keys: readonly string[], how: "deleted" | "rotten"): void {
  if (how === "deleted") files.remove(...keys);
  // One bit in each of three would not do: they lie at different places, and parity corrects each place by itself.
  else
    for (const key of keys)
      files.write(
        key,
        files.read(key).map((byte, at) => (at < 200 ? byte : byte ^ 1)),
      );
}

/**
 * What parity promises, and no more. Audits are made by processes of their own, of the command as it is published.
 * @param count of the eight pairs of batches that are tried, each in both ways @param processes false: only the first is
 */
export function restoring(ground: Ground, count: number = 8, processes: boolean = true): void {
  const audit = processes ? auditedByProcess : auditedHere;
  const pairs = Array.from({ length: count }, (_, first) => [first, (first + 3) % 8] as const);
  let history: History;

  beforeAll(async () => {
    history = await makeHistory(small, ground);
  }, 600_000);

  afterAll(() => history?.close());

  describe(`of a stripe's eight batches ${ground.name}, any ${parity}`, () => {
    it(`come back bit for bit, deleted or rotten (${2 * pairs.length} pairs): repaired, put back by --repair, proved`, async () => {
      for (const how of ["deleted", "rotten"] as const)
        for (const [round, pair] of pairs.entries()) {
          await history.damaged(async (vault) => {
            const stripe = stripeOf(vault);
            const keys = pair.map((at) => stripe[at] ?? "");
            const before = keys.map((key) => vault.files.read(key));
            spoil(vault, keys, how);
            await vault.files.flush();
            if (round === 0) {
              const told = await auditedByProcess(history.desk, history.capsule, vault);
              expect(told).toMatchObject({ exitCode: 0, outcome: "repaired" });
              for (const key of keys) expect(JSON.stringify(told.findings)).toContain(nameInLog(key));
            }
            const repaired = await audit(history.desk, history.capsule, vault, "--repair");
            expect(inShort(repaired)).toBe("0 proved ");
            await vault.files.refresh();
            expect(keys.map((key) => vault.files.read(key))).toEqual(before);
          });
        }
    }, 600_000);

    it.each(["deleted", "rotten"] as const)(
      "and one more %s are reported as lost, by number",
      async (how) => {
        await history.damaged(async (vault) => {
          const keys = stripeOf(vault).slice(2, 3 + parity);
          spoil(vault, keys, how);
          await vault.files.flush();
          for (const flags of [[], ["--repair"]]) {
            const audited = await audit(history.desk, history.capsule, vault, ...flags);
            expect(audited).toMatchObject({ exitCode: 4, outcome: "broken" });
            const lost = audited.findings.filter(
              ({ severity, text }) => severity === "broken" && /records? .* lost/.test(text),
            );
            for (const key of keys) expect(lost.map(({ text }) => text).join("\n")).toContain(nameInLog(key));
          }
        });
      },
      120_000,
    );
  });
}
