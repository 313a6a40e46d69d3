/**
 * A real object store that answers on a loopback address, or wherever the environment says. Each file beside this one
 * starts one kind; adapters import the file they need (`@fogbound/tool-store-servers/azurite`).
 */
export interface StoreServer<Credentials> {
  /** What answers there, with its version where it tells: "radosgw 16.2.15, memstore". */
  readonly name: string;
  /** The address its clients are given, without a "/" at its end: "http://127.0.0.1:40123". */
  readonly endpoint: string;
  /** Made for this server alone, unless it was given by the environment. */
  readonly credentials: Credentials;
  /** Ends exactly the processes that were started, by their ids, and removes what they stored. Does nothing the second time. */
  stop(): Promise<void>;
}

/** Says once a run of tests which server it rests on, so that nobody takes the one for the other. */
export function announce<Server extends StoreServer<unknown>>(server: Server): Server {
  process.stdout.write(`store server: ${server.name} at ${server.endpoint}\n`);
  return server;
}
