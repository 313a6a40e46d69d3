import type { AuthorityId, BreakGlass, InstanceId } from "@fogbound/protocol";
import type { Access } from "./access.js";
import type { Context } from "./context.js";
import { paper } from "./findings.js";
import type { OpenedRecord } from "./records.js";

type Answered = Extract<OpenedRecord, { kind: "answered" }>;

/** A release without a receipt, as far as it counts. */
interface Release {
  readonly authority: AuthorityId;
  readonly request: string;
  readonly journal: string;
  /** By the authority's clock. */
  readonly granted: number;
  /** When its journal entry was sequenced, by the harmonizer's. */
  readonly deposited: number;
  readonly epoch: string;
  readonly limits: BreakGlass;
}

const mostReleases = 100_000;

/** What was released while an authority could not reach the harmonizer. */
export class Releases {
  readonly #releases: Release[] = [];
  /** For each epoch of a journal, how much the harmonizer's clock can be ahead of the authority's at most. */
  readonly #ahead: Map<string, number> = new Map();

  /** Every entry of a journal: none is sequenced before it is written, so each bounds the difference of the clocks. */
  see({ stand, body }: Answered): void {
    const epoch = epochOf(stand.header);
    this.#ahead.set(epoch, Math.min(this.#ahead.get(epoch) ?? Number.POSITIVE_INFINITY, stand.time - body.time));
  }

  add(release: Release): void {
    if (this.#releases.length < mostReleases) this.#releases.push(release);
  }

  /**
   * Those that went beyond what one outage allows. Two are of one outage when the first was not yet sequenced as the
   * second was granted: an honest authority begins a new one only when its whole journal has arrived.
   */
  *beyond(): Generator<{ readonly release: Release; readonly because: string }, void, undefined> {
    const outages = new Map<AuthorityId, { began: number; until: number; count: number }>();
    for (const release of [...this.#releases].sort((one, other) => one.granted - other.granted)) {
      const { authority, granted, deposited, epoch, limits } = release;
      const until = deposited - (this.#ahead.get(epoch) ?? 0);
      const known = outages.get(authority);
      const outage = known !== undefined && granted <= known.until ? known : { began: granted, until, count: 0 };
      outages.set(authority, outage);
      outage.count++;
      outage.until = Math.max(outage.until, until);
      if (outage.count > limits.releases)
        yield { release, because: `is number ${outage.count} of one outage, of ${limits.releases} allowed` };
      else if (granted - outage.began > limits.seconds * 1000)
        yield { release, because: `came later than ${limits.seconds} s after the first of its outage` };
    }
  }
}

/** One permit that an authority journaled without a receipt: told in every case, with both signed papers. */
export function judgeRelease(context: Context, access: Access, one: Answered, limits: BreakGlass | null): void {
  const { findings, releases } = context;
  const { authority, body, stand } = one;
  const shown = access.delivered.flatMap(({ answers }) => answers.filter((answer) => answer !== null));
  const answers = shown.filter(({ value }) => value.authority === authority).map(({ bytes }) => paper("answer", bytes));
  const evidence = [
    `journal sha256 ${stand.hash}`,
    paper("request", body.request),
    paper("session", body.session),
    ...answers,
  ];
  const released = `${authority} released a key for request ${access.id} without a receipt`;
  if (limits === null || body.leaseSeconds > 0) {
    const because = limits === null ? "which the manifest does not allow" : "and with a lease, which nobody counts";
    findings.add("BREAK_GLASS", "broken", `${released}, ${because}.`, evidence);
    return;
  }
  const sequenced = Math.max(stand.time, access.asked[0]?.stand.time ?? 0);
  const seconds = Math.max(0, Math.ceil((sequenced - body.time) / 1000));
  const sentence = `${released}, at ${new Date(body.time).toISOString()}, as the manifest allows while the harmonizer is away; it was on record there ${seconds} s later.`;
  findings.add("BREAK_GLASS", "repaired", sentence, evidence);
  releases.add({
    authority,
    request: access.id,
    journal: stand.hash,
    granted: body.time,
    deposited: stand.time,
    epoch: epochOf(stand.header),
    limits,
  });
}

/** What all of them together come to. */
export function judgeOutages({ findings, releases }: Context): void {
  for (const { release, because } of releases.beyond()) {
    const { authority, request, journal } = release;
    const sentence = `The release by ${authority} for request ${request} without a receipt ${because}.`;
    findings.add("BREAK_GLASS", "broken", sentence, [`journal sha256 ${journal}`, `request sha256 ${request}`]);
  }
}

function epochOf({ instance, epoch }: { readonly instance: InstanceId; readonly epoch: number }): string {
  return `${instance} ${epoch}`;
}
