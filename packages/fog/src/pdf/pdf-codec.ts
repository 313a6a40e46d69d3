import { bytes, type Codec, flag, list, nullable, oneOf, struct, text, unsigned } from "@fogbound/protocol/codec";
import { anyText, prose, table } from "../decoy/model-codec.js";
import { making } from "../template/making-codec.js";
import { mostSigns, mostTenths } from "./layout.js";
import type { PdfColumn, PdfModel, PdfTable, PdfXmp } from "./pdf-model.js";

const packed = bytes(1, 1_048_576);
const length = unsigned(mostTenths);
const font = unsigned(11);

const column: Codec<PdfColumn> = struct<PdfColumn>({
  ...{ left: length, right: length, isRight: flag, size: length, font, headFont: font },
});

export const pdf: Codec<PdfModel> = struct<PdfModel>({
  kind: oneOf("pdf"),
  version: text(8),
  keys: list(text(32), { most: 16 }),
  templates: packed,
  making,
  zone: anyText,
  xmp: nullable(struct<PdfXmp>({ toolkit: anyText, names: list(text(32), { most: 16 }) })),
  id: oneOf("none", "alike", "different"),
  isMarked: flag,
  signs: list(anyText, { most: mostSigns + 1 }),
  layout: packed,
  tables: list(
    struct<PdfTable>({
      header: nullable(list(anyText, { most: 64 })),
      columns: list(column, { least: 1, most: 64 }),
      rows: packed,
      table,
    }),
    { most: 1024 },
  ),
  prose,
});
