// Changing, transferring and deleting a thing.

import { patch, remove } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { checkbox, formDialog, textInput } from "../lib/forms.js";
import { t } from "../lib/i18n.js";
import { go } from "../lib/router.js";
import { refresh } from "../lib/shell.js";
import { attempt, button, choice, confirm, dialog, toast } from "../lib/ui.js";

/** What the caller can do with a thing. `thing.manage` is `{path, canEdit, canTransfer, canDelete,
 * owners, setOwner, resharing}`: `owners` gives who can own it, as `[value, label]`. */
export function manageButtons(thing) {
  const { canEdit, canTransfer, canDelete } = thing.manage ?? {};
  const move = button(t("transfer"), async () => {
    let owners;
    const isThere = await attempt(move, async () => {
      owners = await thing.manage.owners();
    });
    if (isThere) await transfer(thing, owners);
  });
  return [
    canEdit ? button(t("edit"), () => edit(thing)) : null,
    canTransfer ? move : null,
    canDelete ? button(t("delete"), () => destroy(thing), { kind: "danger" }) : null,
  ];
}

async function edit(thing) {
  const { path, resharing } = thing.manage;
  const hasText = thing.kind !== "workspace";
  const isDone = await formDialog(t("edit.of", { name: thing.name }), {
    inputs: {
      name: [t("name"), textInput(thing.name, { maxlength: "200" })],
      ...(hasText ? { description: [t("create.description"),
        textInput(thing.text ?? "", { maxlength: "1000" })] } : {}),
      ...(resharing ? { others: [t("thing.resharing"), checkbox(resharing === "anyone"),
        t("thing.resharing.hint")] } : {}),
    },
    label: t("save"),
    send: ({ name, description, others }) => patch(path, {
      name, ...(hasText ? { description } : {}),
      ...(resharing ? { resharing: others ? "anyone" : "publishers" } : {}),
    }),
  });
  if (!isDone) return;
  toast(t("saved"));
  await refresh();
}

async function transfer(thing, owners) {
  const title = t("transfer.of", { name: thing.name });
  if (owners.length === 0) {
    const box = dialog(title, [h("p", {}, t("transfer.none")), h("div", { class: "foot" },
      button(t("close"), () => box.close(), { kind: "first" }))]);
    return;
  }
  const isDone = await formDialog(title, {
    text: t(`transfer.text.${thing.base}`),
    inputs: { owner: [t("transfer.owner"), choice(owners, owners[0][0])] },
    label: t("transfer"), kind: "danger", send: ({ owner }) => thing.manage.setOwner(owner),
  });
  if (!isDone) return;
  toast(t("transfer.done"));
  await refresh();
}

async function destroy(thing) {
  const isDone = await confirm(t("thing.delete.title", { name: thing.name }),
    h("p", {}, t(`thing.delete.text.${thing.base}`)), t("delete"),
    () => remove(thing.manage.path));
  if (!isDone) return;
  // Leaving a view removes its notices.
  addEventListener("hashchange", () => toast(t("thing.deleted", { name: thing.name })),
    { once: true });
  go("#/");
}
