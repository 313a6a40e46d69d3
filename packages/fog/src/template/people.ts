import type { Faker } from "@faker-js/faker";
import { escapeText } from "./escape-text.js";
import { slot } from "./slots.js";

/** Authors that programs invent, and everybody shares. */
const nobody =
  /^(?:openpyxl|python-docx|apache poi|docx|exceljs|xlsxwriter|phpspreadsheet|un-named|unknown|unknown creator|administrator|admin|user|owner|windows user|microsoft office user|microsoft account|microsoft office|author)$/i;

/** How the names of people in metadata look. */
type PersonForm = "full" | "last-first" | "login" | "upper-login" | "mail" | "first";

function formOf(name: string): PersonForm {
  if (name.includes("@")) return "mail";
  if (name.includes(",")) return "last-first";
  if (/\s/.test(name)) return "full";
  if (name === name.toLowerCase()) return "login";
  return name === name.toUpperCase() ? "upper-login" : "first";
}

/** A slot for somebody else's name of the same kind; equal names get equal ones. */
export function personSlot(role: string, name: string): string {
  const trimmed = name.trim();
  return nobody.test(trimmed) ? escapeText(name) : slot(`person:${formOf(trimmed)}:${role}`);
}

/** What a name is shortened to. */
export function initialsOf(name: string): string {
  const first = name.match(/(?<!\S)\p{L}/gu) ?? [];
  return first.slice(0, 3).join("").toUpperCase();
}

export function madePerson(form: string, faker: Faker): string {
  const [first, last] = [faker.person.firstName(), faker.person.lastName()];
  const login = `${first.charAt(0)}${last}`.replaceAll(/[^A-Za-z]/g, "").toLowerCase();
  switch (form) {
    case "mail":
      return faker.internet.email({ firstName: first, lastName: last }).toLowerCase();
    case "last-first":
      return `${last}, ${first}`;
    case "login":
      return login;
    case "upper-login":
      return login.toUpperCase();
    case "first":
      return first;
    default:
      return `${first} ${last}`;
  }
}
