import type { Sources } from "../decoy/values-maker.js";
import { workbookFilling } from "./book-decoy.js";
import { fittedPackage } from "./fit-package.js";
import type { DocumentModel, WorkbookModel } from "./office-model.js";
import { wordFilling } from "./word-decoy.js";

/** The bytes of a package, exactly `length`. @param share - Of the original's length. */
export function officeBytes(
  content: WorkbookModel | DocumentModel,
  length: number,
  share: number,
  sources: Sources,
): Uint8Array {
  const filling =
    content.kind === "workbook" ? workbookFilling(content, share, sources) : wordFilling(content, share, sources);
  return fittedPackage(filling, length);
}
