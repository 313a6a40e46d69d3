import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Embedded, openEmbedded } from "../src/embedded.js";
import type { Access, Alert, CapsuleId, Entry, FogWish, Item, ObjectStore, Reply, Subject } from "../src/index.js";
import { Policy } from "../src/index.js";
import { memoryStore, type TestClock, testClock } from "../src/testing.js";
import { passphrase, readText } from "./kit.js";

export const ann: Subject = "local#ann";
export const bob: Subject = "local#bob";
export const lists = 30;
const second = 1000;
export const minute = 60_000;
const hour = 3_600_000;
const day = 86_400_000;

/** A vault whose readers are guarded, and a folder of customer lists in it. */
export interface FogScene extends Embedded {
  readonly store: ObjectStore;
  readonly clock: TestClock;
  readonly alerts: readonly Alert[];
  readonly capsule: CapsuleId;
  again(): Promise<Embedded>;
}

export function listText(number: number): string {
  const rows = Array.from({ length: 50 }, (_, row) => {
    const id = String((number * 7_368_787 + row * 1_299_709) % 100_000_000).padStart(8, "0");
    return `C-${id},anna.berger${id.slice(2, 6)}@example.com,2024-0${1 + (row % 9)}-1${row % 10}\n`;
  });
  return `customer,email,since\n${rows.join("")}`;
}

export function listItems(count: number = lists): readonly [Item, ...Item[]] {
  const item = (number: number): Item => ({
    name: `region-${number % 5}/list-${number}.csv`,
    mediaType: "text/csv",
    content: new TextEncoder().encode(listText(number)),
  });
  return [item(0), ...Array.from({ length: count - 1 }, (_, at) => item(at + 1))];
}

export async function fogScene(fog: FogWish, items: readonly [Item, ...Item[]] = listItems()): Promise<FogScene> {
  const folder = await mkdtemp(join(tmpdir(), "fogbound-test-"));
  const keyFile = join(folder, "owner.key");
  const store = await memoryStore();
  const clock = testClock();
  const alerts: Alert[] = [];
  const told = { raise: (alert: Alert) => void alerts.push(alert) };
  const open = (): Promise<Embedded> =>
    openEmbedded({ store, keyFile, passphrase, passphraseCost: { cost: 1024 }, clock: clock.now, alerts: told });
  const embedded = await open();
  const policy = Policy.allow({ readers: [ann, bob], actions: ["view"] });
  const { id: capsule } = await embedded.owner.seal({ items, policy, fog });
  const close = async (): Promise<void> => {
    await embedded.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { ...embedded, store, clock, alerts, capsule, again: open, close };
}

export async function view(
  { host, capsule }: Pick<FogScene, "host" | "capsule">,
  number: number,
  options: { readonly reader?: Subject; readonly reply?: Reply } = {},
): Promise<Access> {
  const { reader = ann, reply } = options;
  const session = await host.sessionFor(reader, { address: "192.0.2.7" });
  const wish = { capsule, item: `region-${number % 5}/list-${number}.csv`, action: "view" } as const;
  return host.access(session, { ...wish, ...(reply === undefined ? {} : { reply }) });
}

export async function textOf(access: Access): Promise<string> {
  if (access.outcome !== "permitted") throw new Error(`Expected permitted, got ${access.outcome}.`);
  return readText(access.read());
}

/** Twenty mornings with two lists. */
export async function workForAMonth(scene: FogScene): Promise<void> {
  for (let today = 0; today < 28; today++) {
    scene.clock.turn(day);
    if (today % 7 < 5)
      for (const number of [0, 1, 0]) {
        scene.clock.turn(40 * minute);
        await textOf(await view(scene, number));
      }
  }
}

/** Takes one list after another until something is asked. @returns how many real ones were served before */
export async function sweep(
  scene: FogScene,
): Promise<{ readonly served: number; readonly asked: Extract<Access, { outcome: "challenged" }> }> {
  scene.clock.turn(17 * hour);
  for (let number = 2; number < lists; number++) {
    scene.clock.turn(4 * second);
    const access = await view(scene, number);
    if (access.outcome === "challenged") return { served: number - 2, asked: access };
    await textOf(access);
  }
  throw new Error("Expected a thief who takes everything to be asked, he was not.");
}

export async function entriesOf({ owner, capsule }: FogScene): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of (await owner.audit(capsule)).accesses()) entries.push(entry);
  return entries;
}
