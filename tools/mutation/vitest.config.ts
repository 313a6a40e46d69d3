import { defineConfig, type ViteUserConfig } from "vitest/config";

// The packages below the mutated one come from their builds: loading their sources anew for every mutant is what takes long.
const conditions = ["node", "import", "module", "default"];

const tests = process.env.MUTATION_TESTS?.split(",") ?? ["**/*"];

/**
 * The mutated package's own tests, less those that try every byte there is, or read the sources as text: leaving tests out can
 * only lower the score. `MUTATION_TESTS` names those that are enough for the files at hand, as in
 * `MUTATION_TESTS=notes,epochs`: what survives is tried against each of them.
 */
const config: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: tests.map((test) => `packages/${process.env.MUTATED_PACKAGE}/test/${test}.test.ts`),
    exclude: [
      "protocol/test/mutation.test.ts",
      "protocol/test/golden-names.test.ts",
      "audit/test/mutations.test.ts",
    ].map((test) => `packages/${test}`),
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});

export default config;
