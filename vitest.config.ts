import { defineConfig, type ViteUserConfig } from "vitest/config";

const conditions = ["@fogbound/source", "node", "import", "module", "default"];

/** Where an untried branch is a way in: every one of these keeps nine of ten branches tested. */
const watched = ["crypto", "log", "capsule", "storage", "audit"];
const thresholds = Object.fromEntries(watched.map((name) => [`packages/${name}/src/**`, { branches: 90 }]));

const config: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["packages/*/test/**/*.test.ts", "adapters/*/test/**/*.test.ts", "tools/*/test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    globalSetup: ["tools/store-servers/src/global-setup.ts"],
    allowOnly: false,
    // Vitest leaves one processor free, which on a machine with two doubles the time.
    maxWorkers: "100%",
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**"],
      reporter: ["text-summary", "json-summary"],
      thresholds,
    },
  },
});

export default config;
