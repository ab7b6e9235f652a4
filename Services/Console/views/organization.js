// An organization: members, roles, store, storage, history.

import { api, get, list, patch, post, remove } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { checkbox, formDialog, secretDialog, textInput } from "../lib/forms.js";
import { named, parts, t } from "../lib/i18n.js";
import { forgetOrganizations, isMe, learn } from "../lib/people.js";
import { go, link } from "../lib/router.js";
import { can, session } from "../lib/session.js";
import { refresh } from "../lib/shell.js";
import {
  attempt, avatar, badge, button, choice, confirm, copyable, empty, head, icon, pages, section,
  tabs, toast, when,
} from "../lib/ui.js";

const TABS = ["members", "roles", "store", "storage", "history"];

export default async function organization({ params, query, signal }) {
  const { id, tab = "members" } = params;
  const one = await get(api`/api/organizations/${id}`, { signal });
  learn(one.members);
  const scopes = one.roles.find(({ name }) => name === one.role)?.scopes ?? [];
  one.path = api`/api/organizations/${one.id}`;
  // Both the role and the token must allow it.
  one.can = (scope) => can(scope) && (scopes.includes("*") || scopes.includes(scope));
  one.isMember = one.role !== null;
  const address = (key) => (key === "members" ? link("organizations", id)
    : link("organizations", id, key));
  const content = { members, roles, store, storage, history }[tab] ?? members;
  return [
    head(one.name, {
      trail: [[t("organizations"), link("organizations")]],
      badges: one.role ? badge(named("level", one.role), "accent") : null,
      actions: one.can("org:write") ? [
        button(t("rename"), () => rename(one)),
        one.role === "owner" ? button(t("delete"), () => destroy(one), { kind: "danger" }) : null,
      ] : [],
    }),
    h("p", { class: "soft facts" }, copyable(one.id), one.slug),
    tabs(TABS.map((key) => [t(`organization.${key}`), address(key)]), address(tab)),
    await content(one, { query, signal }),
  ];
}

async function rename(one) {
  const isDone = await formDialog(t("rename"), {
    inputs: { name: [t("name"), textInput(one.name, { maxlength: "200" })] }, label: t("save"),
    send: ({ name }) => patch(one.path, { name }),
  });
  if (!isDone) return;
  forgetOrganizations();
  await refresh();
}

async function destroy(one) {
  const isDone = await confirm(t("organization.delete.title", { name: one.name }),
    h("p", {}, t("organization.delete.text")), t("delete"), () => remove(one.path));
  if (!isDone) return;
  forgetOrganizations();
  go(link("organizations"));
}

// Members

async function members(one, { signal }) {
  const roleNames = one.roles.map(({ name }) => name)
    .filter((name) => name !== "owner" || one.role === "owner");
  return [
    one.can("org:write") ? h("div", { class: "filters" },
      button(t("members.add"), () => addMember(one, roleNames), { kind: "first" })) : null,
    await pages((page, pageSize) => list(`${one.path}/members`, {
      query: { page, pageSize }, signal,
    }), (member) => {
      learn(member);
      const canChange = one.can("org:write") && (member.role !== "owner" || one.role === "owner");
      const path = `${one.path}${api`/members/${member.userId}`}`;
      const isSelf = isMe(member.userId);
      return h("li", {}, avatar(member.displayName),
        h("div", { class: "grow" }, h("p", { class: "strong" }, member.displayName,
          isSelf ? h("span", { class: "soft" }, ` (${t("you")})`) : null),
        h("p", { class: "soft" }, member.email, " · ",
          parts("members.since", { when: when(member.joinedAt) }))),
        h("div", { class: "actions" },
          canChange ? roleChoice(member, path, roleNames) : badge(named("level", member.role)),
          canChange || isSelf ? button(t(isSelf ? "leave" : "remove"), () =>
            removeMember(one, member, path, isSelf), {
            kind: "quiet small", "aria-label": isSelf ? null : t("remove.of",
              { name: member.displayName }) }) : null));
    }, { caption: t("organization.members") }),
  ];
}

function roleChoice(member, path, names) {
  const select = choice(names.map((name) => [name, named("level", name)]), member.role, {
    "aria-label": t("members.role", { name: member.displayName }),
    onchange: async () => {
      if (await attempt(select, () => patch(path, { role: select.value }))) {
        toast(t("members.changed", { name: member.displayName }));
        await refresh();
      } else {
        select.value = member.role;
      }
    },
  });
  return select;
}

async function addMember(one, roleNames) {
  const isDone = await formDialog(t("members.add"), {
    text: t("members.add.text"), inputs: {
      email: [t("signIn.address"), textInput("", { type: "email" })],
      role: [t("role"), choice(roleNames.map((name) => [name, named("level", name)]), "member")],
    }, label: t("members.add"), send: (member) => post(`${one.path}/members`, member),
  });
  if (isDone) await refresh();
}

async function removeMember(one, member, path, isSelf) {
  const values = { name: member.displayName, organization: one.name };
  const isDone = await confirm(
    t(isSelf ? "members.leave.title" : "members.remove.title", values),
    h("p", {}, t(isSelf ? "members.leave.text" : "members.remove.text", values)),
    t(isSelf ? "leave" : "remove"), () => remove(path));
  if (!isDone) return;
  forgetOrganizations();
  if (isSelf) go(link("organizations"));
  else await refresh();
}

// Roles

const ROLE_SCOPES = ["entities:share", "entities:share_external", "entities:share_store",
  "entities:write", "org:settings", "org:write"];

async function roles(one) {
  const canChange = one.can("org:write");
  return [
    canChange ? h("div", { class: "filters" },
      button(t("roles.create"), () => editRole(one), { kind: "first" })) : null,
    h("ul", { class: "rows", "aria-label": t("organization.roles") }, one.roles.map((role) =>
      h("li", {}, h("div", { class: "grow" },
        h("p", { class: "strong" }, named("level", role.name)),
        h("p", { class: "soft" }, role.scopes.includes("*") ? t("scopes.all")
          : role.scopes.map((scope) => named("scope", scope)).join(" · ") || t("scopes.none"))),
      h("div", { class: "actions" }, role.builtIn ? badge(t("roles.builtIn")) : null,
        canChange && !role.builtIn ? [
          button(t("edit"), () => editRole(one, role), {
            kind: "second small", "aria-label": t("edit.of", { name: role.name }) }),
          button(t("delete"), async () => {
            const isDone = await confirm(t("roles.delete.title", { name: role.name }),
              h("p", {}, t("roles.delete.text")), t("delete"),
              () => remove(`${one.path}${api`/roles/${role.id}`}`));
            if (isDone) await refresh();
          }, { kind: "quiet small", "aria-label": t("delete.of", { name: role.name }) }),
        ] : null)))),
  ];
}

async function editRole(one, role) {
  const boxes = Object.fromEntries(ROLE_SCOPES.map((scope) =>
    [scope, [t(`scope.${scope}`), checkbox(role?.scopes.includes(scope)), scope]]));
  const isDone = await formDialog(role ? t("edit.of", { name: role.name }) : t("roles.create"), {
    inputs: { name: [t("name"), textInput(role?.name ?? "", { maxlength: "200" })], ...boxes },
    label: t("save"), send: ({ name, ...values }) => {
      const scopes = ROLE_SCOPES.filter((scope) => values[scope]);
      return role ? patch(`${one.path}${api`/roles/${role.id}`}`, { name, scopes })
        : post(`${one.path}/roles`, { name, scopes });
    },
  });
  if (isDone) await refresh();
}

// Store

async function store(one, { signal }) {
  const canChange = one.can("entities:share_store");
  return pages((page, pageSize) => list(`${one.path}/store`, { query: { page, pageSize }, signal })
    .catch((error) => {
      // To others a store without a public part doesn't exist.
      if (error.status === 404) return { items: [], total: 0 };
      throw error;
    }), (publication) => {
    const path = `${one.path}${api`/store/${publication.id}`}`;
    const { entity } = publication;
    const select = choice([["members", t("store.members")], ["everyone", t("store.everyone")]],
      publication.isPublic ? "everyone" : "members", {
        "aria-label": t("store.of", { name: entity.name }), onchange: async () => {
          if (await attempt(select, () => patch(path, {
            isPublic: select.value === "everyone" }))) toast(t("saved"));
          await refresh();
        },
      });
    return h("li", {}, h("span", { class: "tile" }, icon(entity.type)),
      h("div", { class: "grow" },
        h("a", { href: link("entities", entity.id), class: "strong" }, entity.name),
        h("p", { class: "soft" }, t(`kind.${entity.type}`), " · ",
          parts("store.since", { when: when(publication.publishedAt) }))),
      h("div", { class: "actions" }, canChange ? select
        : badge(t(publication.isPublic ? "store.everyone" : "store.members")),
      canChange ? button(t("remove"), async () => {
        const isDone = await confirm(t("store.remove.title", { name: entity.name }),
          h("p", {}, t("store.remove.text", { organization: one.name })), t("remove"),
          () => remove(path));
        if (isDone) await refresh();
      }, { kind: "quiet small", "aria-label": t("remove.of", { name: entity.name }) }) : null));
  }, {
    caption: t("organization.store"),
    whenEmpty: empty(t("store.empty"), t("store.empty.text")),
  });
}

// Storage and the registry

const STORAGE = ["endpoint", "bucket", "region", "accessKeyId"];

async function storage(one) {
  const { mode, external } = one.storageConfig;
  const canChange = one.can("org:settings");
  return [
    section(t("organization.storage"), h("div", { class: "panel" },
      h("dl", {}, h("dt", {}, t("storage.mode")), h("dd", {}, t(`storage.${mode}`)),
        mode === "external" ? STORAGE.map((key) => [h("dt", {}, t(`storage.${key}`)),
          h("dd", {}, h("code", {}, external[key]))]) : null),
      canChange ? h("div", { class: "actions" },
        button(t("storage.change"), () => changeStorage(one, external)),
        mode === "external" ? button(t("storage.toManaged"), async () => {
          const isDone = await confirm(t("storage.toManaged"),
            h("p", {}, t("storage.managed.text")), t("storage.toManaged"),
            () => post(`${one.path}/storage-config`, { mode: "managed" }));
          if (isDone) await refresh();
        }) : null) : null)),
    one.isMember ? section(t("registry"), h("div", { class: "panel" },
      h("p", { class: "soft" }, t("registry.text")),
      h("div", { class: "actions" },
        button(t("registry.show"), () => secretDialog(
          t("registry"), t("registry.secret"), one.npmRegistryKey)),
        canChange ? button(t("rotate"), async () => {
          const isDone = await confirm(t("registry.rotate.title"),
            h("p", {}, t("registry.rotate.text")), t("rotate"), async () => {
              const { npmRegistryKey } = await post(`${one.path}/npm-registry-key/rotate`);
              one.npmRegistryKey = npmRegistryKey;
            });
          if (isDone) secretDialog(t("registry"), t("registry.secret"), one.npmRegistryKey);
        }) : null))) : null,
  ];
}

async function changeStorage(one, external) {
  const inputs = Object.fromEntries(STORAGE.map((key) =>
    [key, [t(`storage.${key}`), textInput(external?.[key] ?? "")]]));
  inputs.secretAccessKey = [t("storage.secretAccessKey"),
    textInput("", { type: "password", autocomplete: "off" }), t("storage.secret.hint")];
  const isDone = await formDialog(t("storage.change"), {
    text: t("storage.change.text"), inputs, label: t("save"),
    send: (values) => post(`${one.path}/storage-config`, {
      mode: "external", external: { provider: "s3", ...values } }),
  });
  if (!isDone) return;
  toast(t("saved"));
  await refresh();
}

// History

async function history(one, options) {
  const canSee = one.role === "owner" || one.role === "admin" || session.me.role === "admin";
  const { history: timeline } = await import("./history.js");
  return timeline({
    audit: canSee ? { organizationId: one.id } : null, people: async () => {},
  }, options);
}
