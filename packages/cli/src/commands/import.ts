import { openAsBlob } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Context } from "../context.js";
import type { ExitCode } from "../exit-codes.js";
import { notFound } from "../failure.js";
import { isMissing } from "../system-errors.js";
import { withVault } from "../vault.js";

/** `fogbound import FILE.fog`: an export of this owner's, verified and put into this vault. Prints the capsule's id, alone. */
export async function importFile(context: Context, name: string): Promise<ExitCode> {
  const { output, signal, directory } = context;
  const path = resolve(directory, name);
  const info = await stat(path).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
  if (info?.isFile() !== true) throw notFound(`There is no file ${path}.`);
  const file = await openAsBlob(path);
  return withVault<ExitCode>(
    context,
    async ({ owner }) => {
      const { id, version, state } = await owner.import(file, { signal });
      await output.result("import", { capsule: id, version, state, path }, [id]);
      output.note(
        "imported: it can be listed, read, audited and exported here. To serve its items again, seal them anew.",
      );
      return 0;
    },
    { create: true },
  );
}
