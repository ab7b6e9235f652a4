// The caller's webhooks.

import { list, post } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { formDialog, secretDialog, textInput } from "../lib/forms.js";
import { t } from "../lib/i18n.js";
import { myOrganizations } from "../lib/people.js";
import { go, link } from "../lib/router.js";
import { can, isAdmin } from "../lib/session.js";
import { badge, button, choice, empty, head, icon, pages } from "../lib/ui.js";

export default async function webhooks({ signal }) {
  return [
    head(t("webhooks"), {
      lead: t("webhooks.text"),
      actions: can("webhooks:write") ? button(t("webhooks.create"), create, { kind: "first" }) : [],
    }),
    await pages((page, size) => list("/api/v1/webhooks", {
      query: { page, page_size: size }, signal,
    }), (one) => h("li", {}, h("span", { class: "tile" }, icon("hook")),
      h("div", { class: "grow" }, h("a", { href: link("webhooks", one.id), class: "strong cover" },
        one.url), h("p", { class: "soft clip" }, t(`webhooks.scope.${one.scope}`), " · ",
        one.events.includes("*") ? t("webhooks.all") : one.events.join(", "))),
      stateOf(one)),
    { caption: t("webhooks"), whenEmpty: empty(t("webhooks.none"), t("webhooks.none.text")) }),
  ];
}

export function stateOf(one) {
  if (one.enabled) return badge(t("webhooks.on"), "good");
  return one.disabled_reason ? badge(t(`webhooks.reason.${one.disabled_reason}`), "bad")
    : badge(t("webhooks.off"), "warn");
}

/** A field for types of events: everything, or a list. */
export function eventsInput(events = ["*"]) {
  return textInput(events.join(", "), { spellcheck: "false", autocapitalize: "none" });
}

export const eventsOf = (text) => text.split(/[\s,]+/).filter(Boolean);

async function create() {
  const organizations = (await myOrganizations()).filter(({ role }) =>
    role === "owner" || role === "admin");
  const scopes = [["own", t("webhooks.scope.own")],
    ...organizations.map(({ id, name }) => [id, t("webhooks.scope.of", { name })]),
    ...(isAdmin() ? [["platform", t("webhooks.scope.platform")]] : [])];
  const made = await formDialog(t("webhooks.create"), {
    inputs: {
      url: [t("webhooks.url"), textInput("", { type: "url", placeholder: "https://" })],
      scope: [t("webhooks.scope"), choice(scopes, "own")],
      events: [t("webhooks.events"), eventsInput(), t("webhooks.events.hint")],
    }, label: t("create"), send: ({ url, scope, events }) => post("/api/v1/webhooks", {
      url, events: eventsOf(events), ...(scope.startsWith("org_")
        ? { scope: "organization", organization_id: scope } : { scope }),
    }),
  });
  if (!made) return;
  go(link("webhooks", made.id));
  secretDialog(t("webhooks.secret"), t("webhooks.secret.text"), made.secret);
}
