import type { ErrorCode } from "@fogbound/errors";
import { expect } from "vitest";
import type { EmbeddedAuthority } from "../src/index.js";
import { readJournal } from "./journal-reader.js";
import { ask, type Papers, type World } from "./kit.js";

/** The decisions that the journal tells, in order. */
export async function decisionsOf(world: World, authority: EmbeddedAuthority): Promise<readonly string[]> {
  const journal = await readJournal(world, authority);
  return journal.flatMap(({ body }) => (body.kind === "answered" ? [body.decision] : []));
}

/** Nothing came back but a code of ours, and nothing at all was journalled. */
export async function expectRefused(
  world: World,
  authority: EmbeddedAuthority,
  code: ErrorCode,
  attempt: () => Promise<unknown>,
): Promise<void> {
  const before = await journalled(world, authority);
  await expect(attempt()).rejects.toMatchObject({ name: "FogboundError", code });
  expect(await journalled(world, authority)).toEqual(before);
}

async function journalled({ capsule }: World, authority: EmbeddedAuthority): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const name of authority.journal(capsule).list()) if (/\/\d{8}$/.test(name)) names.push(name);
  return names;
}

/** Shows that what was refused before was refused for its forgery: the same host, asked honestly, is answered. */
export async function expectPermitted(authority: EmbeddedAuthority, papers: Papers): Promise<void> {
  const { answer, share } = await ask(authority, papers);
  expect(answer.decision).toBe("permit");
  expect(share).not.toBeNull();
}
