/** Slow on purpose, and of another kind than the code under test: bit by bit, with matrices, inverted by Gauss. */
type Matrix = number[][];

export function referenceProduct(left: number, right: number): number {
  let product = 0;
  let shifted = left;
  for (let bits = right; bits > 0; bits >>= 1) {
    if (bits % 2 === 1) product ^= shifted;
    shifted <<= 1;
    if (shifted > 255) shifted ^= 0b1_0001_1101;
  }
  return product;
}

export function referencePower(base: number, exponent: number): number {
  return Array.from({ length: exponent }).reduce<number>((power) => referenceProduct(power, base), 1);
}

function times(left: Matrix, right: Matrix): Matrix {
  return left.map((row) =>
    (right[0] ?? []).map((_, column) =>
      row.reduce((sum, value, at) => sum ^ referenceProduct(value, right[at]?.[column] ?? 0), 0),
    ),
  );
}

/** By Gauss and Jordan. @throws Error for a singular matrix. */
export function inverseOf(matrix: Matrix): Matrix {
  const size = matrix.length;
  let rows = matrix.map((row, at) => [...row, ...Array.from({ length: size }, (_, column) => (column === at ? 1 : 0))]);
  for (let column = 0; column < size; column++) {
    const found = rows.findIndex((row, at) => at >= column && row[column] !== 0);
    const pivot = rows[found];
    if (pivot === undefined) throw new Error("singular");
    const scale = referencePower(pivot[column] ?? 0, 254);
    const scaled = pivot.map((value) => referenceProduct(value, scale));
    rows.splice(found, 1);
    rows.splice(column, 0, scaled);
    rows = rows.map((row, at) =>
      at === column ? row : row.map((value, place) => value ^ referenceProduct(row[column] ?? 0, scaled[place] ?? 0)),
    );
  }
  return rows.map((row) => row.slice(size));
}

/** The Vandermonde matrix, element r^c, times the inverse of its top square. */
export function encodingMatrix(dataCount: number, parityCount: number): Matrix {
  const vandermonde = Array.from({ length: dataCount + parityCount }, (_, row) =>
    Array.from({ length: dataCount }, (_, column) => referencePower(row, column)),
  );
  return times(vandermonde, inverseOf(vandermonde.slice(0, dataCount)));
}

export function referenceParity(shards: readonly Uint8Array[], parityCount: number): Uint8Array[] {
  const rows = encodingMatrix(shards.length, parityCount).slice(shards.length);
  return rows.map((row) =>
    Uint8Array.from(shards[0] ?? [], (_, at) =>
      row.reduce((sum, weight, shard) => sum ^ referenceProduct(weight, shards[shard]?.[at] ?? 0), 0),
    ),
  );
}
