import type { Check } from "./shape.js";

/**
 * The check digits of an identifier in canonical form, from what stands before and after them.
 *
 * @param check which; for `none` the result is empty
 */
export function checkDigits(check: Check, before: string, after: string): string {
  if (check === "luhn") return luhn(before);
  if (check === "ean") return ean(before);
  if (check === "iban") return iban(before, after);
  return "";
}

/** ISO/IEC 7812-1 annex B: every second digit counts double, from the right. */
function luhn(digits: string): string {
  let sum = 0;
  for (let place = 0; place < digits.length; place++) {
    const digit = Number(digits[digits.length - 1 - place]);
    const twice = place % 2 === 0 ? 2 * digit : digit;
    sum += twice > 9 ? twice - 9 : twice;
  }
  return String((10 - (sum % 10)) % 10);
}

/** GS1 General Specifications, 7.9: weights 3 and 1, from the right. */
function ean(digits: string): string {
  let sum = 0;
  for (let place = 0; place < digits.length; place++) {
    sum += Number(digits[digits.length - 1 - place]) * (place % 2 === 0 ? 3 : 1);
  }
  return String((10 - (sum % 10)) % 10);
}

/** ISO 13616-1, 7: 98 minus the number modulo 97, where the country stands behind and letters count from 10. */
function iban(country: string, account: string): string {
  let rest = 0;
  for (const character of `${account}${country}00`) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return String(98 - rest).padStart(2, "0");
}
