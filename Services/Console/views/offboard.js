// Offboarding a user: a preview of what passes to whom and what ends, then its progress.

import { api, get, list, Problem, remove } from "../lib/api.js";
import { h, put } from "../lib/dom.js";
import { integer, t, tn } from "../lib/i18n.js";
import { link, remember } from "../lib/router.js";
import { can, isAdmin } from "../lib/session.js";
import { refresh } from "../lib/shell.js";
import {
  button, confirm, empty, head, icon, problemText, section,
} from "../lib/ui.js";

const MAXIMUM = 100;

export default async function offboard({ params, signal }) {
  const user = await get(api`/api/users/${params.id}`, { signal });
  const operation = new URLSearchParams(location.hash.split("?")[1]).get("operation");
  return [
    head(t("offboard.title", { name: user.displayName }), {
      trail: [[t("users"), link("admin", "users")],
        [user.displayName, link("admin", "users", user.id)]], lead: operation ? null : t("offboard.text"),
    }), operation ? progress(operation, signal) : await preview(user, signal),
  ];
}

async function preview(user, signal) {
  if (!isAdmin() || !can("access:revoke") || !can("access:check")) throw new Problem(403);
  const { passes, ends } = await plan(user, signal);
  const act = button(t("offboard"), async () => {
    const isDone = await confirm(t("offboard.confirm", { name: user.displayName }),
      h("p", {}, tn("offboard.confirm.text", passes.length)), t("offboard"), async () => {
        const { operationId } = await remove(api`/api/users/${user.id}/access`);
        remember({ operation: operationId });
        await refresh();
      });
    return isDone;
  }, { kind: "danger" });
  return [
    section(t("offboard.passes"), passes.length ? h("ul", {
      class: "rows", "aria-label": t("offboard.passes") }, passes.map(({ kind, name, to }) =>
      h("li", {}, h("span", { class: "tile" }, icon(kind)), h("div", { class: "grow" },
        h("p", { class: "strong" }, name), h("p", { class: "soft" }, to))))
    ) : empty(t("offboard.passes.none"))),
    section(t("offboard.ends"), h("ul", { class: "rows", "aria-label": t("offboard.ends") },
      ends.map(([kind, text]) => h("li", {}, h("span", { class: "tile" }, icon(kind)),
        h("span", { class: "grow" }, text))))),
    h("p", { class: "soft" }, t("offboard.stays")),
    h("div", { class: "foot" }, h("a", { class: "button second",
      href: link("admin", "users", user.id) }, t("cancel")), act),
  ];
}

/** What the rules of offboarding do to this user's things. */
async function plan(user, signal) {
  const query = { userId: user.id, pageSize: MAXIMUM };
  const [entities, organizations, integrations, workspaces] = await Promise.all(
    ["/api/entities", "/api/organizations", "/api/integrations", "/api/v2/workspaces"].map(
      (path) => list(path, { query, signal })));
  const owned = entities.items.filter(({ ownerId }) => ownerId === user.id);
  const led = organizations.items.filter(({ role }) => role === "owner");
  const ownedIntegrations = integrations.items.filter(
    ({ ownerId }) => ownerId === `user:${user.username}`);
  const ownedWorkspaces = workspaces.items.filter(({ permissions }) => permissions === "owner");
  const passes = [
    ...await Promise.all(owned.map(async ({ id, name, type }) => (
      { kind: type, name, to: await entityHeir(id, user, signal) }))),
    ...await Promise.all(led.map(async ({ id, name }) => (
      { kind: "building", name, to: await organizationHeir(id, user, signal) }))),
    ...ownedIntegrations.map(({ name }) => ({
      kind: "integration", name, to: t("offboard.toYou") })),
    ...ownedWorkspaces.map(({ name }) => ({
      kind: "workspace", name, to: t("offboard.toWorkspaceUser") })),
  ];
  const ends = [
    ["app", "offboard.entities", entities.total - owned.length],
    ["building", "offboard.memberships", organizations.total],
    ["integration", "offboard.integrations", integrations.total - ownedIntegrations.length],
    ["workspace", "offboard.workspaces", workspaces.total - ownedWorkspaces.length],
  ].filter(([, , count]) => count > 0).map(([kind, key, count]) => [kind, tn(key, count)]);
  ends.push(["mail", t("offboard.invitations")]);
  return { passes, ends };
}

/** The longest-standing other publisher, or else the admin who offboards. */
async function entityHeir(id, user, signal) {
  const { items } = await get(api`/api/entities/${id}/people`, {
    query: { via: "publisher", pageSize: MAXIMUM }, signal });
  const since = ({ paths }) => paths.find(({ via }) => via === "publisher").grantedAt;
  const [heir] = items.filter((one) => one.user.id !== user.id)
    .sort((a, b) => since(a).localeCompare(since(b)));
  return heir ? t("offboard.toPublisher", { name: heir.user.displayName }) : t("offboard.toYou");
}

/** Another owner stays; else the longest-standing admin, else member, else it is deleted. */
async function organizationHeir(id, user, signal) {
  const { members } = await get(api`/api/organizations/${id}`, { signal });
  const others = members.filter(({ userId }) => userId !== user.id)
    .sort((a, b) => a.joinedAt.localeCompare(b.joinedAt));
  const owner = others.find(({ role }) => role === "owner");
  if (owner) return t("offboard.keepsOwner", { name: owner.displayName });
  const heir = others.find(({ role }) => role === "admin") ?? others[0];
  return heir ? t("offboard.toMember", { name: heir.displayName }) : t("offboard.organizationEnds");
}

/** How far an operation is; it goes on without this page. */
function progress(id, signal) {
  const bar = h("progress", { "aria-label": t("offboard.running") });
  const state = h("p", { class: "strong", role: "status" }, t("offboard.running"));
  const counts = h("dl");
  const box = h("div", { class: "panel" }, state, bar, counts);
  const poll = async () => {
    if (signal.aborted) return;
    try {
      const operation = await get(api`/api/operations/${id}`, { signal });
      put(counts, [["removed", operation.removed], ["passedOn", operation.passedOn]].flatMap(
        ([key, values]) => Object.entries(values).filter(([, count]) => count > 0)
          .map(([name, count]) => [h("dt", {}, t(`offboard.${key}`), " · ", t(`count.${name}`)),
            h("dd", {}, integer(count))])));
      if (operation.state === "done") {
        bar.remove();
        put(state, icon("check"), " ", t("offboard.done"));
        return;
      }
    } catch (error) {
      if (error.name === "AbortError") return;
      put(state, problemText(error));
    }
    setTimeout(poll, 700);
  };
  poll();
  return box;
}
