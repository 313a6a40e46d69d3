import { isBuiltin } from "node:module";
import { fileURLToPath } from "node:url";
import { build, type Metafile, type Plugin } from "esbuild";

const directory = fileURLToPath(new URL("..", import.meta.url));

/** What a user's bundler makes of one import of a built package. */
export interface Bundle {
  readonly text: string;
  /** Minified size in bytes. */
  readonly size: number;
  /** Every file in the graph, used or not, as a path from this package's directory. */
  readonly inputs: readonly string[];
  /** Every built-in module of Node it asks for, with the file that asks. */
  readonly builtins: readonly string[];
}

export interface BundleOptions {
  readonly platform: "node" | "browser";
  /** Name of the global the module's namespace is assigned to; without one the bundle is an ES module. */
  readonly globalName?: string;
  /** Whether what is loaded on first use is bundled too. Default: false, static imports only. */
  readonly whole?: boolean;
}

/** Bundles everything a package exports, from its `dist`. */
export async function bundle(packageName: string, { platform, globalName, whole }: BundleOptions): Promise<Bundle> {
  const builtins: string[] = [];
  const result = await build({
    stdin: { contents: `export * from ${JSON.stringify(packageName)};`, resolveDir: directory },
    absWorkingDir: directory,
    bundle: true,
    minify: true,
    metafile: true,
    write: false,
    platform,
    ...(globalName === undefined ? { format: "esm" } : { format: "iife", globalName }),
    logLevel: "silent",
    plugins: [graph(builtins, whole ?? false)],
  });
  const text = result.outputFiles.map((file) => file.text).join("");
  return { text, size: Buffer.byteLength(text), inputs: inputsOf(result.metafile), builtins };
}

/** Leaves out what is loaded on first use unless all is asked for, and notes Node's built-ins where esbuild would stop. */
function graph(builtins: string[], whole: boolean): Plugin {
  return {
    name: "graph",
    setup({ onResolve }) {
      onResolve({ filter: /.*/ }, ({ kind, path, importer }) => {
        const isLate = kind === "dynamic-import";
        if (isLate && !whole) return { path, external: true };
        if (!isBuiltin(path)) return undefined;
        // @hpke/common asks for Node's crypto where the global one is missing, which no page lacks.
        if (isLate && importer.includes("/node_modules/@hpke/")) return { path, external: true };
        builtins.push(`${path} in ${importer}`);
        return { path, external: true };
      });
    },
  };
}

function inputsOf({ inputs }: Metafile): readonly string[] {
  return Object.keys(inputs).filter((input) => input !== "<stdin>");
}
