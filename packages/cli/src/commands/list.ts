import type { Capsule } from "fogbound";
import { capsuleIds, resolveCapsule } from "../capsule-ids.js";
import type { Context } from "../context.js";
import type { ExitCode } from "../exit-codes.js";
import { grouped } from "../numbers.js";
import { tableLines } from "../table.js";
import { type Vault, withVault } from "../vault.js";

/** `fogbound list`: the owner's capsules; with CAPSULE its items. */
export async function list(context: Context, prefix: string | undefined): Promise<ExitCode> {
  return withVault<ExitCode>(context, async (vault) => {
    await (prefix === undefined ? listCapsules(context, vault) : listItems(context, vault, prefix));
    return 0;
  });
}

async function listCapsules({ output, signal }: Context, { owner, store }: Vault): Promise<void> {
  const listed = new Set<string>();
  const capsules = async function* (): AsyncGenerator<Capsule, void, undefined> {
    for await (const capsule of owner.capsules({ signal })) {
      listed.add(capsule.id);
      yield capsule;
    }
  };
  if (output.json)
    for await (const { id, version, state } of capsules())
      await output.document("list", { capsule: id, version, state });
  else
    for await (const line of tableLines<Capsule>(
      [
        { title: "CAPSULE", value: ({ id }) => id },
        { title: "VERSION", value: ({ version }) => String(version), align: "right" },
        { title: "STATE", value: ({ state }) => state },
      ],
      capsules(),
    ))
      await output.lines(line);
  for await (const id of capsuleIds(store, "cap_", signal))
    if (!listed.has(id)) output.warn(`${id} lies in the store and is not listed: it is somebody else's, or damaged.`);
}

async function listItems({ output, signal }: Context, { owner, store }: Vault, prefix: string): Promise<void> {
  const id = await resolveCapsule(store, prefix, signal);
  const { version, state } = await owner.capsule(id, { signal });
  const items = (await owner.describe(id, { signal })).host.items.map(({ name, mediaType, length }) => ({
    name,
    mediaType,
    bytes: length,
  }));
  if (output.json) return output.document("list", { capsule: id, version, state, items });
  output.note(`${id}, version ${version}, ${state}`);
  const columns = [
    { title: "ITEM", value: ({ name }: (typeof items)[number]) => name },
    { title: "TYPE", value: ({ mediaType }: (typeof items)[number]) => mediaType },
    { title: "BYTES", value: ({ bytes }: (typeof items)[number]) => grouped(bytes), align: "right" as const },
  ];
  for await (const line of tableLines(columns, items)) await output.lines(line);
}
