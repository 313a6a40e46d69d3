import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type HttpFault, Plan, type PlannedHttpFault } from "./fault-plan.js";
import { portOf } from "./free-ports.js";

/** Stands between a client and a server that speak HTTP, and breaks by plan what goes through it. */
export interface FaultProxy {
  /** What the client is given instead of the server's own address. */
  readonly endpoint: string;
  /** Adds to the plan; these faults count requests from now on. */
  plan(...faults: readonly PlannedHttpFault[]): void;
  /** Drops every planned fault: what goes through is whole again. */
  heal(): void;
  /** How often each of the faults planned since the last `heal` happened, in their order. */
  happened(): readonly number[];
  stop(): Promise<void>;
}

/** @param onRequest is shown each request as it comes */
export async function startFaultProxy(
  target: string,
  onRequest: (request: IncomingMessage) => void = () => undefined,
): Promise<FaultProxy> {
  const plan = new Plan();
  const sockets = new Set<Socket>();
  const server = createServer((incoming, outgoing) => {
    onRequest(incoming);
    pass(new URL(target), incoming, outgoing, plan.faultOf(incoming)).catch(() => outgoing.socket?.destroy());
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${portOf(server)}${new URL(target).pathname.replace(/\/$/, "")}`,
    plan: (...faults) => plan.add(faults),
    heal: () => plan.clear(),
    happened: () => plan.happened(),
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

async function pass(target: URL, incoming: IncomingMessage, outgoing: ServerResponse, fault: HttpFault | null) {
  const isEarly = fault !== null && "when" in fault && fault.when === "before";
  if (fault?.kind === "reset" && isEarly) return incoming.socket.destroy();
  const body = await bodyOf(incoming);
  if (fault?.kind === "silence") return;
  if (fault?.kind === "answer" && isEarly) return answer(outgoing, fault);
  if (fault?.kind === "reset" && fault.when === "mid-upload") {
    await sendHalf(target, incoming, body);
    return incoming.socket.destroy();
  }
  const response = await send(target, incoming, body);
  const content = await bodyOf(response);
  if (fault?.kind === "reset") return incoming.socket.destroy();
  if (fault?.kind === "answer") return answer(outgoing, fault);
  // Node's server would add a date that the real one did not tell.
  outgoing.sendDate = false;
  outgoing.writeHead(response.statusCode ?? 500, headersOf(incoming.method, response, content, fault));
  await sendBack(outgoing, content, fault);
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The headers go as they came, the one of the host too: it was signed. */
async function send(target: URL, incoming: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
  const sent = request(target, optionsOf(incoming));
  sent.end(body);
  const [response] = await once(sent, "response");
  return response;
}

/** The server gets half a body, and then the connection ends. */
async function sendHalf(target: URL, incoming: IncomingMessage, body: Buffer): Promise<void> {
  const sent = request(target, optionsOf(incoming));
  sent.on("error", () => undefined);
  await new Promise((resolve) => sent.write(body.subarray(0, Math.ceil(body.length / 2)), resolve));
  sent.destroy();
}

function optionsOf({ method, url, headers }: IncomingMessage) {
  return { method, path: url, headers: { ...headers, connection: "close" }, setHost: false };
}

function answer(outgoing: ServerResponse, fault: HttpFault & { readonly kind: "answer" }): void {
  outgoing.writeHead(fault.status, { "content-length": Buffer.byteLength(fault.body ?? ""), ...fault.headers });
  outgoing.end(fault.body);
}

function headersOf(method: string | undefined, response: IncomingMessage, content: Buffer, fault: HttpFault | null) {
  const { "transfer-encoding": _, connection: __, ...headers } = response.headers;
  const announced = fault?.kind === "wrong-length" ? content.length + fault.difference : content.length;
  // The length that HEAD announces is that of a body which does not come.
  return method === "HEAD" ? headers : { ...headers, "content-length": Math.max(0, announced) };
}

async function sendBack(outgoing: ServerResponse, content: Buffer, fault: HttpFault | null): Promise<void> {
  if (fault?.kind === "truncate") {
    const kept = content.subarray(0, Math.max(0, content.length - fault.missing));
    await new Promise((resolve) => outgoing.write(kept, resolve));
    outgoing.socket?.end();
    return;
  }
  if (fault?.kind === "slow")
    for (const byte of content) {
      await new Promise((resolve) => outgoing.write(Buffer.of(byte), resolve));
      await new Promise(setImmediate);
    }
  outgoing.end(fault?.kind === "slow" ? undefined : content);
}
