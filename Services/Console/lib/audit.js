// Audit entries in words.

import { brand } from "./brand.js";
import { h } from "./dom.js";
import { dateTime, hasText, integer, named, parts, t } from "./i18n.js";
import { nameOf } from "./people.js";

/** The users whom entries name, to be looked up. */
export function usersOf(entries) {
  return entries.flatMap(({ actorId, actingId, subject, before, after }) => [actorId, actingId,
    subject.id, before?.userId, after?.userId, before?.principal, after?.principal,
    after?.ownerId]);
}

// Names also of the caller: "you" would need other verbs in most languages.
function actorName(id) {
  if (!id || id === "operator") return id ? t("operator") : brand.productName;
  return nameOf(id);
}

/** Whom or what an entry is about. */
function objectOf({ subject, before, after }) {
  const state = { ...before, ...after };
  const id = state.userId ?? (state.principal?.startsWith("usr_") ? state.principal : null)
    ?? (subject.type === "user" ? subject.id : null) ?? (after?.ownerId ?? null);
  if (id?.startsWith("usr_")) return nameOf(id);
  return state.email ?? state.principal ?? state.name ?? state.version ?? subject.id;
}

/** What was done, as a sentence. */
export function sentence(entry) {
  const level = entry.after?.accessLevel ?? entry.after?.permissions ?? entry.after?.role;
  const values = {
    who: h("strong", {}, actorName(entry.actorId)), whom: h("strong", {}, objectOf(entry)),
    level: level === undefined ? "" : typeof level === "number" ? integer(level)
      : named("level", level),
  };
  const key = `did.${entry.action}`;
  if (hasText(key)) return parts(key, values);
  return parts("did", { ...values, action: h("code", {}, entry.action) });
}

/** An entry with all that it has. */
export function details(entry) {
  const facts = [["audit.at", dateTime(entry.at)], ["audit.action", entry.action],
    ["audit.subject", `${entry.subject.type} ${entry.subject.id}`],
    ["audit.token", entry.tokenId], ["audit.acting", entry.actingId],
    ["audit.request", entry.requestId]].filter(([, value]) => value);
  const changes = [...new Set(Object.keys({ ...entry.before, ...entry.after }))];
  const shown = (state, key) => (state && key in state ? JSON.stringify(state[key]) : "–");
  return h("details", {}, h("summary", {}, t("audit.details")),
    h("dl", {}, facts.map(([key, value]) =>
      [h("dt", {}, t(key)), h("dd", {}, h("code", {}, value))])),
    changes.length ? h("div", { class: "table" }, h("table", {},
      h("thead", {}, h("tr", {}, ["audit.field", "audit.before", "audit.after"].map((key) =>
        h("th", { scope: "col" }, t(key))))),
      h("tbody", {}, changes.map((key) => h("tr", {}, h("th", { scope: "row" }, key),
        h("td", { "data-label": t("audit.before") }, h("code", {}, shown(entry.before, key))),
        h("td", { "data-label": t("audit.after") },
          h("code", {}, shown(entry.after, key)))))))) : null);
}
