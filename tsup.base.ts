import type { Options } from "tsup";

/** The one build of every published package: ESM, with types, for Node 20.19 and browsers. */
export function library(entry: Record<string, string>): Options {
  return {
    entry,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    dts: true,
    sourcemap: true,
    clean: true,
    treeshake: true,
    // tsup resolves `#platform` at build time, which would put Node's code into the browser's bundle.
    external: [/^#/, /^node:/],
    // Without its prefix a built-in module is a package name, which a bundler for browsers may find in node_modules.
    removeNodeProtocol: false,
  };
}
