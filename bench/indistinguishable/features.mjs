import { deflateRawSync } from "node:zlib";

/** What anybody can count in a piece of text without knowing what it is about. All are shares, means or ratios. */
export const features = {
  "lower-case letters": (text) => share(text, /[a-z]/g),
  "upper-case letters": (text) => share(text, /[A-Z]/g),
  digits: (text) => share(text, /\d/g),
  blanks: (text) => share(text, / /g),
  signs: (text) => share(text, /[^\w\s]/g),
  "beyond ASCII": (text) => share(text, /[^\0-\x7f]/g),
  "deflated size": (text) => deflateRawSync(text).length / Math.max(1, Buffer.byteLength(text)),
  "line length": (text) => mean(lines(text).map(({ length }) => length)),
  "spread of line lengths": (text) => spread(lines(text).map(({ length }) => length)),
  "lines that come twice": (text) => repeated(lines(text)),
  "word length": (text) => mean(words(text).map(({ length }) => length)),
  "spread of word lengths": (text) => spread(words(text).map(({ length }) => length)),
  "words that come twice": (text) => repeated(words(text)),
  "pairs of words that come twice": (text) => repeated(pairs(words(text))),
  "vowels among letters": (text) => share(words(text).join(""), /[aeiou]/gi),
  "frequent pairs of letters": (text) => share(words(text).join(" ").toLowerCase(), /th|he|in|er|an|re|on|at|en|nd/g),
  "words without a vowel": (text) => ratio(words(text), (word) => word.length > 2 && !/[aeiouy]/i.test(word)),
  "words with a capital": (text) => ratio(words(text), (word) => /^[A-Z][a-z]/.test(word)),
  "words behind a comma": (text) => share(text, /, [a-z]/g),
  "digits of a number": (text) => mean(numbers(text).map(({ length }) => length)),
  "numbers that come twice": (text) => repeated(numbers(text).filter(({ length }) => length > 1)),
  "numbers ending in 0": (text) => ratio(numbers(text), (number) => number.length > 1 && number.endsWith("0")),
  "numbers beginning with 1": (text) => ratio(numbers(text), (number) => number.startsWith("1")),
  "evenness of last digits": (text) => evenness(numbers(text).map((number) => number.at(-1))),
  "numbers like the one a line above": (text) => alikeBelow(lines(text)),
  "entropy of characters": (text) => entropy([...text]),
};

/** What can be counted in a file without opening it. Its length is none of it: decoys have the original's. */
export const fileFeatures = {
  "entropy of bytes": (bytes) => entropy([...bytes.subarray(0, 65_536)]),
  "deflated size": (bytes) => deflateRawSync(bytes).length / bytes.length,
  "printable bytes": (bytes) => bytes.filter((byte) => byte >= 32 && byte < 127).length / bytes.length,
  objects: (bytes) => count(bytes, " obj"),
  streams: (bytes) => count(bytes, "endstream"),
  fonts: (bytes) => count(bytes, "/Font"),
  "embedded fonts": (bytes) => count(bytes, "/FontFile"),
  "object streams": (bytes) => count(bytes, "/ObjStm"),
  entries: (bytes) => count(bytes, "PK\u0003\u0004"),
  "longest run of one byte": (bytes) => longestRun(bytes) / bytes.length,
};

function count(bytes, token) {
  return bytes.toString("latin1").split(token).length - 1;
}

/** Of equal bytes. */
function longestRun(bytes) {
  let [longest, run] = [0, 0];
  for (const [at, byte] of bytes.entries()) {
    run = byte === bytes[at - 1] ? run + 1 : 1;
    longest = Math.max(longest, run);
  }
  return longest;
}

function lines(text) {
  return text.split(/\r?\n/).filter((line) => line !== "");
}

function words(text) {
  return text.match(/\p{L}+/gu) ?? [];
}

function numbers(text) {
  return text.match(/\d+/g) ?? [];
}

function pairs(some) {
  return some.slice(1).map((word, at) => `${some[at]} ${word}`);
}

function share(text, expression) {
  return (text.match(expression) ?? []).length / Math.max(1, text.length);
}

function ratio(some, accepts) {
  return some.filter(accepts).length / Math.max(1, some.length);
}

function repeated(some) {
  return 1 - new Set(some).size / Math.max(1, some.length);
}

function mean(some) {
  return some.reduce((sum, one) => sum + one, 0) / Math.max(1, some.length);
}

function spread(some) {
  const middle = mean(some);
  return Math.sqrt(mean(some.map((one) => (one - middle) ** 2))) / Math.max(1e-9, middle);
}

function entropy(some) {
  const counts = new Map();
  for (const one of some) counts.set(one, (counts.get(one) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / some.length) * Math.log2(count / some.length), 0);
}

function evenness(some) {
  return some.length === 0 ? 0 : entropy(some) / Math.log2(10);
}

/** How close the first numbers of neighbouring lines are, beside any two lines. */
function alikeBelow(some) {
  const firsts = some
    .map((line) => Number(/\d+(\.\d+)?/.exec(line)?.[0] ?? Number.NaN))
    .filter((one) => !Number.isNaN(one));
  const near = mean(firsts.slice(1).map((one, at) => Math.abs(one - firsts[at])));
  const far = mean(firsts.slice(7).map((one, at) => Math.abs(one - firsts[at])));
  return far === 0 ? 1 : near / far;
}
