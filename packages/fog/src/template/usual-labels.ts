import { isFakeWord } from "../decoy/lexicon.js";
import { isPublic } from "../decoy/public-words.js";

/** Words that tables, sheets and headings are labelled with everywhere. */
const labels = new Set(
  (
    "account accounts action actual address age amount amounts assets average balance balances bank book books branch budget " +
    "calculation campaign capacity card cards category change channel charge city class client clients code comment comments " +
    "company confirmed contact contacts contract contracts cost costs count country created credit currency customer customers " +
    "data dates days debit delivery department description details discount discounts district due education email employee employees " +
    "end energy equipment expenses export file first forecast from gender gross group growth hours id income index info " +
    "input inventory invoice invoices item items january february march april may june july august september october november " +
    "december january jan feb mar apr jun jul aug sep oct nov dec last ledger level limit list loans location log logs main " +
    "management margin material materials meeting member members method model month months monthly name names net number notes order orders " +
    "output overview owner owners parts payment payments payroll percent period person phone plan planning population position " +
    "price prices priority product products profit project projects purchase q1 q2 q3 q4 quantity quarter quarterly quote rank " +
    "rate rates ratio receipt receipts reference region regions remarks report reports result results revenue reviewer risk " +
    "risks role room salary salaries sale sales schedule score section sector segment sent service services sheet shift shipping " +
    "sku source staff stage start state statement states stats status step stock street sum summary supplier suppliers supply " +
    "table target task tasks tax team teams term test tests text time title topic total totals town trade transaction " +
    "transactions type types unit units update updated url usage user users valid value values vat vendor version visits week " +
    "weekly weight yearly zip zone tabelle daten feuil hoja datum betrag menge preis summe nummer kunde kunden rechnung"
  ).split(" "),
);

/** Whether a text is of words that label things anywhere, and so names nothing and nobody. */
export function isUsualLabel(text: string): boolean {
  const words = text.split(/[^\p{L}\p{N}]+|(?<=[a-z])(?=[A-Z])|(?<=\p{L})(?=\p{N})/u).filter((word) => word !== "");
  return text.length <= 48 && words.length > 0 && words.every(isUsualWord);
}

function isUsualWord(word: string): boolean {
  const lower = word.toLowerCase();
  return /^\d{1,4}$/.test(word) || labels.has(lower) || isPublic(lower) || isFakeWord(lower);
}
