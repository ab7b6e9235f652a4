// Sessions and tokens, of the caller or of another user.

import { api, list, post, remove } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { checkbox, formDialog, secretDialog, textInput } from "../lib/forms.js";
import { parts, t } from "../lib/i18n.js";
import { isAdmin, session } from "../lib/session.js";
import { refresh } from "../lib/shell.js";
import { badge, button, confirm, empty, icon, pages, when } from "../lib/ui.js";

/** The browser of a user agent, as people name it. */
function browserOf(agent) {
  const found = /(Edg|OPR|Firefox|Chrome|Safari|curl)[/ ]?/.exec(agent ?? "")?.[1];
  return { Edg: "Edge", OPR: "Opera" }[found] ?? found ?? t("sessions.program");
}

export function sessionRows(path, canChange, signal) {
  return pages((page, pageSize) => list(path, { query: { page, pageSize }, signal }), (one) =>
    h("li", {}, h("span", { class: "tile" }, icon("user")),
      h("div", { class: "grow" }, h("p", { class: "strong", title: one.userAgent },
        browserOf(one.userAgent), one.address ? ` · ${one.address}` : null),
      h("p", { class: "soft" }, parts("sessions.used", {
        began: when(one.createdAt), used: when(one.lastUsedAt ?? one.createdAt),
      }))),
      h("div", { class: "actions" }, one.current ? badge(t("sessions.current"), "good") : null,
        canChange && !one.current ? button(t("sessions.end"), async () => {
          const isDone = await confirm(t("sessions.end"), h("p", {}, t("sessions.end.text")),
            t("sessions.end"), () => remove(`${path}${api`/${one.id}`}`));
          if (isDone) await refresh();
        }, { kind: "quiet small" }) : null)),
  { caption: t("sessions"), whenEmpty: empty(t("sessions.none")) });
}

export function tokenRows(path, canChange, signal) {
  return pages((page, pageSize) => list(path, { query: { page, pageSize }, signal }),
    tokenRow(path, canChange),
    { caption: t("tokens"), whenEmpty: empty(t("tokens.none"), t("tokens.none.text")) });
}

/** What makes the row of a token in the list at `path`. */
export function tokenRow(path, canChange) {
  return (one) => h("li", {}, h("div", { class: "grow" },
    h("p", { class: "strong" }, one.name, " ", h("code", { class: "soft" }, `${one.prefix}…`)),
    h("p", { class: "soft" }, one.scopes.includes("*") ? t("scopes.all") : one.scopes.join(", ")),
    h("p", { class: "soft" }, parts("tokens.created", { when: when(one.createdAt) }), " · ",
      one.lastUsedAt ? parts("tokens.used", { when: when(one.lastUsedAt) }) : t("tokens.unused"),
      one.expiresAt ? [" · ", parts("expires", { when: when(one.expiresAt) })] : null)),
  h("div", { class: "actions" }, one.readOnly ? badge(t("tokens.readOnly")) : null,
    one.id === session.me.tokenId ? badge(t("sessions.current"), "good") : null,
    canChange ? button(t("revoke"), async () => {
      const isDone = await confirm(t("tokens.revoke.title", { name: one.name }),
        h("p", {}, t("tokens.revoke.text")), t("revoke"),
        () => remove(`${path}${api`/${one.id}`}`));
      if (isDone) await refresh();
    }, { kind: "quiet small", "aria-label": t("revoke.of", { name: one.name }) }) : null));
}

const SCOPES = ["entities:write", "entities:share", "entities:share_external",
  "entities:share_store", "org:write", "org:settings", "integration:write", "integration:share",
  "integration:changeOwner", "integration:changeOwnerToTeam", "team:write", "invitations:write",
  "workspaces:write", "webhooks:write", "tokens:write"];
const ADMIN_SCOPES = ["users:admin", "users:act_as", "access:check", "access:revoke",
  "events:read"];

/** @param user another user, by an admin */
export async function createToken(user) {
  const { scopes } = session.me;
  const offered = [...SCOPES, ...(isAdmin() && !user ? ADMIN_SCOPES : [])]
    .filter((scope) => scopes.includes("*") || scopes.includes(scope));
  const boxes = Object.fromEntries(offered.map((scope) => [scope, [scope, checkbox()]]));
  const made = await formDialog(t("tokens.create"), {
    text: user ? t("tokens.create.for", { name: user.displayName }) : null,
    inputs: {
      name: [t("name"), textInput("", { maxlength: "200" }), t("tokens.name.hint")],
      expires: [t("tokens.expires"), textInput("", { type: "date" }), t("tokens.expires.hint")],
      readOnly: [t("tokens.readOnly"), checkbox(), t("tokens.readOnly.text")], ...boxes,
    }, label: t("create"), send: ({ name, expires, readOnly, ...values }) => post("/api/tokens", {
      name, readOnly, scopes: offered.filter((scope) => values[scope]),
      ...(expires ? { expiresAt: new Date(`${expires}T23:59:59`).toISOString() } : {}),
      ...(user ? { userId: user.id } : {}),
    }),
  });
  if (!made) return;
  await refresh();
  secretDialog(t("tokens.secret"), t("tokens.secret.text"), made.token);
}
