import type { FogStep } from "./fog.js";
import type { AuthorityId, CapsuleId, InstanceId } from "./identifiers.js";
import type { Subject } from "./subject.js";

/**
 * What somebody should be told at once, and not only in the next audit. `time` and `since` are milliseconds since 1970,
 * by the clock of whoever raises it. New kinds may come.
 */
export type Alert =
  /** Raised once for each outage, by a host or an authority. `since` is when that one noticed it first. */
  | {
      readonly kind: "harmonizer-unreachable";
      readonly by: "host" | "authority";
      readonly capsule: CapsuleId;
      readonly since: number;
    }
  | { readonly kind: "authority-unreachable"; readonly capsule: CapsuleId; readonly since: number }
  /** A key left without a receipt, as the manifest allows. */
  | {
      readonly kind: "break-glass-granted";
      readonly authority: AuthorityId;
      readonly capsule: CapsuleId;
      readonly instance: InstanceId;
      /** The how-manieth of this outage, and how many the manifest allows. */
      readonly release: number;
      readonly most: number;
      readonly time: number;
    }
  | {
      readonly kind: "break-glass-refused";
      readonly authority: AuthorityId;
      readonly capsule: CapsuleId;
      readonly because: string;
      readonly time: number;
    }
  /** Raised once until the sink takes something again. Nothing is lost: what is not pushed is kept. */
  | {
      readonly kind: "sink-failing";
      readonly sink: string;
      readonly capsule: CapsuleId;
      readonly since: number;
      readonly because: string;
    }
  /** Two processes write under one key. */
  | {
      readonly kind: "clone-suspected";
      readonly capsule: CapsuleId;
      readonly instance: InstanceId;
      readonly time: number;
    }
  /** A reader behaves as he never did, or opened what nobody has a reason to open. */
  | {
      readonly kind: "reader-suspected";
      readonly capsule: CapsuleId;
      readonly reader: Subject;
      readonly item: string;
      readonly step: Exclude<FogStep, "calm" | "passed">;
      readonly because: string;
      readonly time: number;
    }
  /** What the guard remembered of a reader is damaged: it goes on with what it remembered before that. */
  | {
      readonly kind: "memory-damaged";
      readonly authority: AuthorityId;
      readonly capsule: CapsuleId;
      readonly time: number;
    }
  | { readonly kind: "clock-untrusted"; readonly capsule: CapsuleId; readonly because: string; readonly time: number };

/** Whom to tell. Called in the middle of an access: it returns at once, and what it throws is ignored. */
export interface Alerts {
  raise(alert: Alert): void;
}

/** The same, so that whoever is told can never stop what he is told of. Nobody is told by default. */
export function quietly(alerts: Alerts | undefined): Alerts {
  return {
    raise(alert) {
      try {
        alerts?.raise(alert);
      } catch {
        // An access must not fail because a mail could not be sent.
      }
    },
  };
}
