import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { decoyOf, example, learn } from "./helpers.js";

// Learning and making are work for the processor, and other tests run beside these.
vi.setConfig({ testTimeout: 300_000 });

interface Order {
  readonly id: string;
  readonly paid: boolean;
  readonly total: number;
  readonly customer: { readonly name: string; readonly city: string | null };
  readonly lines: readonly { readonly item: string; readonly count: number }[];
  readonly note?: string;
}

function orders(count: number): Order[] {
  return Array.from({ length: count }, (_, row) => {
    const mixed = (row * 7919 + 3) % 9973;
    return {
      id: `OR-${String(10_000_000 + ((row * 48_271_111) % 89_999_999))}`,
      paid: mixed % 3 !== 0,
      total: Math.round((mixed * mixed) / 37) / 100,
      customer: {
        name: `Customer ${[...String(mixed)].map((digit) => "qxjzkvwyhg"[Number(digit)]).join("u")}`,
        city: mixed % 5 === 0 ? null : (["Graz", "Linz", "Wien"][mixed % 3] ?? ""),
      },
      lines: Array.from({ length: mixed % 4 }, (_, line) => ({
        item: ["nut", "bolt"][(mixed + line) % 2] ?? "",
        count: mixed % 9,
      })),
      ...(mixed % 2 === 0 ? { note: `please ring ${mixed}` } : {}),
    };
  });
}

function shapeOf(value: unknown): string {
  if (Array.isArray(value)) return "list";
  return value === null ? "null" : typeof value;
}

describe("a decoy of a list of records", () => {
  test.each([
    ["indented by two", JSON.stringify(orders(200), null, 2)],
    ["indented by tabs, with a line end", `${JSON.stringify(orders(200), null, "\t")}\n`],
    ["without a blank", JSON.stringify(orders(200))],
    ["inside an object", JSON.stringify({ version: 3, result: { orders: orders(200) }, more: false }, null, 1)],
  ])("keeps schema and form: %s", async (_, text) => {
    const made = (await decoyOf(await learn(text, "orders.json"), text.length)).toString();
    expect(made.length).toBe(text.length);
    const value: unknown = JSON.parse(made);
    const list = (Array.isArray(value) ? value : (value as { result: { orders: unknown } }).result.orders) as Order[];
    expect(list.length).toBeGreaterThan(170);
    expect(list.length).toBeLessThan(230);
    for (const order of list) {
      expect(Object.keys(order).filter((name) => name !== "note")).toEqual([
        "id",
        "paid",
        "total",
        "customer",
        "lines",
      ]);
      expect(order.id).toMatch(/^OR-\d{8}$/);
      expect(shapeOf(order.paid)).toBe("boolean");
      expect(shapeOf(order.total)).toBe("number");
      expect([null, "Graz", "Linz", "Wien"]).toContain(order.customer.city);
      for (const line of order.lines) expect(["nut", "bolt"]).toContain(line.item);
    }
    expect(new Set(list.map(({ id }) => id)).size).toBe(list.length);
    const style = (json: string): string | undefined => /^[[{]\s*[[{"]/.exec(json)?.[0];
    expect(style(made)).toBe(style(text));
    expect(made.at(-1)).toBe(text.at(-1));
  });

  test("of lines, too", async () => {
    const text = orders(150)
      .map((order) => `${JSON.stringify(order)}\n`)
      .join("");
    const made = (await decoyOf(await learn(text, "orders.jsonl"), text.length)).toString();
    const lines = made.trimEnd().split("\n");
    expect(made.length).toBe(text.length);
    for (const line of lines) expect(JSON.parse(line)).toHaveProperty("customer.name");
    expect(lines.length).toBeGreaterThan(130);
  });

  test("holds no value that was rare", async () => {
    const text = JSON.stringify(orders(200), null, 2);
    const made = (await decoyOf(await learn(text, "orders.json"), text.length)).toString();
    for (const order of orders(200)) {
      expect(made).not.toContain(order.id);
      expect(made).not.toContain(`"${order.customer.name}"`);
    }
  });
});

test("JSON of any length but 0 parses", async () => {
  const list = JSON.stringify(orders(40), null, 2);
  const models = [await learn(list, "orders.json"), await learn(example("figures.json"), "figures.json")];
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 4000 }), fc.constantFrom(...models), async (length, model) => {
      const made = await decoyOf(model, length);
      expect(made.length).toBe(length);
      if (length > 0) expect(() => JSON.parse(made.toString())).not.toThrow();
    }),
    { numRuns: 60 },
  );
});

test("any JSON gets a decoy of its length that parses, or none", async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), fc.integer({ min: 1, max: 500 }), async (value, length) => {
      const text = JSON.stringify(value);
      const model = await learn(text, "any.json").catch(() => null);
      if (model === null) return;
      const made = await decoyOf(model, length);
      expect(made.length).toBe(length);
      expect(() => JSON.parse(made.toString())).not.toThrow();
    }),
    { numRuns: 60 },
  );
});
