// What is the caller's, what is shared with them, and what waits for them.

import { list } from "../lib/api.js";
import { h, put } from "../lib/dom.js";
import { named, t, tn } from "../lib/i18n.js";
import { isMe } from "../lib/people.js";
import { link, remember } from "../lib/router.js";
import { can, session } from "../lib/session.js";
import {
  attempt, badge, button, choice, empty, head, icon, longList, searchField, section,
  when,
} from "../lib/ui.js";
import { waitingForMe } from "./received.js";

const KINDS = ["app", "service", "chat_extension", "integration", "workspace"];
const CREATING = ["entities:write", "integration:write", "workspaces:write"];
const SIZE = 100;

export default async function home({ query, signal }) {
  const [waiting, sources] = await Promise.all([waitingForMe(signal), load(query.search, signal)]);
  const filter = { search: query.search ?? "", kind: query.kind ?? "" };
  const content = h("div");
  const draw = () => put(content, groups(sources, filter.kind, draw));
  draw();
  const change = () => remember(filter);
  return [
    head(t("home.title"), {
      actions: CREATING.some(can) ? button(t("create"), async () => {
        const { create } = await import("./create.js");
        await create();
      }, { kind: "first" }) : [],
    }),
    waiting.length ? section(t("home.waiting"), h("ul", { class: "rows" }, waiting)) : null,
    h("div", { class: "filters" },
      searchField(t("home.search"), filter.search, async (search) => {
        filter.search = search;
        change();
        const found = await load(search, signal);
        if (filter.search !== search) return;
        sources.splice(0, sources.length, ...found);
        draw();
      }),
      choice([["", t("home.all")], ...KINDS.map((kind) => [kind, t(`kind.${kind}`)])], filter.kind,
        { "aria-label": t("home.kind"), onchange: ({ target }) => {
          filter.kind = target.value;
          change();
          draw();
        } })),
    content,
  ];
}

/** The lists that hold things, each as far as it has been loaded. */
async function load(search, signal) {
  const sources = [
    { path: "/api/entities", query: { search }, make: entity },
    { path: "/api/integrations", query: { search }, make: integration },
    { path: "/api/v2/workspaces", query: {}, make: workspace },
  ];
  const words = (search ?? "").toLowerCase();
  for (const source of sources) {
    source.things = [];
    source.page = 0;
    source.more = async () => {
      source.page += 1;
      const { items, total } = await list(source.path, {
        query: { ...source.query, page: source.page, pageSize: SIZE }, signal,
      });
      source.total = total;
      // Workspaces have no search of their own.
      source.things.push(...items.map(source.make)
        .filter(({ name }) => source.query.search !== undefined || words === ""
          || name.toLowerCase().includes(words)));
      source.rest = Math.max(0, total - source.page * SIZE);
    };
  }
  await Promise.all(sources.map(({ more }) => more()));
  return sources;
}

function entity(item) {
  return {
    kind: item.type, name: item.name, text: item.description, at: item.updatedAt,
    isMine: isMe(item.ownerId), access: item.access, address: link("entities", item.id),
  };
}

function integration(item) {
  const [type, owner] = item.ownerId.split(":");
  return {
    kind: "integration", name: item.name, text: item.description, at: item.updatedAt,
    isMine: type === "user" && owner === session.me.username,
    access: type === "team" ? "team" : null, address: link("integrations", item.id),
  };
}

function workspace(item) {
  return {
    kind: "workspace", name: item.name, at: item.createdAt, isMine: item.permissions === "owner",
    access: item.permissions, address: link("workspaces", item.id),
  };
}

function groups(sources, kind, draw) {
  const things = sources.flatMap((source) => source.things)
    .filter((thing) => kind === "" || thing.kind === kind)
    .sort((a, b) => b.at.localeCompare(a.at));
  const mine = things.filter(({ isMine }) => isMine);
  const shared = things.filter(({ isMine }) => !isMine);
  const rest = sources.reduce((sum, source) => sum + source.rest, 0);
  const more = button(t("more"), () => attempt(more, async () => {
    await Promise.all(sources.filter((source) => source.rest > 0).map((source) => source.more()));
    draw();
  }));
  return [
    section(t("home.mine"), mine.length ? rows(mine, t("home.mine"))
      : empty(t("home.mine.none"), t("home.mine.none.text"))),
    section(t("home.shared"), shared.length ? rows(shared, t("home.shared"))
      : empty(t("home.shared.none"), t("home.shared.none.text"))),
    rest > 0 ? h("div", { class: "more" }, h("span", { class: "soft" },
      tn("home.rest", rest)), more) : null,
  ];
}

function rows(things, caption) {
  const rowsOf = longList(caption);
  rowsOf.add(things.map((thing) =>
    h("li", { class: "thing" }, h("span", { class: `tile ${thing.kind}` }, icon(thing.kind)),
      h("div", { class: "grow" },
        h("a", { href: thing.address, class: "strong cover" }, thing.name),
        h("p", { class: "soft clip" }, [t(`kind.${thing.kind}`), thing.text].filter(Boolean)
          .join(" · "))),
      thing.isMine || !thing.access ? null : badge(named("via", thing.access)),
      h("span", { class: "soft when" }, when(thing.at)))));
  return rowsOf.element;
}
