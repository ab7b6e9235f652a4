// Changing how much access a person has.

import { h } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { attempt, choice, toast } from "../lib/ui.js";

/** A choice or a number, which changes the access of a person at once.
 * @param done called after a change */
export function levelControl(person, done) {
  const { value, options, isNumber, change } = person.choice;
  const label = t("level.of", { name: person.name });
  const changed = async ({ target }) => {
    if (String(target.value) === String(value)) return;
    if (await attempt(target, () => change(target.value))) {
      toast(t("level.changed", { name: person.name }));
      await done();
    } else {
      target.value = value;
    }
  };
  return isNumber
    ? h("input", { type: "number", min: "1", step: "1", value, class: "number", "aria-label": label,
      onchange: changed })
    : choice(options, value, { "aria-label": label, onchange: changed });
}
