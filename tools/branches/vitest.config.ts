import { defineConfig, type ViteUserConfig } from "vitest/config";

const conditions = ["@fogbound/source", "node", "import", "module", "default"];
const name = process.env.COVERED_PACKAGE;

/** One package's own tests, which need no store but one in memory. */
const config: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [`packages/${name}/test/**/*.test.ts`],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    allowOnly: false,
    maxWorkers: "100%",
    coverage: {
      enabled: true,
      provider: "v8",
      include: [`packages/${name}/src/**`],
      reporter: [["text", { skipFull: true }]],
      reportsDirectory: `coverage/${name}`,
      thresholds: { branches: 90 },
    },
  },
});

export default config;
