// The share dialog: add people and teams, change and revoke what they have, publish to stores.

import { addresses } from "../lib/addresses.js";
import { h, put } from "../lib/dom.js";
import { check, checkbox } from "../lib/forms.js";
import { t } from "../lib/i18n.js";
import { publish, stores } from "../things/entity.js";
import { pendingOf } from "./invitations.js";
import { levelControl } from "./level.js";
import {
  attempt, avatar, badge, button, choice, dialog, field, icon, problemText, skeleton, toast,
} from "../lib/ui.js";

/** @param changed called after the dialog, if something was changed in it */
export function share(thing, changed) {
  const people = h("div", {}, skeleton());
  const places = h("div");
  let hasChanged = false;
  const note = () => {
    hasChanged = true;
    loadPeople();
  };
  const box = dialog(t("share.title", { name: thing.name }), [
    thing.share ? form(thing, note) : null,
    h("h3", {}, t("thing.people")), people, places,
    h("div", { class: "foot" }, button(t("share.done"), () => box.close(), { kind: "first" })),
  ], { wide: true });
  box.addEventListener("close", () => {
    if (hasChanged) changed();
  });
  box.querySelector("input")?.focus();

  async function loadPeople() {
    try {
      const [page, pending] = await Promise.all([thing.people({}), pendingOf(thing, note)]);
      put(people, h("ul", { class: "rows compact", "aria-label": t("thing.people") },
        page.people.map((person) => personRow(person, note)), pending),
      page.next ? h("p", { class: "soft" }, t("share.more")) : null);
    } catch (error) {
      put(people, h("p", { class: "mistake", role: "alert" }, problemText(error)));
    }
  }
  loadPeople();
  if (thing.stores.length) {
    loadStores(thing, places, () => {
      hasChanged = true;
    });
  }
}

/** What can be said besides whom and how much, each if the thing has it for the chosen level. */
function extras({ message, notify, inviteUnknown }, level) {
  const words = h("textarea", { rows: "2", maxlength: "1000" });
  const [tells, invites] = [checkbox(true), checkbox(true)];
  const all = [
    ["message", message, field(t("share.message"), words), () => words.value.trim()],
    ["notify", notify, check(t("share.notify"), tells), () => tells.checked],
    ["inviteUnknown", inviteUnknown, check(t("share.inviteUnknown"), invites,
      t("share.inviteUnknown.hint")), () => invites.checked],
  ];
  const toggle = () => {
    for (const [, has, element] of all) element.hidden = !has?.(level.value);
  };
  level.addEventListener("change", toggle);
  toggle();
  return {
    elements: all.filter(([, has]) => has).map(([, , element]) => element),
    values: () => Object.fromEntries(all.filter(([, has]) => has?.(level.value))
      .map(([name, , , value]) => [name, value()])),
  };
}

function form(thing, note) {
  const { label, hint, levels, isNumber, suggest, check: isComplete, add } = thing.share;
  const who = addresses({ label, hint, suggest, check: isComplete });
  const level = isNumber ? h("input", { type: "number", min: "1", step: "1", value: "10" })
    : choice(levels, levels[0][0]);
  const more = extras(thing.share, level);
  const results = h("ul", { class: "results" });
  const reject = () => {
    who.input.setAttribute("aria-invalid", "true");
    who.input.focus();
  };
  const submit = h("button", { class: "button first" }, t("share.add"));
  return h("form", {
    novalidate: true, class: "share", onsubmit: async (event) => {
      event.preventDefault();
      const values = who.values();
      if (values.length === 0) {
        reject();
        return;
      }
      await attempt(submit, async () => {
        const outcomes = await add(values, level.value, more.values());
        put(results, outcomes.map((outcome) => resultRow(outcome, note)));
        // Then nothing was done: the addresses stay, to be corrected.
        if (outcomes.some(({ outcome }) => outcome === "refused")) {
          reject();
          return;
        }
        who.clear();
        note();
      });
    },
  }, who.element, h("div", { class: "row end" },
    h("div", { class: "grow" }, field(t("share.level"), level)), submit), more.elements,
  h("div", { role: "status" }, results));
}

const GOOD = ["added", "invited", "isInvited"];

function resultRow({ name, outcome, detail, invite }, note) {
  const row = h("li", { class: GOOD.includes(outcome) ? "good" : "other" },
    icon(GOOD.includes(outcome) ? "check" : "warn"),
    h("span", { class: "grow" }, t(`share.${outcome}`, { name, detail: detail ?? "" })));
  if (invite) {
    const act = button(t("share.invite"), () => attempt(act, async () => {
      const [result] = await invite();
      row.replaceWith(resultRow(result, note));
    }), { kind: "second small" });
    row.append(act);
  }
  return row;
}

function personRow(person, note) {
  return h("li", {}, person.isTeam ? h("span", { class: "tile" }, icon("people"))
    : avatar(person.name),
  h("div", { class: "grow" }, h("p", { class: "strong" }, person.name),
    h("p", { class: "soft clip", title: person.detail }, person.paths[0]?.text)),
  h("div", { class: "actions" },
    person.choice ? levelControl(person, note) : badge(person.level),
    person.revoke ? revokeButton(person, note) : null));
}

/** Revokes with a second press: the dialog is open already. */
function revokeButton(person, note) {
  const { name, stays, run } = person.revoke;
  let isSure = false;
  const act = button(t("revoke"), async () => {
    if (!isSure) {
      isSure = true;
      act.classList.replace("quiet", "danger");
      put(act, stays.length ? t("revoke.sure.stays") : t("revoke.sure"));
      return;
    }
    if (await attempt(act, run)) {
      toast(t("revoke.done", { name }));
      note();
    }
  }, { kind: "quiet small", "aria-label": t("revoke.of", { name }) });
  act.addEventListener("click", () => act.removeAttribute("aria-label"));
  return act;
}

async function loadStores(thing, box, note) {
  let found;
  try {
    found = await stores(thing);
  } catch (error) {
    put(box, h("p", { class: "mistake", role: "alert" }, problemText(error)));
    return;
  }
  put(box, h("h3", {}, t("share.stores")), found.map((store) => {
    const { publication } = store;
    const now = !publication ? "none" : publication.isPublic ? "everyone" : "members";
    const options = ["none", "members", "everyone"].map((key) => [key, t(`store.${key}`)]);
    const select = choice(options, now, {
      "aria-label": t("share.store", { name: store.name }), onchange: async () => {
        const isDone = await attempt(select, () => publish(thing, store, select.value));
        if (isDone) {
          toast(t("share.store.done", { name: store.name }));
          note();
        }
        await loadStores(thing, box, note);
      },
    });
    return h("div", { class: "row store" }, icon("building"),
      h("span", { class: "grow" }, store.name), select);
  }));
}
