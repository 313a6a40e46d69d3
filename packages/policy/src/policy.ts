import { writeRule } from "./builder.js";
import { checkRule, type Rule } from "./rule.js";
import { namesOf, validatePolicy } from "./validate.js";

/**
 * Who may do what with a capsule's items: Cedar text that travels in the capsule. Immutable. Nothing is allowed that no
 * rule allows, and a forbid wins over every allow.
 */
export class Policy {
  /** The text, as an authority will read it. */
  readonly cedar: string;
  readonly #names: ReadonlySet<string>;

  private constructor(cedar: string, names: ReadonlySet<string>) {
    this.cedar = cedar;
    this.#names = names;
    Object.freeze(this);
  }

  /**
   * A policy of these rules, named r1, r2, … in their order; an access needs one of them.
   *
   * @throws TypeError or RangeError for a rule that is not one (see `Rule`), or none at all.
   */
  static allow(...rules: readonly [Rule, ...Rule[]]): Policy {
    return Policy.#extend("", new Set(), "permit", rules);
  }

  /**
   * A policy from Cedar text, as somebody wrote it or `cedar` gave it.
   *
   * @throws FogboundError `POLICY_INVALID` with line, column and what was expected: text that does not parse or does
   * not fit the schema, a template, no permit at all, a policy that can never apply, an unknown annotation, `@uses`
   * without an `@id` or on a forbid, two policies of one `@id`, or more than Cedar can safely evaluate.
   * @throws TypeError when the text is not a string.
   */
  static async parse(cedar: string): Promise<Policy> {
    await validatePolicy(cedar);
    return new Policy(cedar, await namesOf(cedar));
  }

  /**
   * This policy and these forbids. A forbid with networks also holds for an unknown address, one with purposes for no
   * purpose: what is not known to be outside is forbidden.
   *
   * @throws TypeError or RangeError as `allow`, and for `uses`.
   */
  forbid(...rules: readonly [Rule, ...Rule[]]): Policy {
    return Policy.#extend(`${this.cedar.trimEnd()}\n\n`, this.#names, "forbid", rules);
  }

  static #extend(
    before: string,
    taken: ReadonlySet<string>,
    effect: "permit" | "forbid",
    rules: readonly Rule[],
  ): Policy {
    if (rules.length === 0)
      throw new TypeError("Expected one or more rules, got none. Give what is allowed or forbidden.");
    const names = new Set(taken);
    const texts = rules.map((rule, index) => {
      checkRule(rule, effect, index + 1);
      return writeRule(rule, effect, freshName(names));
    });
    return new Policy(before + texts.join("\n"), names);
  }
}

/** The next r-number, added to the names. */
function freshName(names: Set<string>): string {
  let number = names.size + 1;
  while (names.has(`r${number}`)) number += 1;
  names.add(`r${number}`);
  return `r${number}`;
}
