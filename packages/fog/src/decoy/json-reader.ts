/** A value of a JSON text. Scalars stand as they are written. */
export type JsonNode =
  | { readonly kind: "scalar"; readonly raw: string }
  | { readonly kind: "array"; readonly items: readonly JsonNode[]; readonly length: number }
  | { readonly kind: "object"; readonly fields: readonly (readonly [string, JsonNode])[]; readonly length: number };

/** Whitespace by where it stands: depth, kind of container and place in it, such as `1 object comma`. */
export type Spaces = Map<string, Map<string, number>>;

const token = /\s*(?:([{}[\],:])|("(?:[^"\\]|\\.)*")|([^\s{}[\],:"]+))/y;
const deepest = 24;

/** Reads values one after another, until the text ends or breaks off in the middle of one. */
export class JsonReader {
  readonly #text: string;
  readonly spaces: Spaces = new Map();
  #at = 0;
  #space = "";

  constructor(text: string) {
    this.#text = text;
  }

  get isDone(): boolean {
    return /^\s*$/.test(this.#text.slice(this.#at, this.#at + 100_000));
  }

  /** @returns `null` where no value follows; an array that is cut off in its middle has the items before that. */
  next(): JsonNode | null {
    return this.#value(this.#token(), 0);
  }

  #token(): string | null {
    token.lastIndex = this.#at;
    const match = token.exec(this.#text);
    if (match === null) return null;
    const found = match[1] ?? match[2] ?? match[3] ?? "";
    this.#space = match[0].slice(0, match[0].length - found.length);
    this.#at = token.lastIndex;
    return found;
  }

  #value(first: string | null, depth: number): JsonNode | null {
    if (first === null || depth > deepest) return null;
    if (first === "[") return this.#array(depth);
    if (first === "{") return this.#object(depth);
    return isScalar(first) ? { kind: "scalar", raw: first } : null;
  }

  #array(depth: number): JsonNode | null {
    const start = this.#at - 1;
    const items: JsonNode[] = [];
    const spaces: [string, string][] = [];
    for (;;) {
      const found = this.#token();
      spaces.push([found === "]" ? "close" : items.length === 0 ? "open" : "comma", this.#space]);
      if (found === "]" && items.length === 0) break;
      const item = this.#value(found, depth + 1);
      if (item === null)
        return depth === 0 && items.length > 0 ? { kind: "array", items, length: this.#at - start } : null;
      items.push(item);
      const after = this.#token();
      if (after === "]") {
        spaces.push(["close", this.#space]);
        break;
      }
      if (after !== ",") return depth === 0 ? { kind: "array", items, length: this.#at - start } : null;
    }
    const kind = items.every((item) => item.kind === "scalar") ? "list" : "array";
    if (items.length > 0) for (const [place, space] of spaces) this.#note(depth, kind, place, space);
    return { kind: "array", items, length: this.#at - start };
  }

  #object(depth: number): JsonNode | null {
    const start = this.#at - 1;
    const fields: [string, JsonNode][] = [];
    for (;;) {
      const found = this.#token();
      if (found === "}" && fields.length === 0) break;
      this.#note(depth, "object", fields.length === 0 ? "open" : "comma", this.#space);
      if (found === null || !found.startsWith('"') || this.#token() !== ":") return null;
      const before = this.#space;
      const value = this.#value(this.#token(), depth + 1);
      this.#note(0, "object", "colon", `${before}:${value?.kind === "scalar" ? this.#space : " "}`);
      const name = parsed(found);
      if (value === null || name === null) return null;
      fields.push([name, value]);
      const after = this.#token();
      if (after === "}") {
        this.#note(depth, "object", "close", this.#space);
        break;
      }
      if (after !== ",") return null;
    }
    return { kind: "object", fields, length: this.#at - start };
  }

  #note(depth: number, kind: string, place: string, space: string): void {
    const key = `${depth} ${kind} ${place}`;
    const counts = this.spaces.get(key) ?? new Map<string, number>();
    counts.set(space, (counts.get(space) ?? 0) + 1);
    this.spaces.set(key, counts);
  }
}

function isScalar(raw: string): boolean {
  if (raw.startsWith('"')) return parsed(raw) !== null;
  return /^(true|false|null|-?\d+(\.\d+)?([eE][-+]?\d+)?)$/.test(raw);
}

/** The text of a string as it is written; `null` when it is written wrongly. */
export function parsed(raw: string): string | null {
  try {
    const value: unknown = JSON.parse(raw);
    return typeof value === "string" && value.isWellFormed() ? value : null;
  } catch {
    return null;
  }
}
