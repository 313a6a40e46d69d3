// node tools/test-counts.mjs <vitest's json report> <vitest's exit code>: prints "<passed> <failed>".
import { existsSync, readFileSync } from "node:fs";

/** A test that did not run counts as failed: a skipped one proves nothing. A failure no test explains counts as one. */
function counts(report, exitCode) {
  const { numPassedTests = 0, numTotalTests = 0 } = report;
  const failed = numTotalTests - numPassedTests;
  const isUnexplained = failed === 0 && (exitCode !== 0 || report.success !== true || numTotalTests === 0);
  return { passed: numPassedTests, failed: isUnexplained ? 1 : failed };
}

const [file, exitCode] = process.argv.slice(2);
const report = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
const { passed, failed } = counts(report, Number(exitCode));
console.log(`${passed} ${failed}`);
