import { rm, stat } from "node:fs/promises";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Collector, cheap, Desk, expectNoStackTrace } from "./kit.js";

/** A keyboard whose owner types an answer each time the screen shows a question. */
class Person extends PassThrough {
  readonly isTTY = true;
  readonly screen = new Screen();
  #answers: readonly (readonly [question: string, answer: string | ((screen: string) => string)])[] = [];

  constructor() {
    super();
    this.screen.onText = (shown) => this.#look(shown);
  }

  setRawMode(): this {
    return this;
  }

  will(...answers: readonly (readonly [question: string, answer: string | ((screen: string) => string)])[]): this {
    this.#answers = answers;
    return this;
  }

  get unasked(): readonly string[] {
    return this.#answers.map(([question]) => question);
  }

  #look(shown: string): void {
    const [next, ...rest] = this.#answers;
    if (next === undefined || !shown.includes(next[0])) return;
    this.#answers = rest;
    this.screen.forget();
    const answer = typeof next[1] === "string" ? next[1] : next[1](this.screen.text);
    setImmediate(() => this.write(answer));
  }
}

class Screen extends Collector {
  onText: (shown: string) => void = () => undefined;
  #seen = 0;

  constructor() {
    super({ terminal: true });
  }

  /** What was shown so far is not looked at again. */
  forget(): void {
    this.#seen = this.text.length;
  }

  override _write(chunk: Buffer, encoding: string, done: () => void): void {
    super._write(chunk, encoding, done);
    this.onText(this.text.slice(this.#seen));
  }
}

const enter = "\r";
const interrupt = "\u0003";
const shownKey = /\n {2}([A-Z0-9-]{40,})\n/;
const lastSix = (screen: string): string => (shownKey.exec(screen)?.[1] ?? "").replaceAll("-", "").slice(-6);

describe("prompts", () => {
  let desk: Desk;

  beforeEach(async () => {
    desk = await Desk.open();
  });

  afterEach(() => desk.close());

  const asked = async (person: Person, ...argv: readonly string[]) => {
    const environment = { FOGBOUND_PASSPHRASE_FILE: "" };
    const ran = await desk.run(argv, { stdin: person, stderr: person.screen, environment });
    expect(person.unasked).toEqual([]);
    expectNoStackTrace(ran.stderr);
    return ran;
  };

  it("init asks for a passphrase twice, shows the recovery key once, and its end has to be typed", async () => {
    const person = new Person().will(
      ["New passphrase", `correct horse${enter}`],
      ["The same again", `correct horse${enter}`],
      ["last six characters", (screen) => `${lastSix(screen).toLowerCase()}${enter}`],
    );
    const { exitCode, stdout, stderr } = await asked(person, "init", ...cheap);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr });
    expect(stdout).toMatch(/^own_[a-z2-7]{26}\n$/);
    expect(stderr.split(shownKey.exec(stderr)?.[1] ?? "").length).toBe(2);
    expect(stderr).not.toContain("correct horse");
    const reading = new Person().will(["Passphrase of", `correct horse${enter}`]);
    expect((await asked(reading, "list")).exitCode).toBe(0);
  });

  it("a recovery key that is not typed back leaves no key", async () => {
    const person = new Person().will(
      ["New passphrase", `correct horse${enter}`],
      ["The same again", `correct horse${enter}`],
      ["last six characters", `AAAAAA${enter}`],
      ["last six characters", `BBBBBB${enter}`],
      ["last six characters", enter],
    );
    const { exitCode, stdout, stderr } = await asked(person, "init", ...cheap);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toContain("The recovery key was not typed back, so no key was made");
    await expectNoKey();
  });

  it("Ctrl-C at a prompt is 130, and leaves no key", async () => {
    const person = new Person().will(
      ["New passphrase", `correct horse${enter}`],
      ["The same again", `correct horse${enter}`],
      ["last six characters", interrupt],
    );
    expect((await asked(person, "init", ...cheap)).exitCode).toBe(130);
    await expectNoKey();
  });

  it("two passphrases that differ make no key", async () => {
    const person = new Person().will(["New passphrase", `one${enter}`], ["The same again", `two${enter}`]);
    const { exitCode } = await asked(person, "key", "new", "-o", "a.key", ...cheap);
    expect(exitCode).toBe(8);
    await expect(stat(desk.path("a.key"))).rejects.toThrow("ENOENT");
  });

  it("revoking everything is asked for, and no is the answer that is meant", async () => {
    await desk.done("init", "--recovery-key", "r.txt", ...cheap);
    await desk.write("a.txt", "a");
    const capsule = await desk.done("seal", "a.txt", "--record-only");
    const person = new Person().will(["Revoke everything", enter]);
    const { exitCode, stderr } = await asked(person, "revoke", capsule);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("Nothing was revoked.");
    expect(await desk.done("list")).toContain("published");
    await desk.done("revoke", capsule, "--yes");
    expect(await desk.done("list")).toContain("revoked");
  });

  it("a closed terminal on either side asks nothing", async () => {
    await desk.done("init", "--recovery-key", "r.txt", ...cheap);
    await rm(desk.environment.FOGBOUND_PASSPHRASE_FILE ?? "");
    const environment = { FOGBOUND_PASSPHRASE_FILE: "" };
    for (const options of [{ stdin: new Person() }, { stderr: new Collector({ terminal: true }) }]) {
      const { exitCode, stderr } = await desk.run(["list"], { ...options, environment });
      expect(exitCode).toBe(2);
      expect(stderr).toContain("FOGBOUND_PASSPHRASE_FILE");
    }
  });

  async function expectNoKey(): Promise<void> {
    const keyFile = `${desk.environment.XDG_CONFIG_HOME}/fogbound/owner.key`;
    for (const path of [keyFile, desk.path("fogbound.json")]) await expect(stat(path)).rejects.toThrow("ENOENT");
  }
});
