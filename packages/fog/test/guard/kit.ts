import { randomBytes, utf8 } from "@fogbound/crypto";
import {
  type CapsuleId,
  type FogHands,
  type FogMemory,
  type FogSettings,
  type Judged,
  type OwnerId,
  type ProfiledAccess,
  type Remembered,
  type ReplyText,
  randomIdentifier,
  type Subject,
  type Variant,
} from "@fogbound/protocol";
import { enroll, type Guard, learnItem, newBeaconKey } from "../../src/index.js";

export const ann: Subject = "local#ann";
export const bob: Subject = "local#bob";
export const rightAnswer = "Bodensee";
export const minute = 60_000;
export const hour = 3_600_000;
export const day = 86_400_000;
const monday = Date.UTC(2026, 8, 7);

/** Keeps what guards remember as an authority does: numbered, and never over what somebody else has saved. */
export class TestMemory implements FogMemory {
  readonly saved: Map<string, Remembered> = new Map();
  saves = 0;

  async load(name: string): Promise<Remembered | null> {
    return this.saved.get(name) ?? null;
  }

  async save(name: string, bytes: Uint8Array, after: Remembered | null): Promise<Remembered | null> {
    if ((this.saved.get(name)?.number ?? 0) !== (after?.number ?? 0)) return null;
    const next = { number: (after?.number ?? 0) + 1, bytes: bytes.slice() };
    this.saved.set(name, next);
    this.saves++;
    return next;
  }
}

export interface World {
  readonly memory: TestMemory;
  readonly hands: FogHands;
  /** Contents that were sealed on demand. */
  readonly sealed: Map<Variant["content"], string>;
  readonly settings: FogSettings;
  readonly capsule: CapsuleId;
  readonly owner: OwnerId;
}

const header = "customer,email,since\n";

/** What every item is: its number is in the first row. */
export function listOf(number: number): string {
  const rows = Array.from({ length: 60 }, (_, row) => {
    const id = String((number * 7_368_787 + row * 1_299_709) % 100_000_000).padStart(8, "0");
    return `C-${id},anna.berger${id.slice(2, 6)}@example.com,2024-0${1 + (row % 9)}-1${row % 10}\n`;
  });
  return header + rows.join("");
}

export const items = 60;

export async function newWorld(changes: Partial<FogSettings> = {}): Promise<World> {
  const beaconKey = newBeaconKey();
  const about = { name: "list.csv", mediaType: "text/csv", mostBytes: 65_536, beaconKey };
  const model = await learnItem(piece(listOf(1)), about);
  const questions = [{ question: "At which lake did we meet?", answer: rightAnswer }];
  const challenge = await enroll({ reader: ann, questions, totp: null, askOwner: false });
  const memory = new TestMemory();
  const sealed = new Map<Variant["content"], string>();
  const seal = async (content: AsyncIterable<Uint8Array>): Promise<Variant> => {
    const variant = anyVariant();
    sealed.set(variant.content, await textOf(content));
    return variant;
  };
  return {
    memory,
    hands: { memory, seal },
    sealed,
    capsule: `cap_${"a".repeat(52)}`,
    owner: randomIdentifier("own"),
    settings: {
      suite: 1,
      response: "challenge",
      alarmsPerThousandMonths: 1000,
      forced: [],
      isHoney: false,
      beaconKey,
      readers: [{ reader: ann, zone: "Europe/Vienna", challenge }],
      models: Array.from({ length: items }, () => model),
      ...changes,
    },
  };
}

export function anyVariant(): Variant {
  return { content: randomIdentifier("cnt"), chunks: 1, root: randomBytes(32), wrap: randomBytes(112) };
}

export interface Wish {
  readonly at: number;
  readonly time: number;
  readonly reader?: Subject;
  readonly reply?: ReplyText | null;
  readonly variants?: readonly Variant[];
  readonly real?: number;
  readonly request?: Uint8Array;
}

export function accessOf(
  world: World,
  { at, time, reader = ann, reply = null, variants, real = 0, request }: Wish,
): ProfiledAccess {
  return {
    owner: world.owner,
    capsule: world.capsule,
    settings: world.settings,
    reader,
    action: "view",
    item: {
      id: `itm_${String(at)
        .padStart(26, "a")
        .replace(/[0189]/g, "z")}`,
      name: `folder-${at % 6}/list-${at}.csv`,
      mediaType: "text/csv",
      length: listOf(at).length,
    },
    at,
    variants: variants ?? [anyVariant()],
    real,
    request: request ?? randomBytes(32),
    reply,
    time,
    place: { address: "192.0.2.7", country: "AT" },
  };
}

/** Twenty working days of two lists each morning. @returns when it ends */
export async function workForAMonth(guard: Guard, world: World, reader: Subject = ann): Promise<number> {
  let steps = 0;
  for (let today = 0; today < 28; today++) {
    if (today % 7 >= 5) continue;
    for (const [number, at] of [0, 1, 0].entries()) {
      const time = monday + today * day + 8 * hour + (number * 35 + ((today * 11) % 23)) * minute;
      const { verdict } = await guard.judge(accessOf(world, { at, time, reader }), world.hands);
      if (verdict.step !== "calm") steps++;
    }
  }
  if (steps > 1) throw new Error(`Expected a calm month, got ${steps} alarms.`);
  return monday + 28 * day;
}

/** Somebody takes item after item at ten past one in the night, in UTC, until something else than *calm* comes of it. */
export async function sweepUntilNoticed(
  guard: Guard,
  world: World,
  from: number,
): Promise<{ at: number; time: number; judged: Judged; request: Uint8Array }> {
  let time = from + hour + 10 * minute;
  for (let at = 2; at < items; at++, time += 4000) {
    const request = randomBytes(32);
    const judged = await guard.judge(accessOf(world, { at, time, request }), world.hands);
    if (judged.verdict.step !== "calm") return { at, time, judged, request };
  }
  throw new Error("Expected a thief who takes everything at night to be noticed, he was not.");
}

export function replyTo(request: Uint8Array, answer: string): ReplyText {
  return { suite: 1, challenge: request, answer };
}

async function* piece(text: string): AsyncGenerator<Uint8Array, void, undefined> {
  yield utf8(text);
}

async function textOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of content) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}
