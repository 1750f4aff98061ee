// The canvas of the designer: bpmn-js over the draft's file. Without it the table of steps does the same work.
const box = document.getElementById("canvas");

if (box && window.BpmnJS) {
  const form = document.getElementById("drawing");
  const unsaved = document.getElementById("unsaved");
  const chosen = document.getElementById("chosen");
  box.hidden = false;
  const modeler = new window.BpmnJS({ container: box });

  const open = async () => {
    const answer = await fetch(box.dataset.file, { credentials: "same-origin" });
    await modeler.importXML(await answer.text());
    const canvas = modeler.get("canvas");
    canvas.zoom("fit-viewport", "auto");
    // the palette lies over the left edge: what begins there moves out from under it
    const palette = box.querySelector(".djs-palette");
    const covered = palette ? palette.offsetWidth : 0;
    if (covered) {
      const view = canvas.viewbox();
      const share = (box.clientWidth - covered - 40) / box.clientWidth;
      const width = view.width / share;
      canvas.viewbox({ x: view.x - (width - view.width), y: view.y, width, height: view.height / share });
    }
    for (const link of document.querySelectorAll("[data-fault]")) mark(link.dataset.show);
  };

  const mark = (id) => {
    if (modeler.get("elementRegistry").get(id)) modeler.get("canvas").addMarker(id, "ds-fault");
  };

  const show = (id) => {
    const element = modeler.get("elementRegistry").get(id);
    if (!element) return false;
    modeler.get("selection").select(element);
    modeler.get("canvas").scrollToElement(element);
    box.scrollIntoView({ block: "nearest" });
    return true;
  };

  modeler.on("selection.changed", ({ newSelection }) => {
    const one = newSelection.length === 1 ? newSelection[0].businessObject : null;
    chosen.hidden = !one;
    if (!one) return;
    const link = chosen.querySelector("a");
    link.href = box.dataset.element.replace(/-\/$/, `${encodeURIComponent(one.id)}/`);
    link.querySelector("b").textContent = one.name || one.id;
  });

  for (const link of document.querySelectorAll("[data-show]")) {
    link.addEventListener("click", (event) => {
      if (show(link.dataset.show)) event.preventDefault();
    });
  }

  if (form && "write" in box.dataset) {
    form.hidden = false;
    let dirty = false;
    modeler.on("commandStack.changed", () => {
      dirty = modeler.get("commandStack").canUndo();
      unsaved.hidden = !dirty;
    });
    form.addEventListener("submit", async (event) => {
      if (form.elements.xml.value) return;
      event.preventDefault();
      const { xml } = await modeler.saveXML({ format: true });
      form.elements.xml.value = xml;
      dirty = false;
      form.submit();
    });
    window.addEventListener("beforeunload", (event) => {
      if (dirty) event.preventDefault();
    });
  }
  open().catch((error) => {
    box.hidden = true;
    console.error(error);
  });
}
