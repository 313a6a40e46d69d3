import { FogboundError } from "@fogbound/errors";
import { deepestExpression, deepestNesting, longestPolicy, mostPolicies } from "./defaults.js";
import { invalidAt } from "./invalid.js";

/** One `permit` or `forbid` of the text, with its annotations and the comments before it. */
export interface PolicyText {
  readonly text: string;
  /** UTF-16 units from the start of the whole text to `text`, and to its first token. */
  readonly start: number;
  readonly begins: number;
}

/** Comments, strings (closed or not), words, and what may make an expression deep. Never backtracks. */
const tokens = /\/\/[^\n\r]*|"(?:[^"\\]|\\[\s\S]?)*(?:"|$)|[A-Za-z_][A-Za-z0-9_]*|&&|\|\||[\s\S]/g;
const opening = new Set(["(", "[", "{"]);
const closing = new Set([")", "]", "}"]);
const deepening = new Set(["&&", "||", "+", "-", "*", "if"]);

/**
 * The policies of a text, refused before Cedar sees them if they nest too deep: parsing and evaluation recurse, and a
 * stack overflow leaves Cedar's WebAssembly broken for every later decision of the process (4.13.0, measured).
 *
 * @throws FogboundError `POLICY_INVALID` for text that is too long, too many or too deep, or not well-formed Unicode.
 */
export function splitPolicies(cedar: string): readonly PolicyText[] {
  checkSize(cedar);
  const policies: PolicyText[] = [];
  let start = 0;
  let begins: number | null = null;
  let depth = new Depth();
  for (const { 0: token, index } of cedar.matchAll(tokens)) {
    if (token.startsWith("//") || /^\s/.test(token)) continue;
    begins ??= index;
    checkDepth(cedar, index, depth.add(token), depth.nesting);
    if (token !== ";") continue;
    policies.push({ text: cedar.slice(start, index + 1), start, begins });
    if (policies.length > mostPolicies) throw invalidAt(cedar, index, `expected at most ${mostPolicies} policies.`);
    [start, begins, depth] = [index + 1, null, new Depth()];
  }
  if (begins !== null) throw invalidAt(cedar, cedar.length, 'expected ";" at the end of the last policy.');
  return policies;
}

function checkSize(cedar: string): void {
  if (cedar.length > longestPolicy) {
    const message = `Expected at most ${longestPolicy} characters of Cedar, got ${cedar.length}. Merge rules that differ in their readers only.`;
    throw new FogboundError("POLICY_INVALID", message);
  }
  if (!cedar.isWellFormed())
    throw new FogboundError("POLICY_INVALID", "Expected well-formed Unicode, got half a surrogate pair.");
}

function checkDepth(cedar: string, index: number, depth: number, nesting: number): void {
  if (nesting <= deepestNesting && depth <= deepestExpression) return;
  const sentence = `expected brackets nested at most ${deepestNesting} deep and at most ${deepestExpression} operators in a chain, got more. Split the policy in two.`;
  throw invalidAt(cedar, index, sentence);
}

interface Level {
  operators: number;
  dots: number;
  mostDots: number;
  child: number;
}

/** An upper bound of the depth of the expression so far: the operators of each open bracket, and the deepest closed one. */
class Depth {
  readonly #levels: Level[] = [freshLevel()];
  #enclosing = 0;

  get nesting(): number {
    return this.#levels.length - 1;
  }

  add(token: string): number {
    if (opening.has(token)) this.#open();
    else if (closing.has(token)) this.#close();
    else this.#count(token);
    return this.#enclosing + depthOf(this.#top());
  }

  #top(): Level {
    return this.#levels.at(-1) ?? freshLevel();
  }

  #open(): void {
    const top = this.#top();
    top.dots += 1;
    this.#enclosing += top.operators + top.dots;
    this.#levels.push(freshLevel());
  }

  #close(): void {
    const closed = this.#levels.length > 1 ? this.#levels.pop() : undefined;
    if (closed === undefined) return;
    const top = this.#top();
    this.#enclosing -= top.operators + top.dots;
    top.mostDots = Math.max(top.mostDots, top.dots);
    top.child = Math.max(top.child, depthOf(closed));
  }

  #count(token: string): void {
    const top = this.#top();
    if (token === ".") top.dots += 1;
    top.mostDots = Math.max(top.mostDots, top.dots);
    if (deepening.has(token)) top.operators += 1;
    if (deepening.has(token) || token === ",") top.dots = 0;
  }
}

function freshLevel(): Level {
  return { operators: 0, dots: 0, mostDots: 0, child: 0 };
}

function depthOf(level: Level): number {
  return level.operators + level.mostDots + level.child;
}
