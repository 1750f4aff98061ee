// htmx, where a page loads it: busy parts say so, new parts get their behaviour, a failed request can be tried again.
import { createAll, CharacterCount, Checkboxes, Radios } from "govuk-frontend";
import { fileLists } from "./files.js";
import { resetForms } from "./forms.js";

export function liveParts() {
  document.addEventListener("htmx:before:request", (event) => event.target.closest?.("[data-live]")?.setAttribute("aria-busy", "true"));
  document.addEventListener("htmx:finally:request", (event) => {
    event.target.closest?.("[data-live]")?.removeAttribute("aria-busy");
    resetForms();
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const root = event.target instanceof Element ? event.target : document.body;
    for (const Part of [Radios, Checkboxes, CharacterCount]) createAll(Part, {}, { scope: root, onError: () => {} });
    fileLists(root);
  });
  document.addEventListener("htmx:error", (event) => {
    if (event.target.id === "live") return; // comes again by itself
    const note = document.getElementById("live-error");
    if (note) note.hidden = false;
  });
}
