// Beside a file input: what was chosen, with its size. `pieces.js` listens to `cq:files` and sends them.
function size(bytes) {
  const [value, unit] = bytes >= 1e6 ? [bytes / 1e6, "megabyte"] : [Math.max(1, Math.round(bytes / 1000)), "kilobyte"];
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, maximumFractionDigits: 1 }).format(value);
}

export function fileLists(root) {
  for (const input of root.querySelectorAll('input[type="file"][data-cq="files"]')) {
    const list = document.createElement("ul");
    list.className = "cq-filelist";
    list.setAttribute("aria-live", "polite");
    (input.closest(".cq-filebox") ?? input).after(list);
    input.addEventListener("change", () => {
      list.replaceChildren(...[...input.files].map((file) => {
        const item = document.createElement("li");
        item.textContent = `${file.name} · ${size(file.size)}`;
        return item;
      }));
      input.dispatchEvent(new CustomEvent("cq:files", { bubbles: true, detail: { list } }));
    });
  }
}
