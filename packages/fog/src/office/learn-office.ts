import type { Detail } from "../decoy/table-model.js";
import { Package } from "./container.js";
import { readWorkbook } from "./learn-book.js";
import { readWordDocument } from "./learn-word.js";
import type { DocumentModel, WorkbookModel } from "./office-model.js";
import { orNothing } from "./or-nothing.js";

/** Larger documents get no decoy: a package can only be read as a whole. */
export const mostOfficeBytes: number = 8 * 1024 * 1024;

/** What a package is learnt as; `null` for one that is damaged, or of which no decoy can be made. */
export function learnOffice(
  kind: "workbook" | "document",
  bytes: Uint8Array,
): ((detail: Detail) => WorkbookModel | DocumentModel) | null {
  return orNothing(() => {
    const file = new Package(bytes);
    return kind === "workbook" ? readWorkbook(file) : readWordDocument(file);
  });
}
