// A team and its members.

import { api, get, list, patch, put, remove } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { formDialog, textInput } from "../lib/forms.js";
import { named, t } from "../lib/i18n.js";
import { go, link } from "../lib/router.js";
import { can, isAdmin, session } from "../lib/session.js";
import { refresh } from "../lib/shell.js";
import {
  attempt, avatar, badge, button, choice, confirm, copyable, head, managedNotice, pages, toast,
} from "../lib/ui.js";

const ROLES = ["member", "data-wizard", "admin"];

export default async function team({ params, signal }) {
  const path = api`/api/teams/${params.id}`;
  const [one, members] = await Promise.all([get(path, { signal }),
    list(`${path}/members`, { query: { pageSize: 100 }, signal })]);
  const role = members.items.find(({ username }) => username === session.me.username)?.role;
  const canWrite = can("team:write") && (role === "admin" || isAdmin());
  const canManage = canWrite && !one.managedBy;
  return [
    head(one.name, {
      trail: [[t("teams"), link("teams")]],
      badges: [role ? badge(named("level", role), "accent") : null,
        one.managedBy ? badge(t("managed")) : null],
      actions: canManage ? [button(t("rename"), () => rename(one, path)),
        button(t("delete"), () => destroy(one, path), { kind: "danger" })] : [],
    }),
    h("p", { class: "soft facts" }, copyable(one.id)),
    one.managedBy ? managedNotice(t("team.managed.text"),
      isAdmin() && can("team:write") ? () => patch(path, { managedBy: null }) : null) : null,
    canManage ? h("div", { class: "filters" },
      button(t("members.add"), () => add(path), { kind: "first" })) : null,
    await pages((page, pageSize) => (page === 1 && members.total <= 100 ? members
      : list(`${path}/members`, { query: { page, pageSize }, signal })),
    (member) => row(one, path, member, { canWrite, canManage }),
    { caption: t("organization.members"), size: 100 }),
  ];
}

/** Which role a member has is decided here, also where a provider decides who is a member. */
function row(one, path, member, { canWrite, canManage }) {
  const place = `${path}${api`/members/${member.username}`}`;
  const isSelf = member.username === session.me.username;
  const select = choice(ROLES.map((role) => [role, named("level", role)]), member.role, {
    "aria-label": t("members.role", { name: member.displayName }), onchange: async () => {
      if (await attempt(select, () => put(place, { role: select.value }))) {
        toast(t("members.changed", { name: member.displayName }));
        await refresh();
      } else {
        select.value = member.role;
      }
    },
  });
  return h("li", {}, avatar(member.displayName),
    h("div", { class: "grow" }, h("p", { class: "strong" }, member.displayName,
      isSelf ? h("span", { class: "soft" }, ` (${t("you")})`) : null),
    h("p", { class: "soft" }, `@${member.username}`)),
    h("div", { class: "actions" }, canWrite ? select : badge(named("level", member.role)),
      canManage || (isSelf && !one.managedBy) ? button(t(isSelf ? "leave" : "remove"), async () => {
        const values = { name: member.displayName, organization: one.name };
        const isDone = await confirm(
          t(isSelf ? "members.leave.title" : "members.remove.title", values),
          h("p", {}, t("teams.remove.text", values)), t(isSelf ? "leave" : "remove"),
          () => remove(place));
        if (!isDone) return;
        if (isSelf) go(link("teams"));
        else await refresh();
      }, { kind: "quiet small", "aria-label": isSelf ? null : t("remove.of",
        { name: member.displayName }) }) : null));
}

async function add(path) {
  const isDone = await formDialog(t("members.add"), {
    inputs: {
      username: [t("username"), textInput("", { autocapitalize: "none", spellcheck: "false" })],
      role: [t("role"), choice(ROLES.map((role) => [role, named("level", role)]), "member")],
    }, label: t("members.add"),
    send: ({ username, role }) => put(`${path}${api`/members/${username.replace(/^@/, "")}`}`,
      { role }),
  });
  if (isDone) await refresh();
}

async function rename(one, path) {
  const isDone = await formDialog(t("rename"), {
    inputs: { name: [t("name"), textInput(one.name, { maxlength: "200" })] }, label: t("save"),
    send: ({ name }) => patch(path, { name }),
  });
  if (isDone) await refresh();
}

async function destroy(one, path) {
  const isDone = await confirm(t("teams.delete.title", { name: one.name }),
    h("p", {}, t("teams.delete.text")), t("delete"), () => remove(path));
  if (isDone) go(link("teams"));
}
