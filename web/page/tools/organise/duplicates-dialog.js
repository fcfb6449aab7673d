/** The dialog for duplicates and look-alikes. */

import { button, elementFromTemplate, listen, ref } from "../../lib/dom.js";
import { mountDuplicates } from "./duplicates.js";

/** @import { DuplicatesOptions } from "./duplicates.js" */

/**
 * @param {DuplicatesOptions} options
 * @returns {HTMLDialogElement}
 */
export function openDuplicates(options) {
  const dialog = /** @type {HTMLDialogElement} */ (elementFromTemplate("duplicates-dialog"));
  const end = mountDuplicates(ref(dialog, "duplicates"), {
    ...options,
    onSelect: (ids) => {
      dialog.close();
      options.onSelect(ids);
    },
  });
  listen(button(dialog, "duplicates-close"), "click", () => dialog.close());
  listen(dialog, "close", () => {
    end();
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
