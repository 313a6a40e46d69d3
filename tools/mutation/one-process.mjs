// A test runner for StrykerJS that loads instrumented sources and their tests once, and tries one mutant after the other in
// that process: to start vitest anew for each of them takes longer than the tests do.
import { bundle } from "./bundle.mjs";
import { beginPass, prepareSuites, runOne, tests } from "./collect.mjs";

/** A test takes at most so many times what it took without a mutant, and so much more. */
const slower = 20;
const moreMilliseconds = 5_000;
/** What the tests tried against one mutant may take together without it; fewer tests can only lower the score. */
const mostMilliseconds = Number(process.env.MUTATION_MOST_MILLISECONDS ?? Number.POSITIVE_INFINITY);
/** Where instrumented sources look for the mutant in force, and count what is reached. */
const instrumented = {};
globalThis.__stryker__ = instrumented;
/** Names of test files; those named first are tried first. null for all. */
const chosenFiles = process.env.MUTATION_TESTS?.split(",") ?? null;

class Late extends Error {}

async function within(milliseconds, work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Late(`Expected an end within ${milliseconds} ms.`)), milliseconds);
  });
  try {
    await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}

class OneProcess {
  #address = null;
  #loads = 0;
  /** Whether modules were loaded with a mutant in force. */
  #isSpoilt = false;
  /** Milliseconds of the processor that each test took without a mutant. */
  #took = new Map();
  /** How often each test was the one to notice a mutant, the last ones counting most. */
  #noticed = new Map();

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    process.on("unhandledRejection", () => undefined);
  }

  async dryRun() {
    await this.#load();
    beginPass();
    const results = [];
    for (const test of tests) results.push(await this.#measure(test));
    return { status: "complete", tests: results, mutantCoverage: instrumented.mutantCoverage };
  }

  async #measure(test) {
    const before = process.cpuUsage();
    const failure = await this.#try(test, () => {
      instrumented.currentTestId = test.id;
    });
    instrumented.currentTestId = undefined;
    const { user, system } = process.cpuUsage(before);
    const timeSpentMs = (user + system) / 1000;
    this.#took.set(test.id, timeSpentMs);
    const about = { id: test.id, name: test.id, timeSpentMs };
    return failure === null ? { ...about, status: 0 } : { ...about, status: 1, failureMessage: failure.stack };
  }

  async mutantRun({ activeMutant, mutantActivation, testFilter, hitLimit }) {
    const isStatic = mutantActivation === "static";
    if (isStatic) instrumented.activeMutant = activeMutant.id;
    if (isStatic || this.#isSpoilt || this.#address === null) await this.#load();
    this.#isSpoilt = isStatic;
    Object.assign(instrumented, { activeMutant: activeMutant.id, hitCount: 0, hitLimit });
    beginPass();
    const chosen = this.#inOrder(testFilter);
    for (const [at, test] of chosen.entries()) {
      const failure = await this.#try(test);
      if (hitLimit !== undefined && instrumented.hitCount > hitLimit) return { status: "timeout" };
      if (failure instanceof Late) return { status: "timeout", reason: failure.message };
      if (failure !== null) return this.#killed(test, at + 1, failure, isStatic);
    }
    return { status: "survived", nrOfTests: chosen.length };
  }

  /** A test that fails without the mutant, too, was spoilt by one before, and proves nothing. */
  async #killed(test, nrOfTests, failure, isStatic) {
    if (!isStatic && !this.#noticed.has(test.id)) {
      instrumented.activeMutant = undefined;
      beginPass();
      const still = await this.#try(test);
      if (still !== null) return { status: "error", errorMessage: `${test.id} fails without a mutant: ${still.stack}` };
    }
    for (const [id, count] of this.#noticed) this.#noticed.set(id, count * 0.9);
    this.#noticed.set(test.id, (this.#noticed.get(test.id) ?? 0) + 1);
    return { status: "killed", killedBy: [test.id], nrOfTests, failureMessage: failure.message };
  }

  /** Those that noticed most for their time, then by file as they were chosen, the fastest first. */
  #inOrder(testFilter) {
    const took = ({ id }) => this.#took.get(id) ?? 0;
    const worth = (test) => (this.#noticed.get(test.id) ?? 0) / (1 + took(test));
    const rank = ({ id }) => chosenFiles?.indexOf(id.slice(0, id.indexOf("#"))) ?? 0;
    const reached = testFilter === undefined ? tests : tests.filter(({ id }) => testFilter.includes(id));
    const ordered = [...reached].sort(
      (one, other) => worth(other) - worth(one) || rank(one) - rank(other) || took(one) - took(other),
    );
    let spent = 0;
    return ordered.filter((test, at) => {
      spent += took(test);
      return at === 0 || spent < mostMilliseconds;
    });
  }

  /** @returns {Promise<Error | null>} why it failed */
  async #try(test, prepared = () => undefined) {
    const most = this.#took.has(test.id) ? slower * this.#took.get(test.id) + moreMilliseconds : 60_000;
    try {
      await within(most, async () => {
        await prepareSuites(test);
        prepared();
        await runOne(test);
      });
      return null;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  async #load() {
    const collector = new URL("./collect.mjs", import.meta.url).href;
    this.#address ??= await bundle(process.env.MUTATED_PACKAGE, chosenFiles, collector);
    tests.length = 0;
    await import(`${this.#address}?${this.#loads++}`);
  }

  async dispose() {}
}

function create() {
  return new OneProcess();
}
create.inject = [];

export const strykerPlugins = [{ kind: "TestRunner", name: "one-process", factory: create }];
