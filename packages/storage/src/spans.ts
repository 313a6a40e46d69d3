import { FogboundError } from "@fogbound/errors";
import { SpanStatusCode, trace } from "@opentelemetry/api";

export interface SpanAttributes {
  readonly driver: string;
  readonly key: string;
  /** Bytes, where known when the call begins. */
  readonly size?: number;
}

/**
 * Runs one call of a store in the span `fogbound.store.<operation>`. Of a key only its first segment is told, of an
 * error only its code: names of capsules and readers do not belong into somebody's tracing.
 */
export function inSpan<T>(operation: string, about: SpanAttributes, work: () => Promise<T>): Promise<T> {
  const attributes = {
    "fogbound.store.driver": about.driver,
    "fogbound.store.key_prefix": about.key.split("/", 1)[0] ?? "",
    ...(about.size === undefined ? {} : { "fogbound.store.size": about.size }),
  };
  const tracer = trace.getTracer("@fogbound/storage");
  return tracer.startActiveSpan(`fogbound.store.${operation}`, { attributes }, async (span) => {
    try {
      return await work();
    } catch (error) {
      const message = FogboundError.isInstance(error) ? error.code : error instanceof Error ? error.name : "unknown";
      span.setStatus({ code: SpanStatusCode.ERROR, message });
      throw error;
    } finally {
      span.end();
    }
  });
}
