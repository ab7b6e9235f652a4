// Addresses within the console are in the fragment, so that every view is a deep link and the
// gateway needs to know none.

const routes = [];

/** Adds a view: `route("/entities/:id/:tab?", () => import("…"))`. */
export function route(pattern, load) {
  const names = [];
  const source = pattern.split("/").filter(Boolean).map((segment) => {
    if (!segment.startsWith(":")) return `/${segment}`;
    names.push(segment.replace(/[:?]/g, ""));
    return segment.endsWith("?") ? "(?:/([^/]+))?" : "/([^/]+)";
  }).join("");
  routes.push({ expression: new RegExp(`^${source || "/"}/?$`), names, load });
}

/** The current address: `{path, params, query, load}`; `load` is missing if there is no view. */
export function current() {
  const [path, search = ""] = (location.hash.slice(1) || "/").split("?");
  const query = Object.fromEntries(new URLSearchParams(search));
  for (const { expression, names, load } of routes) {
    const match = expression.exec(path);
    if (!match) continue;
    const values = match.slice(1).map((value) => (value ? decode(value) : undefined));
    const params = Object.fromEntries(names.map((name, index) => [name, values[index]]));
    return { path, params, query, load };
  }
  return { path, params: {}, query };
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The address of a view: link("entities", id, "history"), or with a query as last. */
export function link(...segments) {
  const query = typeof segments.at(-1) === "object" ? segments.pop() : {};
  const search = new URLSearchParams(
    Object.entries(query).filter(([, value]) => value)).toString();
  return `#/${segments.map(encodeURIComponent).join("/")}${search ? `?${search}` : ""}`;
}

export function go(address) {
  if (location.hash === address) dispatchEvent(new HashChangeEvent("hashchange"));
  else location.hash = address;
}

/** Changes the query without leaving the view, so that a search can be linked to. */
export function remember(query) {
  const { path } = current();
  const search = new URLSearchParams(
    Object.entries(query).filter(([, value]) => value)).toString();
  history.replaceState(null, "", `#${path}${search ? `?${search}` : ""}`);
}
