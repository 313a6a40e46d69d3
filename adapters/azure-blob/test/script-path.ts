import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A program under processes/, which runs the package as it is published. */
export function scriptPath(name: string): string {
  if (!existsSync(new URL("../dist/index.js", import.meta.url)))
    throw new Error("Expected the built package; run: npx turbo run build --filter=@fogbound/adapter-azure-blob");
  return fileURLToPath(new URL(`./processes/${name}.mjs`, import.meta.url));
}
