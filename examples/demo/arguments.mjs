import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

const usage = `Usage: npm run demo [-- --files DIR] [--store URL] [--keep]

  --files DIR  seal the files below this folder, instead of the documents that come with the demo
  --store URL  keep everything in this store, under a prefix of its own that is deleted at the end: file:, s3:, azblob:
  --keep       leave the demo's store, key file and evidence where they are, and say where`;

/** What was typed. Folders are relative to where npm was called. @throws WrongUsage */
export async function readArguments(args) {
  const { files, store, keep, help } = parsed(args);
  if (help) return { help: usage };
  if (files === undefined) return { files: join(import.meta.dirname, "..", "documents"), store, keep };
  const folder = resolve(process.env.INIT_CWD ?? process.cwd(), files);
  const found = await stat(folder).catch((error) => {
    throw new WrongUsage(`The folder ${folder} cannot be read (${error.code}). Name one with documents: --files DIR`);
  });
  if (!found.isDirectory()) throw new WrongUsage(`Expected a folder after --files, got a file: ${folder}`);
  return { files: folder, store, keep };
}

export class WrongUsage extends Error {}

function parsed(args) {
  const options = {
    files: { type: "string" },
    store: { type: "string" },
    keep: { type: "boolean" },
    help: { type: "boolean", short: "h" },
  };
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new WrongUsage(`${error.message}\n\n${usage}`);
  }
}
