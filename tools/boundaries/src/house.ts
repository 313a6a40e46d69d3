/** What one package of the house may import. Paths are relative to the package's directory. */
export interface Room {
  /** The workspace packages it may import, each of which stands above it in the table. */
  readonly mayImport: readonly string[];
  /** Further packages that only the files whose path starts with one of `files` may import. */
  readonly also?: { readonly files: readonly string[]; readonly mayImport: readonly string[] };
  /** Where Node's built-in modules may be imported: path prefixes, or every file of a package that never runs in a browser. */
  readonly nodeBuiltins?: readonly string[] | "everywhere";
  /** Runs in a browser, so that its sources name no global that only Node has. */
  readonly browser?: true;
}

/**
 * The house: each package may import only packages above it, and only those named.
 * Changing a row changes the architecture; the reason belongs into `docs/decisions/`.
 */
export const house: Readonly<Record<string, Room>> = {
  errors: { mayImport: [], browser: true },
  crypto: { mayImport: ["errors"], nodeBuiltins: ["src/platform.node.ts"], browser: true },
  storage: { mayImport: ["errors"], browser: true },
  protocol: { mayImport: ["errors", "crypto"], browser: true },
  policy: { mayImport: ["errors", "protocol"] },
  identity: { mayImport: ["errors", "crypto", "protocol"], browser: true },
  capsule: { mayImport: ["errors", "crypto", "protocol", "storage"], browser: true },
  log: { mayImport: ["errors", "crypto", "protocol", "storage"] },
  audit: { mayImport: ["errors", "crypto", "protocol"], browser: true },
  harmonizer: { mayImport: ["errors", "crypto", "protocol", "storage", "audit"] },
  authority: { mayImport: ["errors", "crypto", "protocol", "storage", "policy", "identity", "capsule", "log"] },
  fog: { mayImport: ["errors", "crypto", "protocol"] },
  fogbound: {
    mayImport: ["errors", "storage", "policy", "identity", "capsule", "log", "audit", "fog", "protocol"],
    also: { files: ["src/embedded", "src/testing"], mayImport: ["authority", "harmonizer"] },
    nodeBuiltins: ["src/key-file", "src/pin-files"],
  },
  service: {
    mayImport: ["errors", "protocol", "authority", "harmonizer", "fog"],
    nodeBuiltins: "everywhere",
  },
  "adapters/*": { mayImport: ["errors", "storage"], nodeBuiltins: "everywhere" },
  cli: {
    mayImport: ["errors", "storage", "protocol", "policy", "identity", "audit", "fogbound", "service", "adapters/*"],
    nodeBuiltins: "everywhere",
  },
};

/** No source file is longer, so that a file stays one thought. */
export const longestFile = 400;

const scope = "@fogbound/";
const adapter = "adapter-";

/** The room a package's npm name belongs to, or `null` for a package from outside the house. */
export function roomOf(packageName: string): string | null {
  if (packageName === "fogbound") return "fogbound";
  if (!packageName.startsWith(scope)) return null;
  const name = packageName.slice(scope.length);
  return name.startsWith(adapter) ? "adapters/*" : name;
}
