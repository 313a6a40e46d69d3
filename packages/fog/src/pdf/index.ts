export { unpackedPdf } from "./leaked-pdf.js";
export { learnPdf } from "./learn-pdf.js";
export { pdfBytes } from "./pdf-decoy.js";
export { mostPdfBytes } from "./pdf-model.js";
