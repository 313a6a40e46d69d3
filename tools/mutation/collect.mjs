// What test files import in place of vitest when all of them live in one process: they say which tests there are.
import { format } from "node:util";

export { expect } from "vitest";

const suite = (name, above) => ({ name, above, beforeAll: [], beforeEach: [], ready: false });
const suites = [];
let current = suite("", null);

/** @type {{ id: string, suites: ReturnType<typeof suite>[], run: () => unknown }[]} */
export const tests = [];

/** Begins a file: its suites and tests are kept apart from those of others. */
export function beginFile(name) {
  current = suite(name, null);
  suites.push(current);
}

export function describe(name, body) {
  const above = current;
  current = suite(name, above);
  suites.push(current);
  body();
  current = above;
}

export function it(name, run) {
  const own = [];
  for (let one = current; one !== null; one = one.above) own.unshift(one);
  const [file, ...inner] = own.map((one) => one.name);
  const id = `${file}#${[...inner, name].join(" ")}`;
  const same = tests.filter((test) => test.id === id || test.id.startsWith(`${id} (again `)).length;
  tests.push({ id: same === 0 ? id : `${id} (again ${same})`, suites: own, run });
}

it.each = (cases) => (name, run) => {
  for (const one of cases) {
    const values = Array.isArray(one) ? one : [one];
    const wanted = name.match(/%[sdifjo]/g)?.length ?? 0;
    const filled = format(name, ...values.slice(0, wanted));
    const title = filled.replace(/\$(\w+)/g, (whole, field) =>
      one !== null && field in Object(one) ? one[field] : whole,
    );
    it(title, () => run(...values));
  }
};

export function test(name, run) {
  it(name, run);
}

export function beforeAll(run) {
  current.beforeAll.push(run);
}

export function beforeEach(run) {
  current.beforeEach.push(run);
}

/** Nothing outlives the process. */
export function afterAll() {}

/** What `beforeAll` made is made anew for the tests that follow. */
export function beginPass() {
  for (const one of suites) one.ready = false;
}

export async function prepareSuites(test) {
  for (const one of test.suites) {
    if (one.ready) continue;
    for (const make of one.beforeAll) await make();
    one.ready = true;
  }
}

export async function runOne(test) {
  for (const one of test.suites) for (const make of one.beforeEach) await make();
  await test.run();
}
