import type { Options } from "tsup";

/**
 * The one build of every published package: ESM, with types, for Node 20.19 and browsers.
 *
 * The types of other packages come from their `dist`, as users get them: type-checking all sources below a package
 * again doubles its build. A package that imports itself by a `#` name needs its own sources and names the condition.
 */
export function library(entry: Record<string, string>, customConditions: string[] = []): Options {
  return {
    entry,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    dts: { compilerOptions: { customConditions } },
    sourcemap: true,
    clean: true,
    treeshake: true,
    // tsup resolves `#platform` at build time, which would put Node's code into the browser's bundle.
    external: [/^#/, /^node:/],
    // Without its prefix a built-in module is a package name, which a bundler for browsers may find in node_modules.
    removeNodeProtocol: false,
  };
}
