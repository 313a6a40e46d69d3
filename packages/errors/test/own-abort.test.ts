import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { OwnAbort } from "../src/index.js";

test("aborts with the other signal, and with its reason", () => {
  const other = new AbortController();
  const own = new OwnAbort(other.signal);
  expect(own.signal.aborted).toBe(false);
  other.abort("enough");
  expect(own.signal.reason).toBe("enough");
  expect(new OwnAbort(other.signal).signal.reason).toBe("enough");
});

test("aborts by itself, and leaves the other signal alone", () => {
  const other = new AbortController();
  const own = new OwnAbort(other.signal);
  own.abort("mine");
  expect(own.signal.reason).toBe("mine");
  expect(other.signal.aborted).toBe(false);
  other.abort("later");
  expect(own.signal.reason).toBe("mine");
});

test("leaves nothing behind in the other signal once it is released", () => {
  const other = new AbortController();
  const several = Array.from({ length: 100 }, () => new OwnAbort(other.signal));
  expect(getEventListeners(other.signal, "abort")).toHaveLength(1);
  for (const own of several) own.release();
  expect(getEventListeners(other.signal, "abort")).toHaveLength(0);
  other.abort();
  expect(several.some(({ signal }) => signal.aborted)).toBe(false);
});
