// An entity, an integration or a workspace: who has access and why, invitations, history.

import { h, put } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { nameOf } from "../lib/people.js";
import { link } from "../lib/router.js";
import { session } from "../lib/session.js";
import { refresh } from "../lib/shell.js";
import { levelControl } from "./level.js";
import { manageButtons } from "./manage.js";
import {
  attempt, avatar, badge, button, confirm, copyable, empty, head, icon, longList, searchField,
  section, tabs, toast,
} from "../lib/ui.js";

/** The view of things that a module of `things/` loads. */
export const viewOf = (load) => async ({ params, query, signal }) => {
  const { id, tab = "access" } = params;
  const thing = await load(id, signal, query);
  const address = (key) => (key === "access" ? link(thing.base, id) : link(thing.base, id, key));
  const parts = [["access", t("thing.access")],
    thing.invitations || thing.workspaceInvitations
      ? ["invitations", t("thing.invitations")] : null,
    ["history", t("thing.history")]].filter(Boolean);
  const owner = thing.owner ?? (thing.ownerId && nameOf(thing.ownerId));
  return [
    head(thing.name, {
      trail: [[t("home.title"), "#/"]], lead: thing.text,
      badges: [badge(t(`kind.${thing.kind}`)),
        thing.isOwner ? badge(t("thing.yours"), "accent") : null],
      actions: [thing.share || thing.stores.length ? button(t("share"), async () => {
        const { share } = await import("./share.js");
        share(thing, refresh);
      }, { kind: "first", icon: "people" }) : null, manageButtons(thing)],
    }),
    h("p", { class: "soft facts" }, [
      owner ? h("span", {}, t("thing.owner", { name: owner })) : null,
      thing.organization ? h("span", {}, thing.organization) : null, copyable(thing.id)]),
    tabs(parts.map(([key, label]) => [label, address(key)]), address(tab)),
    await content(thing, tab, { query, signal }),
  ];
};

async function content(thing, tab, options) {
  if (tab === "history") {
    const { history } = await import("./history.js");
    return history(thing, options);
  }
  if (tab === "invitations") {
    const { invitationsOf } = await import("./invitations.js");
    return invitationsOf(thing, options);
  }
  return access(thing, options);
}

async function access(thing, { query, signal }) {
  const { graph } = await import("../lib/graph.js");
  const rows = longList(t("thing.access"), "people");
  const picture = h("div");
  const foot = h("div", { class: "more" });
  let shown = [];
  let search = query.search ?? "";
  const first = await thing.people({ search, signal });

  const more = button(t("more"), () => attempt(more, async () => {
    add(await thing.people({ search, cursor: more.cursor, signal }));
  }));
  function add(page) {
    shown = [...shown, ...page.people];
    rows.add(page.people.map((person) => personRow(person)));
    more.cursor = page.next;
    put(foot, page.next ? more : null);
    const people = shown.filter(({ isTeam }) => !isTeam);
    put(picture, people.length ? graph(thing, people) : null);
  }
  const none = h("div");
  const showNone = () => put(none, shown.length ? null : empty(t("nothing")));
  add(first);
  showNone();
  return [
    first.everyone ? h("p", { class: "notice" }, t("thing.everyone")) : null,
    first.isPartial ? h("p", { class: "notice plain" }, t("thing.partial")) : null,
    section(t("thing.picture"), picture),
    section(t("thing.people"),
      h("div", { class: "filters" }, searchField(t("thing.search"), search, async (text) => {
        search = text;
        const page = await thing.people({ search, signal });
        if (search !== text) return;
        shown = [];
        rows.clear();
        add(page);
        showNone();
      })), none, rows.element, foot),
  ];
}

function personRow(person) {
  return h("li", {}, person.isTeam ? h("span", { class: "tile" }, icon("people"))
    : avatar(person.name),
  h("div", { class: "grow" }, h("p", { class: "strong" }, person.name,
    person.id === session.me.id || person.key === `user:${session.me.username}`
      ? h("span", { class: "soft" }, ` (${t("you")})`) : null),
  h("p", { class: "soft" }, person.detail),
  h("ul", { class: "why" }, person.paths.map(({ text }) => h("li", {}, text)))),
  h("div", { class: "actions" },
    person.choice ? levelControl(person, refresh) : badge(person.level),
    person.revoke ? button(t("revoke"), () => revoke(person), {
      kind: "quiet small", "aria-label": t("revoke.of", { name: person.name }),
    }) : null));
}

/** Asks, saying which access ends and which stays, and revokes. */
export async function revoke(person) {
  const { name, thing, ends, stays, run } = person.revoke;
  const lines = (items) => h("ul", { class: "why" }, items.map((text) => h("li", {}, text)));
  const isDone = await confirm(t("revoke.title", { name, thing }), [
    h("p", {}, t("revoke.ends")), lines(ends),
    stays.length ? [h("p", {}, t("revoke.stays")), lines(stays)] : null,
  ], t("revoke"), run);
  if (!isDone) return;
  toast(t("revoke.done", { name }));
  await refresh();
}
