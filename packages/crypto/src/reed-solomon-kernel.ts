import { multiply } from "./reed-solomon-field.js";

/** Output rows that share one pass: a table entry holds a byte for each. */
const rowsPerPass = 4;
/** Words of each shard that are summed up before they are written: the sums and two tables fit a first-level cache. */
const wordsPerBlock = 1024;

/**
 * For each row the sum over all shards of `row[i] * shards[i]`, byte for byte. The shards have one length.
 *
 * A table per shard gives the products of one byte for four rows at once, and shards are read a word at a time.
 * `docs/decisions/0011-parity-in-javascript.md` has what else was measured.
 */
export function combine(rows: readonly (readonly number[])[], shards: readonly Uint8Array[]): Uint8Array[] {
  const length = shards[0]?.length ?? 0;
  const inputs = shards.map(wordsOf);
  const outputs = rows.map(() => new Uint32Array(Math.ceil(length / 4)));
  for (let first = 0; first < rows.length; first += rowsPerPass) {
    const last = first + rowsPerPass;
    combinePass(rows.slice(first, last), inputs, outputs.slice(first, last));
  }
  return outputs.map((words) => bytesOf(words, length));
}

/** Words over the very bytes where they are aligned, over a copy filled up with zeros where not. */
function wordsOf(bytes: Uint8Array): Uint32Array {
  if (bytes.byteOffset % 4 === 0 && bytes.length % 4 === 0) {
    return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  }
  const words = new Uint32Array(Math.ceil(bytes.length / 4));
  new Uint8Array(words.buffer).set(bytes);
  return words;
}

function bytesOf(words: Uint32Array, length: number): Uint8Array {
  const bytes = new Uint8Array(words.buffer);
  return bytes.length === length ? bytes : bytes.slice(0, length);
}

function combinePass(
  rows: readonly (readonly number[])[],
  inputs: readonly Uint32Array[],
  outputs: readonly Uint32Array[],
): void {
  const columns = inputs.map((words, column) => ({ words, table: productsOf(rows.map((row) => row[column] ?? 0)) }));
  // A column of zeros makes the number even: two are added at a time.
  if (columns.length % 2 === 1) columns.push({ words: inputs[0] ?? new Uint32Array(), table: new Uint32Array(256) });
  const wordCount = inputs[0]?.length ?? 0;
  const sums = new Uint32Array(4 * Math.min(wordsPerBlock, wordCount));
  for (let start = 0; start < wordCount; start += wordsPerBlock) {
    const count = Math.min(wordsPerBlock, wordCount - start);
    sums.fill(0);
    for (let at = 0; at + 1 < columns.length; at += 2) {
      const [left, right] = [columns[at], columns[at + 1]];
      if (left && right) addProducts(sums, left.table, right.table, left.words, right.words, start, count);
    }
    for (const [row, output] of outputs.entries()) writeRow(output, sums, 8 * row, start, count);
  }
}

/** Entry b: the products of b with each coefficient, one in each byte, the first lowest. */
function productsOf(coefficients: readonly number[]): Uint32Array {
  const table = new Uint32Array(256);
  for (let byte = 1; byte < 256; byte++) {
    const lowestBit = byte & -byte;
    // Multiplication distributes over `^`, so only the entries of the eight bits are multiplied out.
    table[byte] =
      byte === lowestBit
        ? coefficients.reduce((entry, coefficient, row) => entry | (multiply(coefficient, byte) << (8 * row)), 0)
        : read(table, byte ^ lowestBit) ^ read(table, lowestBit);
  }
  return table;
}

function read(words: Uint32Array, at: number): number {
  return words[at] ?? 0;
}

/** Which byte of a word is the first is left open here and in {@link writeRow}: it comes out where it went in. */
function addProducts(
  sums: Uint32Array,
  leftTable: Uint32Array,
  rightTable: Uint32Array,
  leftWords: Uint32Array,
  rightWords: Uint32Array,
  start: number,
  count: number,
): void {
  for (let word = 0, at = 0; word < count; word++, at += 4) {
    const left = read(leftWords, start + word);
    const right = read(rightWords, start + word);
    sums[at] = read(sums, at) ^ read(leftTable, left & 255) ^ read(rightTable, right & 255);
    sums[at + 1] = read(sums, at + 1) ^ read(leftTable, (left >>> 8) & 255) ^ read(rightTable, (right >>> 8) & 255);
    sums[at + 2] = read(sums, at + 2) ^ read(leftTable, (left >>> 16) & 255) ^ read(rightTable, (right >>> 16) & 255);
    sums[at + 3] = read(sums, at + 3) ^ read(leftTable, left >>> 24) ^ read(rightTable, right >>> 24);
  }
}

function writeRow(output: Uint32Array, sums: Uint32Array, shift: number, start: number, count: number): void {
  for (let word = 0, at = 0; word < count; word++, at += 4) {
    output[start + word] =
      ((read(sums, at) >>> shift) & 255) |
      (((read(sums, at + 1) >>> shift) & 255) << 8) |
      (((read(sums, at + 2) >>> shift) & 255) << 16) |
      (((read(sums, at + 3) >>> shift) & 255) << 24);
  }
}
