import type { Characters } from "./characters.js";
import { asWritten, type JsonField, type JsonModel, type JsonScope, type JsonShape } from "./json-model.js";
import { type JsonNode, JsonReader, parsed, type Spaces } from "./json-reader.js";
import { type Cells, learnTable } from "./learn-table.js";
import { rarity } from "./rarity.js";
import type { Detail } from "./table-model.js";

const mostColumns = 400;

/** Reads a document of JSON; `null` when it is none, or nothing but a scalar. */
export function readJson(characters: Characters): ((detail: Detail) => JsonModel) | null {
  const text = characters.head;
  const whole = characters.pieces.length === 0;
  const reader = new JsonReader(text);
  const first = reader.next();
  if (first === null || first.kind === "scalar" || first.length < 8) return null;
  const records: JsonNode[] = [first];
  for (let node = reader.next(); node !== null; node = reader.next()) records.push(node);
  if (whole && !reader.isDone && records.length === 1 && !(first.kind === "array")) return null;
  const lines = records.length > 1;
  const rows = lines ? { path: [], nodes: records } : dominant(first);
  const common = {
    kind: "json" as const,
    encoding: characters.encoding,
    lines,
    depth: lines ? 0 : (rows?.path.length ?? 0) + 1,
    spaces: spacesOf(reader.spaces),
    escaped: /\\u00[89a-f]|\\u0[1-9a-f]/i.test(text),
    end: whole ? (/\s*$/.exec(text)?.[0] ?? "") : "\n",
  };
  return (detail) => {
    const learner = new ScopeLearner(detail);
    const shown = rows?.nodes ?? null;
    if (!lines) learner.learn([first], shown);
    else learner.scopes.push({ table: { columns: [], rows: 1 }, shape: { kind: "rows" } });
    const number = shown === null ? null : learner.learn(shown, null);
    return { ...common, scopes: learner.scopes, rows: number };
  };
}

interface Rows {
  readonly path: readonly string[];
  readonly nodes: readonly JsonNode[];
}

/** The array that makes up most of a document, at the top or within objects. */
function dominant(node: JsonNode): Rows | null {
  if (node.kind === "array") return { path: [], nodes: node.items };
  if (node.kind !== "object") return null;
  for (const [name, value] of node.fields) {
    if (value.kind === "scalar" || 2 * value.length < node.length) continue;
    const inner = dominant(value);
    if (inner !== null && inner.nodes.length >= 3) return { path: [name, ...inner.path], nodes: inner.nodes };
  }
  return null;
}

function spacesOf(spaces: Spaces): JsonModel["spaces"] {
  return [...spaces].map(([place, counts]) => {
    const [[text] = [""]] = [...counts].sort(([, left], [, right]) => right - left);
    return { place, text };
  });
}

class ScopeLearner {
  readonly scopes: JsonScope[] = [];
  readonly #detail: Detail;

  constructor(detail: Detail) {
    this.#detail = detail;
  }

  /** Learns one kind of record and returns its number. The array whose items are `rows` is left out. */
  learn(nodes: readonly JsonNode[], rows: readonly JsonNode[] | null): number {
    const number = this.scopes.length;
    const columns: Cells[] = [];
    this.scopes.push({ table: { columns: [], rows: 0 }, shape: { kind: "rows" } });
    const shape = this.#shape(nodes, "", columns, rows);
    this.scopes[number] = { table: learnTable(columns, nodes.length, this.#detail), shape };
    return number;
  }

  #shape(
    nodes: readonly (JsonNode | null)[],
    label: string,
    columns: Cells[],
    rows: readonly JsonNode[] | null,
  ): JsonShape {
    if (rows !== null && nodes.some((node) => node?.kind === "array" && node.items === rows)) return { kind: "rows" };
    const count = (kind: JsonNode["kind"]): number =>
      nodes.filter((node) => node?.kind === kind && !isNull(node)).length;
    const [objects, arrays, scalars] = [count("object"), count("array"), count("scalar")];
    if (objects > 0 && objects >= arrays && objects >= scalars) return this.#object(nodes, label, columns, rows);
    if (arrays > 0 && arrays >= scalars) return this.#array(nodes, label, columns);
    columns.push(scalarCells(nodes, label));
    return { kind: "scalar", column: columns.length - 1 };
  }

  #object(
    nodes: readonly (JsonNode | null)[],
    label: string,
    columns: Cells[],
    rows: readonly JsonNode[] | null,
  ): JsonShape {
    const presence = presenceOf(nodes, "object", label, columns);
    const maps = nodes.map((node) => (node?.kind === "object" ? new Map(node.fields) : null));
    const counts = new Map<string, number>();
    for (const map of maps) for (const name of map?.keys() ?? []) counts.set(name, (counts.get(name) ?? 0) + 1);
    const rare = nodes.length >= 2 * rarity ? rarity : 1;
    const fields: JsonField[] = [];
    for (const [name, times] of counts) {
      if (times < rare || columns.length >= mostColumns) continue;
      const values = maps.map((map) => map?.get(name) ?? null);
      fields.push({ name, shape: this.#shape(values, name, columns, rows) });
    }
    return { kind: "object", presence, fields };
  }

  #array(nodes: readonly (JsonNode | null)[], label: string, columns: Cells[]): JsonShape {
    const presence = presenceOf(nodes, "array", label, columns);
    const arrays = nodes.map((node) => (node?.kind === "array" ? node.items : []));
    const size = columns.length;
    columns.push({ label: `${label} size`, cells: arrays.map(({ length }) => String(length)), quoted: false });
    return { kind: "array", presence, size, items: this.learn(arrays.flat(), null) };
  }
}

function isNull(node: JsonNode | null): boolean {
  return node?.kind === "scalar" && node.raw === "null";
}

/** A column that says where a container stands, `null` or nothing; none when it always does. */
function presenceOf(
  nodes: readonly (JsonNode | null)[],
  kind: JsonNode["kind"],
  label: string,
  columns: Cells[],
): number | null {
  if (nodes.every((node) => node?.kind === kind)) return null;
  const cells = nodes.map((node) => (node === null ? "" : node.kind === kind ? "true" : `${asWritten}null`));
  columns.push({ label: `${label} is there`, cells, quoted: false });
  return columns.length - 1;
}

/** Numbers as they are written; where most values are texts, those without quotation marks and all else as written. */
function scalarCells(nodes: readonly (JsonNode | null)[], label: string): Cells {
  const raw = nodes.map((node) => (node?.kind === "scalar" ? node.raw : ""));
  const texts = raw.filter((one) => one.startsWith('"')).length;
  const numbers = raw.filter((one) => /^[-\d]/.test(one)).length;
  const quoted = texts >= numbers && texts > 0;
  const cells = raw.map((one) => {
    if (one === "") return "";
    if (quoted === one.startsWith('"') && one !== '""') return quoted ? (parsed(one) ?? "") : plain(one);
    return /^(""|null|true|false)$/.test(one) ? asWritten + one : "";
  });
  return { label, cells, quoted };
}

/** A number without an exponent; nothing where it cannot do without. */
function plain(raw: string): string {
  const number = /^-?\d.*e/i.test(raw) ? String(Number(raw)) : raw;
  return number.includes("e") && number !== "true" && number !== "false" ? "" : number;
}
