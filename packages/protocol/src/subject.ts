import { FogboundError } from "@fogbound/errors";

/** `issuer#subject`, never a bare name: two issuers may both know a "reader". */
export type Subject = `${string}#${string}`;

/** *view*: served inline, not to be stored. *download*: served as an attachment. Whoever sees can save. */
export type Action = "view" | "download";

export const actions: readonly Action[] = ["view", "download"];

export function isAction(value: unknown): value is Action {
  return value === "view" || value === "download";
}

const longestSubject = 512;

/** The two halves of a subject. The last `#` divides, as an issuer may be a URL with a fragment; a name may not. */
export interface SubjectParts {
  readonly issuer: string;
  readonly name: string;
}

/**
 * @throws FogboundError `FORMAT_INVALID` for a bare name, an empty half, a control character, a byte order
 * mark in front, text that is not well-formed Unicode in NFC (two spellings of one name would be two readers), or more
 * than 512 characters.
 */
export function parseSubject(text: string): SubjectParts {
  const at = text.lastIndexOf("#");
  const issuer = text.slice(0, Math.max(at, 0));
  const name = text.slice(at + 1);
  const sound = text.length <= longestSubject && text.isWellFormed() && text.normalize("NFC") === text;
  if (at > 0 && name !== "" && sound && !/^\u{feff}|\p{Cc}/u.test(text)) return { issuer, name };
  throw new FogboundError(
    "FORMAT_INVALID",
    `Expected a subject written issuer#name (such as "local#reader"), got ${JSON.stringify(text.slice(0, 80))}.`,
  );
}

export function isSubject(text: string): text is Subject {
  try {
    parseSubject(text);
    return true;
  } catch {
    return false;
  }
}
