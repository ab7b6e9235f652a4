// The API tokens of all users, for admins: by user, as the API has them.

import { api, list } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { learn } from "../lib/people.js";
import { link, remember } from "../lib/router.js";
import { can } from "../lib/session.js";
import { refresh } from "../lib/shell.js";
import { avatar, empty, head, pages, searchField } from "../lib/ui.js";
import { tokenRow } from "./credentials.js";
import { badgesOf } from "./users.js";

/** Each user is one more request. */
const SIZE = 20;
const MOST = 100;

export default async function tokens({ query: { search }, signal }) {
  return [
    head(t("tokens"), { lead: t("tokens.all.text") }),
    h("div", { class: "filters" }, searchField(t("users.search"), search, (text) => {
      remember({ search: text });
      refresh();
    })),
    await pages(async (page, pageSize) => {
      const found = await list("/api/users", { query: { search, page, pageSize }, signal });
      learn(...found.items);
      return { items: await Promise.all(found.items.map(withTokens)), total: found.total };
    }, userRow, { size: SIZE, caption: t("tokens"), whenEmpty: empty(t("nothing.found")) }),
  ];

  async function withTokens(user) {
    const path = api`/api/users/${user.id}/tokens`;
    return { user, path, ...await list(path, { query: { pageSize: MOST }, signal }) };
  }
}

function userRow({ user, path, items, total }) {
  return h("li", { class: "group" }, avatar(user.displayName),
    h("div", { class: "grow" },
      h("p", {}, h("a", {
        href: link("admin", "users", user.id, "tokens"), class: "strong",
      }, user.displayName), " ", badgesOf(user)),
      h("p", { class: "soft" }, user.email),
      items.length === 0 ? h("p", { class: "soft" }, t("tokens.none"))
        : h("ul", { class: "rows inner", "aria-label": t("tokens.of", { name: user.displayName }) },
          items.map(tokenRow(path, can("users:admin")))),
      total > items.length ? h("a", {
        href: link("admin", "users", user.id, "tokens"),
      }, t("tokens.all.more", { total })) : null));
}
