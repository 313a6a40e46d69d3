import { type Codec, flag, list, nullable, oneOf, struct, union, unsigned } from "@fogbound/protocol/codec";
import type { JsonField, JsonModel, JsonScope, JsonShape, JsonSpace } from "./json-model.js";
import { anyText, columnNumber, encoding, table } from "./model-codec.js";

const scopeNumber: Codec<number> = unsigned(1024);

/** Shapes hold shapes: each is looked up when it is met. */
const inner: Codec<JsonShape> = {
  write: (value) => shape.write(value),
  read: (value, path) => shape.read(value, path),
};

const shape: Codec<JsonShape> = union<JsonShape>({
  scalar: struct<Extract<JsonShape, { kind: "scalar" }>>({ kind: oneOf("scalar"), column: columnNumber }),
  object: struct<Extract<JsonShape, { kind: "object" }>>({
    kind: oneOf("object"),
    presence: nullable(columnNumber),
    fields: list(struct<JsonField>({ name: anyText, shape: inner }), { most: 1024 }),
  }),
  array: struct<Extract<JsonShape, { kind: "array" }>>({
    kind: oneOf("array"),
    presence: nullable(columnNumber),
    size: columnNumber,
    items: scopeNumber,
  }),
  rows: struct<Extract<JsonShape, { kind: "rows" }>>({ kind: oneOf("rows") }),
});

export const json: Codec<JsonModel> = struct<JsonModel>({
  kind: oneOf("json"),
  encoding,
  lines: flag,
  scopes: list(struct<JsonScope>({ table, shape }), { least: 1, most: 1024 }),
  rows: nullable(scopeNumber),
  depth: unsigned(32),
  spaces: list(struct<JsonSpace>({ place: anyText, text: anyText }), { most: 512 }),
  escaped: flag,
  end: anyText,
});
