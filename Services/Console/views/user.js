// A user, for admins: what they can access, tokens, sessions, what they did.

import { api, get, list, patch, Problem, remove } from "../lib/api.js";
import { details, sentence, usersOf } from "../lib/audit.js";
import { download, h } from "../lib/dom.js";
import { formDialog, textInput } from "../lib/forms.js";
import { named, t } from "../lib/i18n.js";
import { isMe, learn, lookUp } from "../lib/people.js";
import { go, link } from "../lib/router.js";
import { can } from "../lib/session.js";
import { refresh } from "../lib/shell.js";
import {
  attempt, badge, button, choice, confirm, copyable, empty, head, icon, managedNotice, pages,
  section, tabs, when,
} from "../lib/ui.js";
import { createToken, sessionRows, tokenRows } from "./credentials.js";
import { badgesOf, rolesOf } from "./users.js";

const TABS = ["access", "tokens", "sessions", "history"];

export default async function user({ params, signal }) {
  const { id, tab = "access" } = params;
  if (tab === "offboard") {
    const { default: offboard } = await import("./offboard.js");
    return offboard({ params, signal });
  }
  const one = await get(api`/api/users/${id}`, { signal });
  learn(one);
  const path = api`/api/users/${one.id}`;
  const address = (key) => (key === "access" ? link("admin", "users", id)
    : link("admin", "users", id, key));
  const content = { access, tokens, sessions, history }[tab] ?? access;
  return [
    head(one.displayName, {
      trail: [[t("users"), link("admin", "users")]], badges: badgesOf(one),
      actions: isMe(one.id) || !can("users:admin") ? [edit(one, path)] : actions(one, path),
    }),
    h("p", { class: "soft facts" }, h("span", {}, one.email), h("span", {}, `@${one.username}`),
      copyable(one.id), one.externalId ? copyable(`ext:${one.externalId}`) : null),
    one.suspended ? h("p", { class: "notice" }, t("users.suspended.text")) : null,
    one.managedBy ? managedNotice(t("user.managed.text"),
      can("users:admin") ? () => patch(path, { managedBy: null }) : null) : null,
    tabs(TABS.map((key) => [t(`user.${key}`), address(key)]), address(tab)),
    await content(one, path, signal),
  ];
}

function edit(one, path) {
  return button(t("edit"), async () => {
    // What the provider manages can be read, and says why it can't be changed.
    const [disabled, why] = one.managedBy ? [true, t("managed.field")] : [];
    const input = (value, more) => textInput(value, { ...more, disabled });
    const isDone = await formDialog(t("edit.of", { name: one.displayName }), {
      inputs: {
        displayName: [t("name"), input(one.displayName, { maxlength: "200" }), why],
        email: [t("signIn.address"), input(one.email, { type: "email" }), why],
        username: [t("username"), textInput(one.username)],
        externalId: [t("user.externalId"), input(one.externalId ?? ""), why],
        role: [t("role"), choice(rolesOf(), one.role)],
      }, label: t("save"),
      send: ({ username, role, ...others }) => patch(path, one.managedBy ? { username, role }
        : { ...others, username, role, externalId: others.externalId || null }),
    });
    if (isDone) await refresh();
  });
}

function actions(one, path) {
  const suspend = async () => {
    const isDone = await confirm(t("user.suspend.title", { name: one.displayName }),
      h("p", {}, t("user.suspend.text")), t("user.suspend"),
      () => patch(path, { suspended: true }));
    if (isDone) await refresh();
  };
  const restore = (event) => attempt(event.target, async () => {
    await patch(path, { suspended: false });
    await refresh();
  });
  const destroy = async () => {
    const isDone = await confirm(t("user.delete.title", { name: one.displayName }),
      h("p", {}, t("user.delete.text")), t("delete"), () => remove(path));
    if (isDone) go(link("admin", "users"));
  };
  const save = (event) => attempt(event.target, async () => {
    const everything = await get(`${path}/export`);
    download(`${one.username}.json`, "application/json", JSON.stringify(everything, null, 2));
  });
  return [
    edit(one, path),
    one.managedBy ? null : suspension(one, suspend, restore),
    h("a", { class: "button second", href: link("admin", "users", one.id, "offboard") },
      t("user.offboard")),
    button(t("user.export"), save), button(t("delete"), destroy, { kind: "danger" }),
  ];
}

const suspension = (one, suspend, restore) => (one.suspended
  ? button(t("user.restore"), restore) : button(t("user.suspend"), suspend));

async function access(one, path, signal) {
  if (!can("access:check")) throw new Problem(403);
  const query = { userId: one.id };
  const rows = (source, row, caption) => pages((page, pageSize) =>
    list(source, { query: { ...query, page, pageSize }, signal }), row,
  { caption, size: 20, whenEmpty: empty(t("nothing")) });
  const line = (kind, name, address, label) => h("li", {},
    h("span", { class: "tile" }, icon(kind)), h("div", { class: "grow" },
      address ? h("a", { href: address, class: "strong" }, name)
        : h("p", { class: "strong" }, name)),
    badge(label));
  return [
    section(t("user.entities"), await rows("/api/entities", (item) => line(item.type, item.name,
      link("entities", item.id, { name: item.name }), item.ownerId === one.id ? t("level.owner")
        : named("level", item.access)), t("user.entities"))),
    section(t("organizations"), await rows("/api/organizations", (item) => line("building",
      item.name, link("organizations", item.id), named("level", item.role)), t("organizations"))),
    section(t("user.integrations"), await rows("/api/integrations", (item) => line("integration",
      item.name, link("integrations", item.id), item.ownerId === `user:${one.username}`
        ? t("level.owner") : t("user.access")), t("user.integrations"))),
    section(t("user.workspaces"), await rows("/api/v2/workspaces", (item) => line("workspace",
      item.name, null, named("level", item.permissions)), t("user.workspaces"))),
  ];
}

async function tokens(one, path, signal) {
  const canChange = can("users:admin");
  return [canChange ? h("div", { class: "filters" }, button(t("tokens.create"),
    () => createToken(one), { kind: "first" })) : null,
  await tokenRows(`${path}/tokens`, canChange, signal)];
}

async function sessions(one, path, signal) {
  return [h("div", { class: "filters" }, button(t("sessions.endAll"), async () => {
    const isDone = await confirm(t("sessions.endAll"), h("p", {}, t("sessions.end.text")),
      t("sessions.endAll"), () => remove(`${path}/sessions`));
    if (isDone) await refresh();
  })), await sessionRows(`${path}/sessions`, can("users:admin"), signal)];
}

function history(one, path, signal) {
  return pages(async (page, pageSize) => {
    const result = await list("/api/audit", {
      query: { actorId: one.id, page, pageSize }, signal });
    await lookUp(usersOf(result.items), signal);
    return result;
  }, (entry) => h("li", {}, h("div", { class: "grow" }, h("p", {}, sentence(entry)),
    details(entry)), h("span", { class: "soft when" }, when(entry.at))),
  { caption: t("user.history"), whenEmpty: empty(t("nothing")) });
}
