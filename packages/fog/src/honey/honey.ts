import type { Faker } from "@faker-js/faker";
import { utf8 } from "@fogbound/crypto";
import type { Marks } from "../beacon/marks.js";
import type { IdentifierShape } from "../beacon/shape.js";
import { digitsShape, ibanShape, pictureShape } from "../beacon/shapes.js";
import { Draws } from "../decoy/draws.js";
import { fakerOf } from "../decoy/lexicon.js";
import { plainMarks } from "../decoy/plain-marks.js";

export interface HoneyOptions {
  /** 32 bytes; another one, another table. */
  readonly seed: Uint8Array;
  /** Milliseconds since 1970: names and dates are of the year before it. */
  readonly now: number;
  /** Where identifiers come from; null: ones that nobody recognises. */
  readonly marks: Marks | null;
  /** 10 to 10000; default: about 120. */
  readonly rows?: number;
}

export type HoneyKind = "passwords" | "salaries" | "customers" | "keys";

/** An item that nobody has a reason to open. */
export interface HoneyItem {
  readonly name: string;
  readonly mediaType: "text/csv";
  readonly content: Uint8Array;
}

interface Row {
  readonly faker: Faker;
  readonly draws: Draws;
  readonly marks: Marks;
  readonly at: number;
  readonly now: number;
}

interface Bait {
  name(day: string): string;
  readonly header: readonly string[];
  cells(row: Row): readonly string[];
}

/** 2025-11-03 of some moment in the year before. */
function dayBefore({ draws, now }: Pick<Row, "draws" | "now">): string {
  return new Date(now - Math.floor(draws.unit() * 365 * 86_400_000)).toISOString().slice(0, 10);
}

const staffNumber = digitsShape(8, { rows: 10_000 });
const customerNumber = pictureShape("[K]-#######", 10_000);
const apiKey = pictureShape("[sk]_[live]_********************", 10_000);
const account = ibanShape(
  "AT",
  ["20111", "32000", "12000"].map((text, at) => ({ text, weight: 3 - at })),
  11,
  10_000,
);

/** What `findBeacons` looks for in a fragment of honey. */
export const honeyShapes: readonly IdentifierShape[] = [staffNumber, customerNumber, apiKey, account];

const baits: Readonly<Record<HoneyKind, Bait>> = {
  passwords: {
    name: (day) => `passwords-${day.slice(0, 4)}.csv`,
    header: ["system", "user", "password", "changed", "staff no"],
    cells: (row) => [
      `https://${row.faker.internet.domainWord()}.internal`,
      row.faker.internet.username().toLowerCase(),
      `${row.faker.word.adjective()}-${row.faker.word.noun()}-${row.draws.below(100)}`,
      dayBefore(row),
      row.marks.identifier(staffNumber, row.at),
    ],
  },
  salaries: {
    name: (day) => `salaries-${day.slice(0, 4)}.csv`,
    header: ["staff no", "name", "position", "gross per year", "account"],
    cells: (row) => [
      row.marks.identifier(staffNumber, row.at),
      row.faker.person.fullName(),
      row.faker.person.jobTitle(),
      String(100 * Math.round(520 * Math.exp(row.draws.normal() / 4))),
      row.marks.identifier(account, row.at),
    ],
  },
  customers: {
    name: (day) => `customers-export-${day}.csv`,
    header: ["customer", "name", "e-mail", "town", "since", "account"],
    cells: (row) => [
      row.marks.identifier(customerNumber, row.at),
      row.faker.person.fullName(),
      row.faker.internet.email().toLowerCase(),
      row.faker.location.city(),
      dayBefore(row),
      row.marks.identifier(account, row.at),
    ],
  },
  keys: {
    name: (day) => `api-keys-${day.slice(0, 4)}.csv`,
    header: ["service", "owner", "key", "created"],
    cells: (row) => [
      `${row.faker.word.noun()}-${row.draws.pick(["api", "sync", "billing", "mail"])}`,
      row.faker.internet.username().toLowerCase(),
      row.marks.identifier(apiKey, row.at),
      dayBefore(row),
    ],
  },
};

export const honeyKinds: readonly HoneyKind[] = ["passwords", "salaries", "customers", "keys"];

const usualRows = 120;

/**
 * A table that looks worth stealing, and is of no use to anybody: whoever opens it was looking around. Nothing in it is
 * of a person or a system that exists.
 *
 * @throws RangeError for a seed of another length, or another number of rows
 */
export function honeyItem(kind: HoneyKind, { seed, now, marks, rows }: HoneyOptions): HoneyItem {
  if (seed.length !== 32) throw new RangeError(`Expected a seed of 32 bytes, got ${seed.length}.`);
  const draws = new Draws(seed, `honey-${kind}`);
  const count = rows ?? Math.round(usualRows * (0.75 + draws.unit() / 2));
  if (!Number.isInteger(count) || count < 10 || count > 10_000) {
    throw new RangeError(`Expected 10 to 10000 rows, got ${count}.`);
  }
  const bait = baits[kind];
  const shared = { faker: fakerOf(draws), draws, marks: marks ?? plainMarks(seed), now };
  const name = bait.name(dayBefore(shared));
  const lines = Array.from({ length: count }, (_, at) =>
    bait
      .cells({ ...shared, at })
      .map(quoted)
      .join(","),
  );
  return { name, mediaType: "text/csv", content: utf8(`${[bait.header.join(","), ...lines].join("\r\n")}\r\n`) };
}

/** RFC 4180, section 2. */
function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
