import type { Question } from "../src/evaluate.js";

/** A question that a plain rule for local#reader permits; each test changes what it is about. */
export function question(changes: Partial<Question> = {}): Question {
  return {
    reader: "local#reader",
    action: "view",
    item: { name: "report.pdf", mediaType: "application/pdf", size: 18_211 },
    time: new Date("2026-06-01T12:00:00.000Z"),
    address: "10.0.0.7",
    hostCountry: null,
    purpose: null,
    ordinals: new Map(),
    ...changes,
  };
}

export function item(name: string): Question["item"] {
  return { name, mediaType: "application/pdf", size: 1 };
}
