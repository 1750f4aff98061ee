// Shows and hides conditional questions at once. Without script they all stay visible; the server decides in any case.
(() => {
  const valuesOf = (scope, name) => {
    const found = [];
    for (const control of scope.elements) {
      if (control.name !== name) continue;
      if ((control.type === "radio" || control.type === "checkbox") && !control.checked) continue;
      found.push(control.value);
    }
    return found;
  };
  const judge = (form) => {
    for (const part of form.querySelectorAll("[data-when]")) {
      const terms = JSON.parse(part.dataset.when);
      const shown = terms.every((term) => valuesOf(form, term.name).some((value) => term.in.includes(value)));
      part.hidden = !shown;
    }
  };
  const start = (root) => {
    for (const step of root.querySelectorAll("[data-form-step]")) {
      const form = step.closest("form");
      if (!form || form.dataset.formReady) continue;
      form.dataset.formReady = "yes";
      form.addEventListener("change", () => judge(form));
      judge(form);
      const target = step.dataset.focus && document.getElementById(step.dataset.focus);
      if (target) target.focus();
    }
  };
  start(document);
  document.addEventListener("htmx:after:swap", () => start(document));
})();
