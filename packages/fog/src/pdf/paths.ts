import { type Box, mostBoxes, mostTenths } from "./layout.js";

/** Of the reader's operators (pdf.js, `OPS`) those that draw rules and boxes, or move where they are drawn. */
const operator = {
  ...{ save: 10, restore: 11, transform: 12, stroke: 20, closeStroke: 21, fill: 22, eoFill: 23, fillStroke: 24 },
  ...{ strokeColour: 58, fillColour: 59, formBegin: 74, formEnd: 75, path: 91 },
} as const;

type Matrix = readonly [number, number, number, number, number, number];

interface State {
  readonly matrix: Matrix;
  readonly fill: number;
  readonly stroke: number;
}

const identity: Matrix = [1, 0, 0, 1, 0, 0];

export interface Operators {
  readonly fnArray: readonly number[];
  readonly argsArray: readonly unknown[];
}

/** The rules and boxes of a page that stand straight; curves and clips are left out. */
export function boxesIn(operators: Operators, page: number, left: number, bottom: number): Box[] {
  const boxes: Box[] = [];
  const saved: State[] = [];
  let state: State = { matrix: identity, fill: 0, stroke: 0 };
  for (const [at, code] of operators.fnArray.entries()) {
    const values = listOf(operators.argsArray[at]);
    if (code === operator.save || code === operator.formBegin) saved.push(state);
    if (code === operator.restore || code === operator.formEnd) state = saved.pop() ?? state;
    if (code === operator.transform) state = { ...state, matrix: times(state.matrix, values) };
    if (code === operator.formBegin) state = { ...state, matrix: times(state.matrix, listOf(values[0])) };
    if (code === operator.fillColour) state = { ...state, fill: colourOf(values[0]) };
    if (code === operator.strokeColour) state = { ...state, stroke: colourOf(values[0]) };
    const box = code === operator.path ? boxOf(values, state) : null;
    if (box !== null && boxes.length < mostBoxes) boxes.push({ page, ...placed(box, left, bottom) });
  }
  return boxes.filter(({ width, height }) => width + height > 20);
}

type Loose = Omit<Box, "page">;

function boxOf([paint, data, around]: readonly unknown[], { matrix, fill, stroke }: State): Loose | null {
  const isFilled = paint === operator.fill || paint === operator.eoFill || paint === operator.fillStroke;
  if (!isFilled && paint !== operator.stroke && paint !== operator.closeStroke) return null;
  if (!isStraight(listOf(listOf(data)[0])) || Math.abs(matrix[1]) + Math.abs(matrix[2]) > 1e-6) return null;
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = listOf(around).map(Number);
  const [a, , , d, e, f] = matrix;
  const [xs, ys] = [[a * x1 + e, a * x2 + e].sort(rising), [d * y1 + f, d * y2 + f].sort(rising)];
  const [x = 0, right = 0] = xs;
  const [y = 0, top = 0] = ys;
  return { x, y, width: right - x, height: top - y, colour: isFilled ? fill : stroke, isFilled };
}

/** One line, or four corners: as the reader has them, 0 begins, 1 draws a line, 3 closes. */
function isStraight(data: readonly unknown[]): boolean {
  let corners = 0;
  for (let at = 0; at < data.length; at += data[at] === 3 ? 1 : 3) {
    const kind = data[at];
    if ((kind !== 0 && kind !== 1 && kind !== 3) || (kind === 0 && at > 0)) return false;
    if (kind !== 3) corners += 1;
  }
  return corners >= 2 && corners <= 5;
}

function placed(box: Loose, left: number, bottom: number): Loose {
  const [x, y] = [within(box.x - left), within(box.y - bottom)];
  const [width, height] = [within(box.width), within(box.height)];
  return { ...box, x, y, width, height };
}

function within(points: number): number {
  return Number.isFinite(points) ? Math.min(mostTenths, Math.max(0, Math.round(10 * points))) : 0;
}

function rising(left: number, right: number): number {
  return left - right;
}

function times([a, b, c, d, e, f]: Matrix, values: readonly unknown[]): Matrix {
  const [p = 1, q = 0, r = 0, s = 1, t = 0, u = 0] = values.map(Number);
  return [a * p + c * q, b * p + d * q, a * r + c * s, b * r + d * s, a * t + c * u + e, b * t + d * u + f];
}

function colourOf(value: unknown): number {
  const found = typeof value === "string" ? /^#([0-9a-f]{6})$/i.exec(value) : null;
  return found === null ? 0 : Number.parseInt(found[1] ?? "0", 16);
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return value instanceof Float32Array ? [...value] : [];
}
