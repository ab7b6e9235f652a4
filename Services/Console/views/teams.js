// The caller's teams, which integrations are shared with and owned by.

import { list, post } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { formDialog, textInput } from "../lib/forms.js";
import { t, tn } from "../lib/i18n.js";
import { go, link, remember } from "../lib/router.js";
import { can } from "../lib/session.js";
import { refresh } from "../lib/shell.js";
import { button, empty, head, icon, pages, searchField } from "../lib/ui.js";

export default async function teams({ query, signal }) {
  const { search } = query;
  return [
    head(t("teams"), {
      lead: t("teams.text"),
      actions: can("team:write") ? button(t("teams.create"), create, { kind: "first" }) : [],
    }),
    h("div", { class: "filters" }, searchField(t("teams.search"), search, (text) => {
      remember({ search: text });
      refresh();
    })),
    await pages((page, pageSize) => list("/api/teams", {
      query: { search, page, pageSize }, signal,
    }), (one) => h("li", {}, h("span", { class: "tile" }, icon("people")),
      h("div", { class: "grow" },
        h("a", { href: link("teams", one.id), class: "strong cover" }, one.name),
        h("p", { class: "soft" }, tn("organizations.members", one.memberCount))),
      one.managedBy ? badge(t("managed")) : null),
    { caption: t("teams"), whenEmpty: empty(t(search ? "nothing.found" : "teams.none"),
      search ? "" : t("teams.none.text")) }),
  ];
}

async function create() {
  const made = await formDialog(t("teams.create"), {
    inputs: { name: [t("name"), textInput("", { maxlength: "200" })] }, label: t("create"),
    send: ({ name }) => post("/api/teams", { name }),
  });
  if (made) go(link("teams", made.id));
}
