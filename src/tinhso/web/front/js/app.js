// Extras on top of plain HTML. Every page works without this file; nothing here decides anything.
import { createAll, Button, CharacterCount, Checkboxes, ErrorSummary, Radios, SkipLink } from "govuk-frontend";
import { guardForms } from "./forms.js";
import { worklistKeys } from "./keys.js";
import { sessionEnd } from "./session.js";
import { fileLists } from "./files.js";
import { piecewise } from "./pieces.js";
import { liveParts } from "./live.js";
import { liveTopics } from "./topics.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
for (const Part of [ErrorSummary, Radios, Checkboxes, CharacterCount, Button, SkipLink]) createAll(Part);

// menu buttons: aria-expanded and a class, nothing more
for (const button of document.querySelectorAll("[data-toggle]")) {
  const target = document.getElementById(button.getAttribute("aria-controls"));
  button.addEventListener("click", () => button.setAttribute("aria-expanded", String(target.classList.toggle("is-open"))));
}
// account menus close on Escape and on a click elsewhere
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && document.querySelector("details.cq-account[open]");
  if (open) { open.open = false; open.querySelector("summary").focus(); }
});
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.cq-account[open]")) if (!open.contains(event.target)) open.open = false;
});
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());

piecewise(document);
guardForms();
worklistKeys();
sessionEnd();
fileLists(document);
liveParts();
liveTopics();
if ("serviceWorker" in navigator && document.body.dataset.sw && window.isSecureContext) {
  navigator.serviceWorker.register(document.body.dataset.sw).catch(() => {});
}
