import { epochHead, layout, randomOpening } from "@fogbound/protocol";
import { readAll, smallObjectBytes } from "@fogbound/storage";
import { memoryStore } from "fogbound/testing";
import { Logger } from "../../../../log/src/index.js";
import type { Attacked } from "./attacks.js";
import { nameInLog, type StoredChain } from "./log-names.js";

/**
 * A thief of the instance key writes its first epoch anew, by the very code that wrote it: a new secret, wrapped to the
 * same recipients, as many batches of other records, all well signed; and puts it in the place of what was there.
 */
export async function writeEpochAnew(vault: Attacked, chain: StoredChain | undefined): Promise<readonly string[]> {
  const { files, capsule } = vault;
  const [batches = []] = chain?.epochs ?? [];
  const headKey = `${batches[0]?.slice(0, -8)}head`;
  const { value: head, signer } = epochHead.read(files.read(headKey));
  const store = await memoryStore();
  const logger = await Logger.open({
    store,
    root: layout.hostLog(capsule),
    capsule,
    key: vault.instanceKey(signer),
    registration: head.registration,
    manifest: { version: head.version, hash: head.manifest, recipients: head.recipients.map(({ key }) => key) },
    resume: null,
    clock: Date.now,
    deposit: { head: async () => undefined, batch: async () => null },
  });
  for (const _ of batches) {
    const body = { kind: "delivered", time: Date.now(), opening: randomOpening(), request: randomOpening() } as const;
    const nothing = { answers: [], outcome: "denied", ranges: [], bytes: 0, acknowledgement: null } as const;
    await logger.record({ ...body, ...nothing }, { requestHash: body.request });
  }
  await logger.close();
  const written: string[] = [];
  for await (const { key } of store.list("")) {
    const object = await store.get(key);
    if (object === null) throw new TypeError(`Expected ${key} in memory.`);
    files.write(key, await readAll(object, smallObjectBytes));
    written.push(key);
  }
  return written.map(nameInLog);
}
