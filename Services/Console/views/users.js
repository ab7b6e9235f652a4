// The platform's users, for admins.

import { list, post } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { formDialog, textInput } from "../lib/forms.js";
import { t } from "../lib/i18n.js";
import { learn } from "../lib/people.js";
import { go, link, remember } from "../lib/router.js";
import { can } from "../lib/session.js";
import { refresh } from "../lib/shell.js";
import { avatar, badge, button, choice, empty, head, pages, searchField, when } from "../lib/ui.js";

export default async function users({ query, signal }) {
  const { search } = query;
  return [
    head(t("users"), {
      actions: can("users:admin") ? button(t("users.create"), create, { kind: "first" }) : [],
    }),
    h("div", { class: "filters" }, searchField(t("users.search"), search, (text) => {
      remember({ search: text });
      refresh();
    })),
    await pages((page, pageSize) => list("/api/users", {
      query: { search, page, pageSize }, signal,
    }), (user) => {
      learn(user);
      return h("li", { class: "thing" }, avatar(user.displayName),
        h("div", { class: "grow" }, h("a", {
          href: link("admin", "users", user.id), class: "strong cover" }, user.displayName),
        h("p", { class: "soft" }, `${user.email} · @${user.username}`)),
        badgesOf(user), h("span", { class: "soft when" }, when(user.createdAt)));
    }, { caption: t("users"), whenEmpty: empty(t("nothing.found")) }),
  ];
}

export function badgesOf(user) {
  return [user.role === "admin" ? badge(t("role.admin"), "accent") : null,
    user.suspended ? badge(t("users.suspended"), "bad") : null,
    user.managedBy ? badge(t("managed")) : null];
}

export const rolesOf = () => ["member", "admin"].map((role) => [role, t(`role.${role}`)]);

async function create() {
  const made = await formDialog(t("users.create"), {
    inputs: {
      email: [t("signIn.address"), textInput("", { type: "email" })],
      username: [t("username"), textInput("", { autocapitalize: "none", spellcheck: "false" })],
      displayName: [t("name"), textInput("", { maxlength: "200" })],
      role: [t("role"), choice(rolesOf(), "member")],
    }, label: t("create"), send: (user) => post("/api/users", user),
  });
  if (made) go(link("admin", "users", made.id));
}
