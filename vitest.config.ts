import { defineConfig, type ViteUserConfig } from "vitest/config";

const conditions = ["@fogbound/source", "node", "import", "module", "default"];

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
  },
});

export default config;
