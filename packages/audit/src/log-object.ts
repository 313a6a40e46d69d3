import { type InstanceId, isIdentifier, padded } from "@fogbound/protocol";

/** What a name in a log stands for. */
export interface LogObject {
  readonly instance: InstanceId;
  readonly epoch: number;
  /** null for a head. */
  readonly batch: number | null;
}

/** null for wraps, and for names that Fogbound does not write: anybody with the store may put junk there. */
export function logObjectOf(name: string): LogObject | null {
  const [instances, instance, epoch, object, ...more] = name.split("/");
  if (instances !== "instances" || !isIdentifier("ins", instance) || more.length > 0) return null;
  const number = numberOf(epoch);
  if (number === null) return null;
  if (object === "head") return { instance, epoch: number, batch: null };
  const batch = numberOf(object);
  return batch === null ? null : { instance, epoch: number, batch };
}

function numberOf(text: string | undefined): number | null {
  const number = Number(text);
  return Number.isSafeInteger(number) && padded(number) === text ? number : null;
}
