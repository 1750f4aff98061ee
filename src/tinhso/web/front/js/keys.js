// Worklist keys: / searches, J and K go down and up, Enter opens. They can be turned off (WCAG 2.2, 2.1.4).
const OFF = "tinhso-keys-off";

function isOff() {
  try { return localStorage.getItem(OFF) === "1"; } catch { return false; }
}

function typing(target) {
  return target.closest("input, textarea, select, [contenteditable], dialog") !== null;
}

export function worklistKeys() {
  for (const button of document.querySelectorAll("[data-keys-switch]")) {
    const show = () => button.setAttribute("aria-pressed", String(!isOff()));
    button.addEventListener("click", () => {
      try { localStorage.setItem(OFF, isOff() ? "0" : "1"); } catch { return; }
      show();
    });
    show();
  }
  document.addEventListener("keydown", (event) => {
    if (isOff() || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const key = event.key.toLowerCase();
    const box = key === "/" && document.querySelector('[data-key="/"]');
    if (box) { event.preventDefault(); box.focus(); return; }
    const table = document.querySelector("table[data-keys]");
    if (!table || (key !== "j" && key !== "k")) return;
    const links = [...table.querySelectorAll("tbody tr")].map((row) => row.querySelector("a")).filter(Boolean);
    if (!links.length) return;
    const row = document.activeElement.closest("tbody tr");
    const now = row ? links.findIndex((link) => row.contains(link)) : -1;
    const next = Math.min(links.length - 1, Math.max(0, now + (key === "j" ? 1 : -1)));
    event.preventDefault();
    links[next].focus();
  });
}
