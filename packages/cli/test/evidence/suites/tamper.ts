import { type SigningKey, signingKeyFromSeed } from "@fogbound/identity";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MadeSecrets } from "../../../../fogbound/test/secrets.js";
import { type Attack, attacks } from "../kit/attacks.js";
import { type Audited, auditedByProcess, auditedHere, inShort } from "../kit/audits.js";
import type { Ground } from "../kit/ground.js";
import { type History, large, makeHistory, type Size, small } from "../kit/history.js";
import { chainsIn, nameInLog } from "../kit/log-names.js";

/** Everything an audit wrote. */
function saidBy({ findings, error, stderr }: Audited): string {
  return [...findings.map(({ text }) => text), error?.message, stderr].join("\n");
}

function codesOf({ findings, error }: Audited): readonly (string | undefined)[] {
  return [...findings.map(({ code }) => code), error?.code];
}

const words: Readonly<Record<number, string>> = {
  0: "repaired, with a warning",
  1: "refused",
  4: "broken",
  5: "incomplete",
};

function titleOf({ name, expected: [exitCode, code] }: Attack): string {
  return `${name}: ${words[exitCode]}, ${exitCode} ${code}`;
}

export interface Tampering {
  readonly size: Size;
  /** Each audit in a process of its own, of the command as it is published; otherwise only the first. */
  readonly processes: boolean;
  /** Default: all of them. */
  readonly chosen?: readonly Attack[];
}

/** Every attack, on a copy of one history each, and what the audit says of it. */
export function tampering(ground: Ground, { size, processes, chosen = attacks }: Tampering): void {
  const audit = processes ? auditedByProcess : auditedHere;
  /** The last day's bundles. */
  const tail = size === large ? 24 : 6;
  let history: History;
  let secrets: readonly Uint8Array[];

  beforeAll(async () => {
    const made = MadeSecrets.watch();
    history = await makeHistory(size, ground).finally(() => made.stop());
    secrets = [...made].filter(({ length }) => length === 32);
  }, 900_000);

  afterAll(() => history?.close());

  function instanceKey(signer: Uint8Array): SigningKey {
    const isIt = (seed: Uint8Array): boolean => Buffer.from(signingKeyFromSeed(seed).publicKey).equals(signer);
    const seed = secrets.find(isIt);
    if (seed === undefined) throw new TypeError("Expected the key of every instance among what was drawn.");
    return signingKeyFromSeed(seed);
  }

  describe(`fogbound audit, after one of ${chosen.length} attacks on the objects of a vault ${ground.name}`, () => {
    it("is proved without one", async () => {
      const audited = await history.damaged((vault) =>
        auditedByProcess(history.desk, history.capsule, vault, "--rehash"),
      );
      expect(inShort(audited)).toBe("0 proved ");
      expect(audited.proved).toContain("bytes-rehashed");
      expect(audited.accesses.filter(({ outcome }) => outcome !== "asked")).toHaveLength(history.accesses);
    }, 120_000);

    it.each(chosen.map((attack) => [titleOf(attack), attack] as const))(
      "%s",
      async (_title, { does, expected: [exitCode, code] }) => {
        await history.damaged(async (vault) => {
          const named = await does({ ...vault, history, capsule: history.capsule, instanceKey });
          await vault.files.flush();
          const audited = await audit(history.desk, history.capsule, vault);
          expect({ ...audited, accesses: [] }).toMatchObject({ exitCode });
          expect(codesOf(audited)).toContain(code);
          expect(audited.outcome).not.toBe("proved");
          if (exitCode === 0)
            expect(audited).toMatchObject({ outcome: "repaired", stderr: expect.stringMatching(/--strict/) });
          expect(named.length).toBeGreaterThan(0);
          const said = saidBy(audited);
          expect(named.filter((name) => !said.includes(name))).toEqual([]);
        });
      },
      120_000,
    );

    it("the vault of another owner in its place: refused, or not found", async () => {
      const stranger = await makeHistory({ first: 1, second: 0, third: 0, before: 0, after: 0 }, ground);
      try {
        const audited = await audit(history.desk, history.capsule, await history.over(stranger.vault));
        expect(audited.outcome).toBeNull();
        expect([1, 4, 7]).toContain(audited.exitCode);
        expect(audited.error?.message).toMatch(/harmonizer\/|signed by the log key/);
      } finally {
        await stranger.close();
      }
    }, 300_000);
  });

  describe(`the tail cut ${ground.name}`, () => {
    // A history that is so short has no log of one epoch that parity could fail in.
    if (size !== small)
      it("from one instance's log, at every length: each batch is named, and what parity and copies cannot bring back is broken", async () => {
        await history.damaged(async (vault) => {
          const chain = chainsIn(vault.files, "capsules/").find(({ epochs }) => epochs.length === 1);
          const batches = chain?.batches ?? [];
          expect(batches.length).toBeGreaterThan(10);
          const outcomes: string[] = [];
          for (let left = batches.length - 1; left >= 0; left--) {
            vault.files.remove(batches[left] ?? "");
            await vault.files.flush();
            const audited = await auditedHere(history.desk, history.capsule, vault);
            await vault.files.refresh();
            const said = saidBy(audited);
            expect(batches.slice(left).filter((key) => !said.includes(nameInLog(key)))).toEqual([]);
            outcomes.push(`${audited.exitCode} ${audited.outcome}`);
          }
          const lost = outcomes.indexOf("4 broken");
          expect(lost).toBeGreaterThan(2);
          expect(new Set(outcomes.slice(0, lost))).toEqual(new Set(["0 repaired"]));
          expect(new Set(outcomes.slice(lost))).toEqual(new Set(["4 broken"]));
        });
      }, 300_000);

    it("from the harmonizer's log, checkpoint and all, at every length back to the last day's beginning: the pin tells", async () => {
      await history.damaged(async (vault) => {
        const { files } = vault;
        files.remove("harmonizer/checkpoint");
        await files.flush();
        const bundles = files.keys("harmonizer/sequence/");
        for (const bundle of bundles.slice(-tail).reverse()) {
          const copy = await history.over(vault.vault);
          // What the audit before anchored stands behind what is left.
          files.remove(...files.keys("harmonizer/sequence/").filter((key) => key >= bundle));
          if (files.keys("harmonizer/checkpoint").length > 0) files.remove("harmonizer/checkpoint");
          await files.flush();
          const audited = await auditedHere(history.desk, history.capsule, copy);
          await files.refresh();
          expect(audited).toMatchObject({ exitCode: 4, outcome: "broken" });
          expect(codesOf(audited)).toContain("PIN_CONTRADICTED");
        }
      });
    }, 300_000);
  });
}
