import { readFile, realpath, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, sep } from "node:path";

/** What the server gives out: nothing else. */
export interface ServedContent {
  /** Path → text of its own: the page, modules made on the spot. */
  readonly texts: ReadonlyMap<string, string>;
  /** Path prefix that ends with a slash → folder. */
  readonly folders: ReadonlyMap<string, string>;
}

/** A running server. */
export interface StaticServer {
  /** Origin, without a slash at the end. */
  readonly origin: string;
  close(): Promise<void>;
}

/** The types that are served, by extension; files of other kinds are not. */
const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".wasm": "application/wasm",
};

/** Isolation from other origins is what gives a page threads (SharedArrayBuffer). */
const headers = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
};

/** Path of a request as it was sent, decoded once; undefined where it cannot be one of ours. */
function pathOf(request: IncomingMessage): string | undefined {
  try {
    // Not through URL, which resolves "..": a path that contains one is refused instead.
    const path = decodeURIComponent((request.url ?? "").split(/[?#]/)[0]!);
    const isPlain = path.startsWith("/") && !/[\\\0]/.test(path) && !path.split("/").includes("..");
    return isPlain ? path : undefined;
  } catch {
    return undefined;
  }
}

/** The file behind a path, or undefined where none may be served: links out of the folder lead nowhere. */
async function fileOf(path: string, folders: ServedContent["folders"]): Promise<string | undefined> {
  const prefix = [...folders.keys()].find((start) => path.startsWith(start));
  if (prefix === undefined || types[extname(path)] === undefined) return undefined;
  try {
    const folder = await realpath(folders.get(prefix)!);
    const file = await realpath(join(folder, path.slice(prefix.length)));
    return file.startsWith(folder + sep) && (await stat(file)).isFile() ? file : undefined;
  } catch {
    return undefined;
  }
}

async function respond(request: IncomingMessage, response: ServerResponse, content: ServedContent): Promise<void> {
  const send = (status: number, body: string | Buffer, type = "text/plain; charset=utf-8"): void => {
    response.writeHead(status, { ...headers, "content-type": type });
    response.end(request.method === "HEAD" ? undefined : body);
  };
  if (request.method !== "GET" && request.method !== "HEAD") return send(405, "only GET and HEAD");
  const path = pathOf(request);
  if (path === undefined) return send(400, "not a path of this server");
  const text = content.texts.get(path);
  if (text !== undefined) return send(200, text, types[extname(path)] ?? types[".html"]);
  const file = await fileOf(path, content.folders);
  if (file === undefined) return send(404, "not served");
  send(200, await readFile(file), types[extname(file)]);
}

/** Whether a request names this server: another name that resolves to this machine is a page of somebody else's. */
const isForUs = (request: IncomingMessage, server: Server): boolean =>
  request.headers.host === `127.0.0.1:${(server.address() as AddressInfo).port}`;

/**
 * Serves texts and the script, JSON and WebAssembly files of some folders on 127.0.0.1, on a port that is free.
 * @param contentOf asked at each request, so that the content may grow
 */
export async function startStaticServer(contentOf: () => ServedContent): Promise<StaticServer> {
  const server = createServer((request, response) => {
    if (!isForUs(request, server)) {
      response.writeHead(421, headers).end();
      return;
    }
    respond(request, response, contentOf()).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
