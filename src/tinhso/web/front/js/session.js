// Five minutes before the session ends, ask; one tap makes it last again (WCAG 2.2, 2.2.1).
const WARNING = 5 * 60;

export function sessionEnd() {
  const dialog = document.getElementById("session-end");
  const seconds = Number(document.body.dataset.sessionSeconds);
  if (!dialog || !seconds || typeof dialog.showModal !== "function") return;
  let timer;
  const wait = (left) => {
    clearTimeout(timer);
    // setTimeout cannot hold more than 24 days; longer sessions are looked at again then
    timer = setTimeout(() => dialog.showModal(), Math.min(Math.max(0, left - WARNING) * 1000, 2 ** 31 - 1));
  };
  wait(seconds);
  const form = dialog.querySelector("form[data-extend]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      wait((await answer.json()).seconds);
      dialog.close();
    } catch {
      form.submit();
    }
  });
}
