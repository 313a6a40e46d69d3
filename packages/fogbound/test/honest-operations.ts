import type { BreakGlass } from "@fogbound/protocol";
import fc from "fast-check";

/** How the parties of one history are made. */
export interface Setting {
  /** So many authorities must permit, of so many. */
  readonly group: readonly [number, number];
  readonly capsules: number;
  readonly hosts: number;
  readonly leaseSeconds: number;
  readonly retainDays: number | null;
  readonly breakGlass: BreakGlass | null;
}

export const settings: fc.Arbitrary<Setting> = fc.record({
  group: fc.constantFrom<readonly [number, number]>([1, 1], [2, 3]),
  capsules: fc.integer({ min: 1, max: 2 }),
  hosts: fc.integer({ min: 1, max: 2 }),
  leaseSeconds: fc.constantFrom(0, 60, 60, 86_400),
  retainDays: fc.constantFrom(null, 1),
  breakGlass: fc.constantFrom(null, { releases: 2, seconds: 600 }),
});

/**
 * What becomes of a permitted access. *cancelled*: its stream is given up half-way; *given-up*: ended after a part;
 * *unread*: ended at once; *left*: neither read on nor ended after a part; *later*: kept for what comes.
 */
const ways = ["whole", "ranges", "cancelled", "given-up", "unread", "left", "later"] as const;
export type Way = (typeof ways)[number];

const changes = ["open", "closed", "rewrap", "reseal", "add-auditor", "remove-auditor", "revoke"] as const;
export type Change = (typeof changes)[number];

const host = fc.nat(1);
const capsule = fc.nat(1);
const authority = fc.nat(2);
const change = fc.constantFrom<Change>(...changes);
const how = fc.constantFrom<"closed" | "killed">("closed", "killed");

/** What is drawn for each operation. Numbers of parties are taken modulo how many there are. */
interface Wishes {
  readonly access: {
    readonly host: number;
    readonly capsule: number;
    readonly reader: number;
    readonly item: number;
    readonly action: "view" | "download";
    readonly way: Way;
  };
  readonly several: {
    readonly host: number;
    readonly capsule: number;
    readonly count: number;
    readonly isKilled: boolean;
  };
  readonly during: { readonly host: number; readonly capsule: number; readonly change: Change };
  readonly goOn: { readonly which: number; readonly isEnd: boolean };
  readonly turn: { readonly seconds: number };
  readonly restartHost: { readonly host: number; readonly how: "closed" | "killed" };
  readonly restartAuthority: { readonly authority: number; readonly how: "closed" | "killed" };
  readonly cutHarmonizer: { readonly isCut: boolean };
  readonly cutAuthority: { readonly authority: number; readonly isCut: boolean };
  readonly change: { readonly capsule: number; readonly change: Change };
  readonly doWhatWaits: object;
  readonly audit: { readonly capsule: number };
  readonly export: { readonly capsule: number };
  readonly acknowledge: { readonly capsule: number };
  readonly drop: { readonly capsule: number; readonly isByHost: boolean };
  readonly erase: {
    readonly capsule: number;
    readonly which: number;
    readonly isWhole: boolean;
    readonly isJournal: boolean;
  };
  readonly repair: { readonly capsule: number };
}

export type OperationKind = keyof Wishes;
export type Wish<Kind extends OperationKind> = Wishes[Kind];
export type Operation = { readonly [Kind in OperationKind]: { readonly [Name in Kind]: Wish<Kind> } }[OperationKind];

/** How often each comes, and how it is drawn. */
const drawn: {
  readonly [Kind in OperationKind]: { readonly weight: number; readonly arbitrary: fc.Arbitrary<Wish<Kind>> };
} = {
  access: {
    weight: 8,
    arbitrary: fc.record({
      host,
      capsule,
      reader: fc.nat(2),
      item: fc.nat(1),
      action: fc.constantFrom<"view" | "download">("view", "view", "view", "download"),
      way: fc.constantFrom<Way>(...ways),
    }),
  },
  several: {
    weight: 2,
    arbitrary: fc.record({ host, capsule, count: fc.integer({ min: 2, max: 6 }), isKilled: fc.boolean() }),
  },
  during: { weight: 2, arbitrary: fc.record({ host, capsule, change }) },
  goOn: { weight: 2, arbitrary: fc.record({ which: fc.nat(5), isEnd: fc.boolean() }) },
  turn: { weight: 3, arbitrary: fc.record({ seconds: fc.constantFrom(1, 30, 59, 61, 3600, 86_400, 200_000) }) },
  restartHost: { weight: 2, arbitrary: fc.record({ host, how }) },
  restartAuthority: { weight: 2, arbitrary: fc.record({ authority, how }) },
  cutHarmonizer: { weight: 1, arbitrary: fc.record({ isCut: fc.boolean() }) },
  cutAuthority: { weight: 1, arbitrary: fc.record({ authority, isCut: fc.boolean() }) },
  change: { weight: 2, arbitrary: fc.record({ capsule, change }) },
  doWhatWaits: { weight: 2, arbitrary: fc.record({}) },
  audit: { weight: 2, arbitrary: fc.record({ capsule }) },
  export: { weight: 1, arbitrary: fc.record({ capsule }) },
  acknowledge: { weight: 2, arbitrary: fc.record({ capsule }) },
  drop: { weight: 2, arbitrary: fc.record({ capsule, isByHost: fc.boolean() }) },
  erase: {
    weight: 2,
    arbitrary: fc.record({ capsule, which: fc.nat(30), isWhole: fc.boolean(), isJournal: fc.boolean() }),
  },
  repair: { weight: 1, arbitrary: fc.record({ capsule }) },
};

const operation = fc.oneof(
  ...Object.entries(drawn).map(([name, { weight, arbitrary }]) => ({
    weight,
    arbitrary: (arbitrary as fc.Arbitrary<unknown>).map((wish) => ({ [name]: wish }) as Operation),
  })),
);

export function operations(most: number): fc.Arbitrary<Operation[]> {
  return fc.array(operation, { minLength: 1, maxLength: most, size: "max" });
}
