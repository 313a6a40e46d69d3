import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { root } from "../run/workspace.mjs";

const results = join(root, "bench/out/mutation.json");
const ran = ["Killed", "Timeout", "Survived", "NoCoverage"];

/** Of the mutants that were run: those a test or the clock stopped, those none did, those no test reached. */
function count(mutants) {
  const having = (...statuses) => mutants.filter(({ status }) => statuses.includes(status)).length;
  return { killed: having("Killed", "Timeout"), survived: having("Survived"), noCoverage: having("NoCoverage") };
}

function plus(one, other) {
  const sum = (field) => one[field] + other[field];
  return { killed: sum("killed"), survived: sum("survived"), noCoverage: sum("noCoverage") };
}

/** Percent, to one digit; null when nothing was run. */
function scored(counts) {
  const all = counts.killed + counts.survived + counts.noCoverage;
  return { ...counts, score: all === 0 ? null : Math.round((1000 * counts.killed) / all) / 10 };
}

const none = { killed: 0, survived: 0, noCoverage: 0 };

/**
 * Keeps what was counted for each file, beside what was counted before for others. Texts (StringLiteral) are mostly words
 * of messages, which tests need not repeat: the score is given with them and without. `notRun` are mutants that only
 * loading a module reaches, when those are left out, and mutants that were no program.
 */
export function writeCounts({ name, commit, seconds, mutants }) {
  const day = new Date().toISOString().slice(0, 10);
  const before = existsSync(results) ? JSON.parse(readFileSync(results, "utf8")) : {};
  const files = { ...before[name]?.files };
  for (const [file, its] of byFile(mutants)) {
    const withoutTexts = count(its.filter(({ mutatorName }) => mutatorName !== "StringLiteral"));
    const notRun = its.filter(({ status }) => !ran.includes(status)).length;
    files[file] = { ...scored(count(its)), withoutTexts: scored(withoutTexts), notRun, commit, day };
  }
  const all = Object.values(files);
  const totals = {
    ...scored(all.reduce(plus, none)),
    withoutTexts: scored(all.map((one) => one.withoutTexts).reduce(plus, none)),
    notRun: all.reduce((sum, one) => sum + one.notRun, 0),
  };
  writeFileSync(results, `${JSON.stringify({ ...before, [name]: { ...totals, files } }, null, 2)}\n`);
  console.log(`${name}: ${JSON.stringify(totals)}, ${mutants.length} mutants in ${seconds} s`);
}

function byFile(mutants) {
  const files = new Map();
  for (const mutant of mutants) {
    const file = basename(mutant.fileName, ".ts");
    files.set(file, [...(files.get(file) ?? []), mutant]);
  }
  return files;
}
