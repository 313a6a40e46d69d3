import type { Faker } from "@faker-js/faker";
import { en } from "@faker-js/faker";

/** What faker makes for a column, by its own name for it. */
export type FakeKind = keyof typeof makers;

export interface FakeValues {
  readonly kind: "fake";
  readonly of: FakeKind;
  readonly letters: "as-it-is" | "upper" | "lower";
  /** Quantiles of the length in characters. */
  readonly lengths: readonly number[];
}

const streetEnd =
  "st|ave|rd|dr|blvd|ln|ct|pl|way|hwy|street|avenue|road|drive|boulevard|lane|court|place|square|highway";
const street = new RegExp(`^(\\d+|[a-z]+ &|[a-z]) .*\\b(${streetEnd})\\b\\.?`, "i");
const email = /^[^\s@]+@[^\s@]+\.[a-z]{2,}$/i;

interface Recogniser {
  readonly of: FakeKind;
  /** Of a label in lower case, words parted by single blanks; `null` when the values alone decide. */
  readonly label: RegExp | null;
  readonly share: number;
  readonly accepts: (value: string) => boolean;
}

const lists = {
  first: setOf(en.person?.first_name?.generic, en.person?.first_name?.female, en.person?.first_name?.male),
  last: setOf(en.person?.last_name?.generic),
  city: setOf(en.location?.city_name),
  state: setOf(en.location?.state),
  stateCode: setOf(en.location?.state_abbr),
  country: setOf(en.location?.country),
  countryCode: setOf((en.location?.country_code ?? []).map(({ alpha2 }) => alpha2)),
};

const twoNames = (value: string): boolean => /^\p{Lu}[\p{L}.'-]*( \p{Lu}[\p{L}.'-]*){1,3}$/u.test(value);
const someName = (value: string): boolean => /^\p{L}[\p{L}.' -]*$/u.test(value);
const anything = (value: string): boolean => /\p{L}{2}/u.test(value);

const recognisers: readonly Recogniser[] = [
  { of: "email", label: null, share: 0.9, accepts: (value) => email.test(value) },
  { of: "country", label: null, share: 0.5, accepts: isIn(lists.country) },
  { of: "state", label: null, share: 0.8, accepts: isIn(lists.state) },
  { of: "state-code", label: /state|province/, share: 0.8, accepts: isIn(lists.stateCode) },
  { of: "country-code", label: /country|iso|nation/, share: 0.8, accepts: isIn(lists.countryCode) },
  { of: "first-name", label: null, share: 0.6, accepts: isIn(lists.first) },
  { of: "last-name", label: /last|sur|family/, share: 0.6, accepts: someName },
  { of: "last-name", label: null, share: 0.6, accepts: isIn(lists.last) },
  { of: "first-name", label: /first|given|fore/, share: 0.6, accepts: someName },
  {
    of: "last-first",
    label: null,
    share: 0.6,
    accepts: (value) => isIn(lists.first)(value.split(/, | /)[1] ?? "") && value.includes(", "),
  },
  {
    of: "full-name",
    label: null,
    share: 0.4,
    accepts: (value) => twoNames(value) && isIn(lists.first)(value.split(" ")[0] ?? ""),
  },
  { of: "street", label: null, share: 0.5, accepts: (value) => street.test(value) },
  { of: "city", label: null, share: 0.5, accepts: isIn(lists.city) },
  { of: "city", label: /\b(city|town|place)\b/, share: 0.7, accepts: someName },
  { of: "company", label: /company|employer|vendor|supplier|organi[sz]ation|firm/, share: 0.7, accepts: anything },
  { of: "job", label: /\b(job|occupation|position)\b/, share: 0.7, accepts: anything },
];

/** What a column of texts holds that faker can make; `null` when it is none of it. */
export function fakeOf(texts: readonly string[], label: string): FakeKind | null {
  const words = label.replaceAll(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
  const fitting = recognisers.find(
    (one) =>
      (one.label === null || one.label.test(words)) && texts.filter(one.accepts).length >= one.share * texts.length,
  );
  return fitting?.of ?? null;
}

const makers = {
  "first-name": (faker: Faker): string => faker.person.firstName(),
  "last-name": (faker: Faker): string => faker.person.lastName(),
  "full-name": (faker: Faker): string => `${faker.person.firstName()} ${faker.person.lastName()}`,
  "last-first": (faker: Faker): string => `${faker.person.lastName()}, ${faker.person.firstName()}`,
  city: (faker: Faker): string => faker.location.city(),
  state: (faker: Faker): string => faker.location.state(),
  "state-code": (faker: Faker): string => faker.location.state({ abbreviated: true }),
  country: (faker: Faker): string => faker.location.country(),
  "country-code": (faker: Faker): string => faker.location.countryCode(),
  street: (faker: Faker): string => faker.location.streetAddress(),
  company: (faker: Faker): string => faker.company.name(),
  job: (faker: Faker): string => faker.person.jobTitle(),
  email: (faker: Faker): string => faker.internet.email().toLowerCase(),
  address: (faker: Faker): string => `${faker.location.streetAddress()}, ${faker.location.city()}`,
};

export const fakeKinds: readonly FakeKind[] = Object.keys(makers) as FakeKind[];

export function makeFake(values: FakeValues, faker: Faker): string {
  const text = makers[values.of](faker);
  if (values.letters === "upper") return text.toUpperCase();
  return values.letters === "lower" ? text.toLowerCase() : text;
}

export function lettersOf(texts: readonly string[]): FakeValues["letters"] {
  const share = (change: (text: string) => string): boolean =>
    texts.filter((text) => text === change(text)).length > 0.9 * texts.length;
  if (share((text) => text.toUpperCase())) return "upper";
  return share((text) => text.toLowerCase()) ? "lower" : "as-it-is";
}

function setOf(...some: readonly (readonly string[] | null | undefined)[]): ReadonlySet<string> {
  return new Set(some.flatMap((list) => list ?? []).map((value) => value.toLowerCase()));
}

function isIn(list: ReadonlySet<string>): (value: string) => boolean {
  return (value) => list.has(value.toLowerCase());
}
