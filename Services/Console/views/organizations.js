// The caller's organizations.

import { list, post } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { formDialog, textInput } from "../lib/forms.js";
import { named, t, tn } from "../lib/i18n.js";
import { forgetOrganizations } from "../lib/people.js";
import { go, link, remember } from "../lib/router.js";
import { can } from "../lib/session.js";
import { refresh } from "../lib/shell.js";
import { badge, button, empty, head, icon, pages, searchField } from "../lib/ui.js";

export default async function organizations({ query, signal }) {
  const { search } = query;
  return [
    head(t("organizations"), {
      actions: can("org:write") ? button(t("organizations.create"), create, { kind: "first" }) : [],
    }),
    h("div", { class: "filters" }, searchField(t("organizations.search"), search, (text) => {
      remember({ search: text });
      refresh();
    })),
    await pages((page, pageSize) => list("/api/organizations", {
      query: { search, page, pageSize }, signal,
    }), (one) => h("li", {}, h("span", { class: "tile" }, icon("building")),
      h("div", { class: "grow" },
        h("a", { href: link("organizations", one.id), class: "strong cover" }, one.name),
        h("p", { class: "soft" }, tn("organizations.members", one.memberCount))),
      one.role ? badge(named("level", one.role)) : null),
    { caption: t("organizations"), whenEmpty: empty(
      t(search ? "nothing.found" : "organizations.none"),
      search ? "" : t("organizations.none.text")) }),
  ];
}

async function create() {
  const made = await formDialog(t("organizations.create"), {
    inputs: { name: [t("name"), textInput("", { required: true, maxlength: "200" })] },
    label: t("create"), send: ({ name }) => post("/api/organizations", { name }),
  });
  if (!made) return;
  forgetOrganizations();
  go(link("organizations", made.id));
}
