import { FogboundError } from "@fogbound/errors";
import { parsePublicKey } from "@fogbound/identity";
import type { Context } from "../context.js";
import type { ExitCode } from "../exit-codes.js";
import { alreadyThere, notFound, wrongUsage } from "../failure.js";
import { type KnownReader, subjectOf } from "../readers.js";
import { loadReaders, saveReaders } from "../readers-file.js";
import { tableLines } from "../table.js";

/** `fogbound reader add NAME PUBLIC-KEY`: from now on NAME in a policy means the holder of this key. */
export async function readerAdd(
  { settings, output }: Context,
  name: string,
  publicKey: string,
  flags: { readonly force?: boolean },
): Promise<ExitCode> {
  const subject = subjectOf(name);
  checkPublicKey(publicKey);
  const keyFile = settings.keyFile.value;
  const known = await loadReaders(keyFile);
  checkFree(known, { name, publicKey }, flags.force === true);
  await saveReaders(keyFile, [...known.filter((one) => one.name !== name), { name, publicKey }]);
  await output.result("reader", { reader: subject, name, publicKey }, []);
  output.note(`added ${subject}; it holds for what is sealed from now on`);
  return 0;
}

/** `fogbound reader list` */
export async function readerList({ settings, output }: Context): Promise<ExitCode> {
  const known = await loadReaders(settings.keyFile.value);
  if (output.json) await output.document("reader", { readers: known });
  else
    for await (const line of tableLines<KnownReader>(
      [
        { title: "NAME", value: ({ name }) => name },
        { title: "PUBLIC KEY", value: ({ publicKey }) => publicKey },
      ],
      known,
    ))
      await output.lines(line);
  return 0;
}

/** `fogbound reader remove NAME` */
export async function readerRemove({ settings, output }: Context, name: string): Promise<ExitCode> {
  const keyFile = settings.keyFile.value;
  const known = await loadReaders(keyFile);
  const rest = known.filter((one) => one.name !== name);
  if (rest.length === known.length) throw notFound(`There is no reader ${JSON.stringify(name)}.`);
  await saveReaders(keyFile, rest);
  await output.result("reader", { removed: name }, []);
  output.note(
    `removed ${name}. What is sealed already still names it: fogbound revoke CAPSULE --reader ${JSON.stringify(name)}`,
  );
  return 0;
}

function checkPublicKey(text: string): void {
  try {
    parsePublicKey(text);
  } catch (cause) {
    if (FogboundError.isInstance(cause)) throw wrongUsage(cause.message, { cause });
    throw cause;
  }
}

/** One key, one name: an access is known by its key, and must be somebody's alone. */
function checkFree(known: readonly KnownReader[], added: KnownReader, force: boolean): void {
  const sameKey = known.find(({ name, publicKey }) => publicKey === added.publicKey && name !== added.name);
  if (sameKey !== undefined)
    throw wrongUsage(`This key is that of ${JSON.stringify(sameKey.name)} already. Remove that name first.`);
  const sameName = known.find(({ name }) => name === added.name);
  if (sameName === undefined || sameName.publicKey === added.publicKey || force) return;
  throw alreadyThere(
    `The reader ${JSON.stringify(added.name)} is known with another key. Give --force to put this one in its place.`,
  );
}
