import { toHex } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import {
  type Codec,
  type Format,
  flag,
  format,
  list,
  nullable,
  oneOf,
  struct,
  union,
  unsigned,
} from "@fogbound/protocol/codec";
import { type IdentifierShape, identifierShape } from "../beacon/shape.js";
import { uuidShape } from "../beacon/shapes.js";
import { document, workbook } from "../office/office-codec.js";
import type { DocumentModel, WorkbookModel } from "../office/office-model.js";
import { pdf } from "../pdf/pdf-codec.js";
import type { PdfModel } from "../pdf/pdf-model.js";
import type { Encoding } from "./characters.js";
import type { Dialect } from "./delimited.js";
import { json } from "./json-codec.js";
import type { JsonModel } from "./json-model.js";
import { anyText, encoding, table } from "./model-codec.js";
import type { Table } from "./table-model.js";
import { text } from "./text-codec.js";
import type { TextModel } from "./text-model.js";

/** A table in text: CSV and its relatives. */
export interface DelimitedModel {
  readonly kind: "delimited";
  readonly encoding: Encoding;
  readonly dialect: Dialect;
  readonly header: readonly string[] | null;
  readonly table: Table;
}

/** What is a sequence of characters. */
export type PlainContent = DelimitedModel | JsonModel | TextModel;

/** What is a package of parts (ISO/IEC 29500-2). */
export type OfficeContent = WorkbookModel | DocumentModel;

export type Content = PlainContent | OfficeContent | PdfModel;

export function isOffice(content: Content): content is OfficeContent {
  return content.kind === "workbook" || content.kind === "document";
}

/** What decoys of one item are made from. */
export interface Model {
  readonly suite: 1;
  /** Bytes of the original. */
  readonly length: number;
  readonly content: Content;
}

const dialect: Codec<Dialect> = struct<Dialect>({
  delimiter: oneOf(",", ";", "\t", "|"),
  lineEnd: oneOf("\n", "\r\n", "\r"),
  endsLine: flag,
  headerQuoted: flag,
  quoted: list(flag, { most: 1024 }),
});

export const decoyModel: Format<Model> = format(
  "decoy model",
  struct<Model>({
    suite: oneOf(1),
    length: unsigned(),
    content: union<Content>({
      delimited: struct<DelimitedModel>({
        kind: oneOf("delimited"),
        encoding,
        dialect,
        header: nullable(list(anyText, { most: 1024 })),
        table,
      }),
      json,
      text,
      workbook,
      document,
      pdf,
    }),
  }),
);

/** @throws FogboundError `FORMAT_INVALID` also for a model whose parts do not fit one another. */
export function readModel(bytes: Uint8Array): Model {
  const model = decoyModel.decode(bytes);
  const early = tablesOf(model.content).every(({ columns }) =>
    columns.every(({ link }, at) => !("of" in link) || link.of <= at),
  );
  if (early) return model;
  throw new FogboundError("FORMAT_INVALID", "decoy model: expected columns that depend on earlier ones.");
}

/** The shapes of the identifiers that decoys of a model carry: what beacons in them are to be looked for under. */
export function shapesOfModel(bytes: Uint8Array): IdentifierShape[] {
  const { content } = readModel(bytes);
  const columns = tablesOf(content).flatMap((one) => one.columns);
  const shapes = columns.flatMap(({ values }) => (values.kind === "identifier" ? [values.shape] : []));
  if (isMarked(content)) shapes.push(uuidShape);
  return [...new Map(shapes.map((shape) => [toHex(identifierShape.encode(shape)), shape])).values()];
}

/** Whether an identifier of the document itself carries a mark. */
function isMarked(content: Content): boolean {
  return content.kind === "pdf" ? content.isMarked : isOffice(content) && content.container.isMarked;
}

function tablesOf(content: Content): readonly Table[] {
  switch (content.kind) {
    case "text":
      return [];
    case "json":
      return content.scopes.map((scope) => scope.table);
    case "delimited":
      return [content.table];
    case "workbook":
      return content.sheets.map((sheet) => sheet.table);
    case "pdf":
      return content.tables.map((one) => one.table);
    case "document":
      return content.items.flatMap((item) => (item.kind === "table" ? [item.table] : []));
  }
}
