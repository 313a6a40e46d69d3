const regions = ["north", "east", "south", "west", "coast", "hills", "lakes", "valley"];
const years = [2021, 2022, 2023, 2024, 2025];
const firstNames = ["Anna", "Jonas", "Mira", "Paul", "Lea", "Tom", "Ida", "Max", "Nora", "Emil", "Ruth", "Karl"];
const lastNames = ["Berger", "Huber", "Novak", "Maier", "Gruber", "Winkler", "Fuchs", "Koch", "Wolf", "Moser", "Lang"];
const rows = 80;

/** A folder of customer lists, forty of them, the same at every run: invented people with numbers that look like numbers. */
export function customerLists() {
  const random = generator(2013);
  return regions.flatMap((region) =>
    years.map((year) => ({
      name: `customers/${region}/${year}.csv`,
      mediaType: "text/csv",
      text: listOf(random, year),
    })),
  );
}

function listOf(random, year) {
  const lines = Array.from({ length: rows }, () => lineOf(random, year));
  return ["customer,name,email,since,revenue", ...lines, ""].join("\n");
}

function lineOf(random, year) {
  const [first, last] = [pick(random, firstNames), pick(random, lastNames)];
  const digits = (length) => String(Math.floor(random() * 10 ** length)).padStart(length, "0");
  const day = `${year}-${String(1 + Math.floor(random() * 12)).padStart(2, "0")}-${String(1 + Math.floor(random() * 28)).padStart(2, "0")}`;
  const mail = `${first}.${last}${digits(2)}@example.com`.toLowerCase();
  return [`C-${digits(8)}`, `${first} ${last}`, mail, day, (random() ** 2 * 90_000).toFixed(2)].join(",");
}

function pick(random, list) {
  return list[Math.floor(random() * list.length)];
}

/** Mulberry32: small, fast, good enough for a story. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
