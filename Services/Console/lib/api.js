// The public API, and nothing else: every call can be copied as a curl command.

import { currentToken } from "./session.js";

/** The gateway's address: the console is in its folder `console/`. */
export const base = new URL("..", document.baseURI);

/** What the API answers instead of success (RFC 9457), or status 0 when it can't be reached. */
export class Problem extends Error {
  constructor(status, body = {}) {
    super(body.detail ?? `status ${status}`);
    this.status = status;
    this.code = body.code ?? "";
    this.errors = body.errors ?? [];
    this.requestId = body.requestId;
    this.retryAfter = body.retryAfter;
  }
}

/** The calls of this view, newest last, for "copy as curl". */
export const calls = [];
let unauthorized = () => {};

/** Calls `then` when the token has ended. */
export function onUnauthorized(then) {
  unauthorized = then;
}

/** Sends a request.
 * @param options `query` and `body`; `signal` to abort; `quiet` keeps it out of `calls`, and a 401
 *   from ending the session; `cache` is what fetch does with stored responses.
 * @returns the response's JSON; null if it has none. */
export async function call(method, path, { query, body, signal, quiet, cache } = {}) {
  const url = new URL(path.replace(/^\//, ""), base);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== "") url.searchParams.set(name, value);
  }
  if (!quiet) note({ method, url: url.href, body });
  const token = currentToken();
  const headers = { Accept: "application/json, application/hal+json, application/problem+json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(url, {
      method, headers, signal, body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "omit", cache: cache ?? "no-store", redirect: "error",
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0);
  }
  if (response.ok) return response.status === 204 ? null : read(response);
  const problem = new Problem(response.status, {
    ...await read(response), retryAfter: Number(response.headers.get("Retry-After")) || undefined,
  });
  if (problem.status === 401 && token && !quiet) unauthorized(problem);
  throw problem;
}

async function read(response) {
  const text = await response.text();
  try {
    return text === "" ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

const MAXIMUM = 40;

function note(entry) {
  const isKnown = calls.some(({ method, url }) => method === "GET" && entry.method === "GET"
    && url === entry.url);
  if (isKnown) return;
  calls.push(entry);
  if (calls.length > MAXIMUM) calls.shift();
}

export const get = (path, options) => call("GET", path, options);
export const post = (path, body, options) => call("POST", path, { ...options, body });
export const put = (path, body, options) => call("PUT", path, { ...options, body });
export const patch = (path, body, options) => call("PATCH", path, { ...options, body });
export const remove = (path, options) => call("DELETE", path, options);

/** A path with its values percent-encoded: api`/api/users/${id}`. */
export function api(strings, ...values) {
  return strings.reduce((path, part, index) => path + encodeURIComponent(values[index - 1]) + part);
}

/** A list of any context in one form: `{items, total}`. */
export async function list(path, { method = "GET", ...options } = {}) {
  const page = await call(method, path, options);
  const items = page.items ?? page.data ?? Object.values(page._embedded ?? {})[0] ?? [];
  return { items, total: page.total ?? items.length };
}

/** A call as a command. The token stays out of it. */
export function curl({ method, url, body }) {
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const words = ["curl"];
  if (method !== "GET") words.push("-X", method);
  words.push('-H "Authorization: Bearer $TOKEN"');
  if (body !== undefined) {
    words.push("-H 'Content-Type: application/json'", "-d", quoted(JSON.stringify(body)));
  }
  words.push(quoted(url));
  return words.join(" ");
}
