export type Cedar = typeof import("@cedar-policy/cedar-wasm/nodejs");

let loading: Promise<Cedar> | undefined;

/** Cedar's WebAssembly (4 MB) is read when a policy is first parsed, never when this package is imported. */
export function loadCedar(): Promise<Cedar> {
  loading ??= import("@cedar-policy/cedar-wasm/nodejs");
  return loading;
}

/**
 * Calls into WebAssembly where V8 cannot inline the call into its caller. Node 20 (V8 11.3) aborts the whole process
 * ("unreachable code" in `Deoptimizer::DoComputeBuiltinContinuation`) when a hot caller into which it has inlined a
 * call that returns an object is deoptimised during that call; a few thousand decisions and one unlike them were enough.
 */
export function callWasm<Arguments extends readonly unknown[], Result>(
  target: (...values: Arguments) => Result,
  ...values: Arguments
): Result {
  return Reflect.apply(target, undefined, values);
}
