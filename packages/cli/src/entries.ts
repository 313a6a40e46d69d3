import type { Entry } from "@fogbound/audit";
import { shownTime } from "./dates.js";
import { grouped } from "./numbers.js";
import type { Column } from "./table.js";

/** An audit's table: who, what, when, from where and on whose word. */
export const entryColumns: readonly Column<Entry>[] = [
  { title: "TIME", value: ({ time }) => shownTime(time) },
  { title: "READER", value: ({ reader, heldBy }) => (heldBy === "host" ? `${reader} (host's session)` : reader) },
  { title: "ITEM", value: ({ item }) => item },
  { title: "ACTION", value: ({ action }) => action },
  { title: "OUTCOME", value: shownOutcome },
  { title: "BYTES", value: ({ bytes }) => grouped(bytes), align: "right" },
  { title: "FROM", value: ({ place }) => shownPlace(place) },
];

/** What the guard made of it stands beside what the host was told. */
function shownOutcome({ outcome, fog }: Entry): string {
  return fog === null || fog.step === "calm" || fog.step === outcome ? outcome : `${outcome} (${fog.step})`;
}

function shownPlace({ address, country }: Entry["place"]): string {
  const known = [address, country].filter((part) => part !== null);
  return known.length === 0 ? "unknown" : `${known.join(", ")} (host's word)`;
}

/** An entry as a JSON value. */
export function entryDocument(entry: Entry): Readonly<Record<string, unknown>> {
  return { ...entry, time: entry.time.toISOString() };
}
