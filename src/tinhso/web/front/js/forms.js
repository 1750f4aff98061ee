// One click sends once: the button says "Đang gửi…" and is aria-disabled, not disabled, so that focus stays on it.
function waiting(button) {
  button.setAttribute("aria-disabled", "true");
  const label = button.querySelector(":scope > span") || button;
  button.dataset.label = label.textContent;
  label.textContent = button.dataset.waiting;
}

function ready(button) {
  button.removeAttribute("aria-disabled");
  const label = button.querySelector(":scope > span") || button;
  if (button.dataset.label) label.textContent = button.dataset.label;
}

export function guardForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    // not form.method: a field of that name stands in its way
    if (form.getAttribute("method")?.toLowerCase() !== "post" || event.defaultPrevented) return;
    // shown in a window of its own: this page stays and is sent later
    if (event.submitter?.formTarget === "_blank") return;
    if (form.dataset.sending) { event.preventDefault(); return; }
    form.dataset.sending = "1";
    const button = event.submitter?.dataset.waiting ? event.submitter : form.querySelector("button[data-waiting]");
    // after the browser has read the form, so that the button's own name and value are sent
    if (button) setTimeout(() => waiting(button));
  });
  // Back from the next page shows the form as it was: ready to be sent again
  window.addEventListener("pageshow", (event) => { if (event.persisted) resetForms(); });

  // what was typed and not sent: ask before leaving
  for (const form of document.querySelectorAll("form[data-unsaved]")) {
    let changed = false;
    form.addEventListener("input", () => { changed = true; });
    form.addEventListener("submit", () => { changed = false; });
    window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  }
}

export function resetForms() {
  for (const form of document.querySelectorAll("form[data-sending]")) {
    delete form.dataset.sending;
    form.querySelectorAll("button[aria-disabled][data-label]").forEach(ready);
  }
}
