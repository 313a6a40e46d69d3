import type { CedarValueJson, Entities } from "@cedar-policy/cedar-wasm/nodejs";
import { type Action, isAction, parseSubject, type Subject } from "@fogbound/protocol";
import { canonicalAddress } from "./address.js";
import { shown } from "./cedar-string.js";
import { callWasm } from "./engine.js";
import type { Prepared } from "./prepared.js";

/** What an authority asks, with everything it knows. */
export interface Question {
  /** Proved by the session. */
  readonly reader: Subject;
  readonly action: Action;
  /** As the manifest has it; `size` in bytes. */
  readonly item: { readonly name: string; readonly mediaType: string; readonly size: number };
  /** The authority's own clock. */
  readonly time: Date;
  /** The host's word; null, or text that is no address, is an unknown address. */
  readonly address: string | null;
  /** The host's word; ISO 3166-1 alpha-2. */
  readonly hostCountry: string | null;
  /** The reader's word. Default: null. */
  readonly readerCountry?: string | null;
  /** The reader's word. */
  readonly purpose: string | null;
  /** By id of counting rule, the ordinal of this very request's record, from 1. A rule without one counts as used up. */
  readonly ordinals: ReadonlyMap<string, number>;
}

/** The part of a question that stays the same when another time is tried. */
export interface Asked {
  readonly question: Question;
  readonly entities: Entities;
}

/** @throws TypeError or RangeError for what no wire format lets through. @throws FogboundError `FORMAT_INVALID` for a bad subject. */
export function ask(prepared: Prepared, question: Question): Asked {
  const { item } = question;
  if (!isAction(question.action))
    throw new TypeError(`Expected view or download as action, got ${shown(question.action)}.`);
  const texts = [
    item.name,
    item.mediaType,
    question.address,
    question.hostCountry,
    question.readerCountry ?? null,
    question.purpose,
  ];
  for (const text of texts) {
    if (text === null || (typeof text === "string" && text.isWellFormed())) continue;
    throw new TypeError(`Expected well-formed text in the question, got ${shown(text)}.`);
  }
  if (!Number.isSafeInteger(item.size) || item.size < 0)
    throw new RangeError(`Expected a size in bytes, got ${shown(item.size)}.`);
  if (!/^\d{4}-/.test(isoTime(question.time)))
    throw new RangeError(`Expected a time of the years 0 to 9999, got ${shown(question.time)}.`);
  const parts = parseSubject(question.reader);
  const reads = [...prepared.statements.values()].some(({ mentions }) => mentions.attributes);
  return { question, entities: reads ? entitiesOf(question, { ...parts }) : [] };
}

/**
 * The permits that apply at this time, limits aside, in the order of the text; none where a forbid applies. Any error
 * of an evaluation is a denial: Cedar skips a policy that fails, and the one skipped could be the forbid.
 */
export function permitsAt(prepared: Prepared, { question, entities }: Asked, time: Date): readonly string[] {
  const answer = callWasm(prepared.cedar.statefulIsAuthorized, {
    principal: { type: "Reader", id: question.reader },
    action: { type: "Action", id: question.action },
    resource: { type: "Item", id: question.item.name },
    context: contextOf(question, time),
    preparsedPolicySetId: prepared.slot,
    entities,
  });
  if (answer.type === "failure") return [];
  const { decision, diagnostics } = answer.response;
  if (decision !== "allow" || diagnostics.errors.length > 0) return [];
  return [...prepared.statements.keys()].filter((name) => diagnostics.reason.includes(name));
}

function isoTime(time: Date): string {
  return Number.isNaN(time.getTime()) ? "" : time.toISOString();
}

function contextOf(question: Question, time: Date): Record<string, CedarValueJson> {
  const address = question.address === null ? null : canonicalAddress(question.address);
  return {
    authority: { time: extension("datetime", time.toISOString()) },
    host: present({ address: address === null ? null : extension("ip", address), country: question.hostCountry }),
    reader: present({ purpose: question.purpose, country: question.readerCountry ?? null }),
    idp: {},
  };
}

function extension(fn: string, arg: string): CedarValueJson {
  return { __extn: { fn, arg } };
}

function present(values: Record<string, CedarValueJson>): Record<string, CedarValueJson> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

function entitiesOf(question: Question, reader: Record<string, string>): Entities {
  const { name, mediaType, size } = question.item;
  return [
    { uid: { type: "Reader", id: question.reader }, attrs: reader, parents: [] },
    { uid: { type: "Item", id: name }, attrs: { name, mediaType, size }, parents: [] },
  ];
}
