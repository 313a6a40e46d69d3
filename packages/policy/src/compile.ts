import type { PolicySet, ValidationError } from "@cedar-policy/cedar-wasm/nodejs";
import { FogboundError } from "@fogbound/errors";
import { type Cedar, callWasm } from "./engine.js";
import { invalidAt, invalidByCedar } from "./invalid.js";
import { schema } from "./schema.js";
import { splitPolicies } from "./split.js";
import { parseStatement, type Statement } from "./statement.js";

/**
 * The statements of a text, in order: parsed, checked against the schema, each able to apply, at least one a permit.
 *
 * @throws FogboundError `POLICY_INVALID` (see `Policy.parse`).
 */
export function compile(cedar: Cedar, text: string): readonly Statement[] {
  const statements = splitPolicies(text).map((source, index) => parseStatement(cedar, text, source, index + 1));
  checkComplete(cedar, text, statements);
  checkNames(text, statements);
  checkSchema(cedar, text, statements);
  if (statements.some(({ effect }) => effect === "permit")) return statements;
  const found = statements.length === 0 ? "no policy at all" : "forbids only";
  const message = `Expected at least one permit, got ${found}: nobody could ever be permitted anything. Add a permit.`;
  throw new FogboundError("POLICY_INVALID", message);
}

/** As Cedar takes them: under our names, which its diagnostics then speak of. */
export function policySetOf(statements: readonly Statement[]): PolicySet {
  return { staticPolicies: Object.fromEntries(statements.map(({ name, source }) => [name, source.text])) };
}

/** Should Cedar see a policy where we see a comment, a forbid could be lost: both must count the same. */
function checkComplete(cedar: Cedar, text: string, statements: readonly Statement[]): void {
  const parts = callWasm(cedar.policySetTextToParts, text);
  if (parts.type === "success" && parts.policies.length === statements.length) return;
  throw new FogboundError(
    "POLICY_INVALID",
    `Expected ${statements.length} policies, but Cedar reads another number. Remove unusual comments.`,
  );
}

function checkNames(text: string, statements: readonly Statement[]): void {
  const seen = new Set<string>();
  for (const { name, source } of statements) {
    if (seen.has(name))
      throw invalidAt(text, source.begins, `expected each @id once; got a second ${JSON.stringify(name)}.`);
    seen.add(name);
  }
}

function checkSchema(cedar: Cedar, text: string, statements: readonly Statement[]): void {
  const answer = callWasm(cedar.validate, {
    schema,
    policies: policySetOf(statements),
    validationSettings: { mode: "strict" },
  });
  if (answer.type === "failure")
    throw new FogboundError("POLICY_INVALID", answer.errors[0]?.message ?? "Cedar could not validate the policy.");
  const impossible = answer.validationWarnings.filter(({ error }) => error.message.includes("policy is impossible"));
  for (const { name, source } of statements) {
    const error = firstOf(answer.validationErrors, name);
    if (error !== undefined) throw invalidByCedar(text, source.start, source.text, error.error);
    if (firstOf(impossible, name) === undefined) continue;
    throw invalidAt(
      text,
      source.begins,
      "expected a policy that can apply; this one is false for every request. Correct it, or take it out.",
    );
  }
}

function firstOf(errors: readonly ValidationError[], name: string): ValidationError | undefined {
  const offset = ({ error }: ValidationError): number => error.sourceLocations?.[0]?.start ?? 0;
  return errors.filter(({ policyId }) => policyId === name).sort((one, other) => offset(one) - offset(other))[0];
}
