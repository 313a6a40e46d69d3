import { bytes, type Codec, flag, list, nullable, oneOf, struct, union, unsigned } from "@fogbound/protocol/codec";
import { anyText, columnNumber, prose, table } from "../decoy/model-codec.js";
import { block } from "../decoy/text-codec.js";
import { making } from "../template/making-codec.js";
import type {
  CellLook,
  Container,
  DocumentItem,
  DocumentModel,
  LooseCell,
  ParagraphItem,
  Part,
  Sheet,
  SheetColumn,
  TableItem,
  WorkbookModel,
} from "./office-model.js";
import type { EntryLook } from "./zip-look.js";

const look: Codec<EntryLook> = struct<EntryLook>({
  madeBy: unsigned(65_535),
  needed: unsigned(65_535),
  flags: unsigned(65_535),
  attributes: unsigned(4_294_967_295),
  isStored: flag,
  isDated: flag,
  growth: unsigned(4096),
});

const container: Codec<Container> = struct<Container>({
  parts: list(struct<Part>({ name: anyText, look }), { least: 1, most: 256 }),
  templates: bytes(1, 1_048_576),
  making,
  isMarked: flag,
});

const style = unsigned(65_535);

const sheet: Codec<Sheet> = struct<Sheet>({
  name: anyText,
  above: list(list(struct<LooseCell>({ at: unsigned(16_383), style, words: unsigned(64) }), { most: 64 }), {
    most: 16,
  }),
  header: nullable(list(anyText, { most: 1024 })),
  columns: list(
    struct<SheetColumn>({
      at: unsigned(16_383),
      form: oneOf("number", "date", "text", "boolean"),
      style,
      headStyle: style,
    }),
    { most: 1024 },
  ),
  table,
  rowLook: anyText,
});

export const workbook: Codec<WorkbookModel> = struct<WorkbookModel>({
  kind: oneOf("workbook"),
  container,
  isFrom1904: flag,
  strings: oneOf("shared", "inline"),
  sheets: list(sheet, { least: 1, most: 64 }),
});

const cellLook: Codec<CellLook> = struct<CellLook>({ cell: columnNumber, look: columnNumber, run: columnNumber });

const item: Codec<DocumentItem> = union<DocumentItem>({
  paragraph: struct<ParagraphItem>({ kind: oneOf("paragraph"), look: columnNumber, run: columnNumber, block }),
  table: struct<TableItem>({
    kind: oneOf("table"),
    look: columnNumber,
    rowLook: columnNumber,
    header: nullable(list(anyText, { most: 64 })),
    headLooks: list(cellLook, { most: 64 }),
    looks: list(cellLook, { most: 64 }),
    table,
  }),
});

export const document: Codec<DocumentModel> = struct<DocumentModel>({
  kind: oneOf("document"),
  container,
  prefix: anyText,
  attributes: list(anyText, { most: 8 }),
  saves: unsigned(4096),
  looks: list(anyText, { least: 1, most: 1024 }),
  items: list(item, { least: 1, most: 65_536 }),
  prose,
});
